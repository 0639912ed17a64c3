import { isAccountId } from '../../../domain/account.ts';
import { toShownAnswer } from '../../../domain/root-events/root-notification.ts';
import {
  type AccountRootEvents,
  EVENT_FILTERS,
  type EventFilter,
  type EventPage,
  type EventQuery,
  type ListedIncident,
  type WireSummary,
} from '../../../usecases/root-events/read-root-events.ts';
import {
  actions,
  type Block,
  button,
  context,
  formatSlackDateTime,
  header,
  joinMarkup,
  type Markup,
  md,
  mention,
  plainTextElement,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { formatTimeAgo, pluralize } from '../shared/wording.ts';
import { eventText, headlineText, sourceText } from './event-text.ts';
import { answerText, SHOW_ROOT_EVENTS } from './incident.ts';
import { ANSWER_ROOT_USE, announceButton, END_ANNOUNCEMENT } from './root-event-forms.ts';
import { timesText } from './root-use-text.ts';

export const FILTER_ROOT_EVENTS = 'filter-root-events';

const FILTER_TEXT = {
  all: 'All events',
  unexplained: 'Not explained',
  explained: 'Explained',
  'without-failures': 'Without failed sign-ins',
} as const satisfies Record<EventFilter, string>;

/** What root did, newest first. */
export function renderEventList(
  page: EventPage,
  { isAdmin, now }: { readonly isAdmin: boolean; readonly now: Date },
): RenderedMessage {
  const { query, accountName, items, total, wires } = page;
  const title = accountName === null ? 'Root events' : `Root events · ${truncate(accountName, 60)}`;
  const wire = wireSummaryText(wires, now);
  const empty = query.filter === 'all' ? 'No use of root has been reported.' : 'Nothing matches this filter.';
  return {
    text: joinMarkup([md`${title}: ${pluralize(total, 'use')} of root.`, ...items.map(itemText), wire], '\n')
      .markup,
    blocks: [
      header(title),
      filterRow(query),
      ...(items.length === 0 ? [section(md`${empty}`)] : items.map((item) => itemBlock(item, isAdmin))),
      ...pager(page),
      context(wire),
    ],
  };
}

/** A person who sees no account's events. */
export function renderNoEvents(): RenderedMessage {
  const sentence =
    'Root events are for admins and for the owner of each account. No account names you as its owner.';
  return { text: sentence, blocks: [section(md`${sentence}`)] };
}

/** Returns `Root events: 280 of 311 accounts connected, last heard 2 hours ago`. */
export function wireSummaryText(
  { isConfigured, isReceiving, accounts, wired, silent, lastHeardAt }: WireSummary,
  now: Date,
): Markup {
  if (!isConfigured)
    return md`Root events: not connected. Set \`rootEvents.queueUrl\` to hear of root use within a minute.`;
  if (!isReceiving) {
    const heard = lastHeardAt === null ? md`` : md`, last heard ${formatTimeAgo(lastHeardAt, now)}`;
    return joinMarkup([md`:warning: Root events: the queue cannot be read now`, heard], '');
  }
  if (lastHeardAt === null)
    return md`:warning: Root events: not connected. The queue is set, but no account has been heard from yet.`;
  const silentText = silent > 0 ? md` · :warning: ${silent} silent` : md``;
  const share = accounts === 1 ? md`connected` : md`${wired} of ${pluralize(accounts, 'account')} connected`;
  return joinMarkup(
    [md`Root events: `, share, md`, last heard ${formatTimeAgo(lastHeardAt, now)}`, silentText],
    '',
  );
}

/** What an account's page says of its root events, with the ways on for those who answer for it. */
export function accountRootEventBlocks(
  accountId: string,
  { wire, isReceiving, use, announced }: AccountRootEvents,
  now: Date,
): Block[] {
  const wireText = {
    'not-wired': () => md`*Root events* not connected`,
    wired: (at: Date) => md`*Root events* connected, last heard ${formatTimeAgo(at, now)}`,
    silent: (at: Date) => md`:warning: *Root events* silent: last heard ${formatTimeAgo(at, now)}`,
  };
  const broken = isReceiving ? md`` : md` · :warning: the queue cannot be read now`;
  const heardAt = wire.kind === 'not-wired' ? now : wire.heard.lastHeardAt;
  const used =
    use.incidents === 0
      ? wire.kind === 'wired' && isReceiving
        ? md` · no use of root in 30 days`
        : md``
      : md` · root used ${timesText(use.incidents)} in 30 days, ${use.explained === 0 ? 'none' : use.explained} explained`;
  const announcement = announced
    ? [
        section(
          joinMarkup(
            [
              md`:calendar: Use of root announced by `,
              mention(announced.announcedBy),
              md` until `,
              formatSlackDateTime(announced.endsAt),
              md`: ${truncate(announced.reason, 300)}`,
            ],
            '',
          ),
          button(END_ANNOUNCEMENT, 'End', { value: announced.id }),
        ),
      ]
    : [];
  return [
    context(joinMarkup([wireText[wire.kind](heardAt), broken, used], '')),
    ...announcement,
    actions(
      button(SHOW_ROOT_EVENTS, 'Root events', { value: accountId }),
      ...(wire.kind === 'not-wired' || announced ? [] : [announceButton(accountId)]),
    ),
  ];
}

/** The query as a button carries it. */
export function serializeEventQuery({ accountId, filter, page }: EventQuery): string {
  return new URLSearchParams({
    ...(accountId !== null && { account: accountId }),
    filter,
    page: String(page),
  }).toString();
}

/** The query that a button carried: an account's id alone is one too. What cannot be read is as if it were not there. */
export function parseEventQuery(text: string): EventQuery {
  if (isAccountId(text)) return { accountId: text, filter: 'all', page: 0 };
  const values = new URLSearchParams(text);
  const account = values.get('account') ?? '';
  const filter = EVENT_FILTERS.find((known) => known === values.get('filter')) ?? 'all';
  const page = Number(values.get('page') ?? 0);
  return {
    accountId: isAccountId(account) ? account : null,
    filter,
    page: Number.isSafeInteger(page) && page > 0 && page < 100_000 ? page : 0,
  };
}

/** The query with another filter, from its first page on. */
export function withEventFilter(query: EventQuery, value: string): EventQuery {
  return { ...query, filter: EVENT_FILTERS.find((known) => known === value) ?? 'all', page: 0 };
}

function filterRow(query: EventQuery): Block {
  const option = (filter: EventFilter) => ({ text: plainTextElement(FILTER_TEXT[filter]), value: filter });
  return {
    ...actions({
      type: 'static_select',
      action_id: FILTER_ROOT_EVENTS,
      options: EVENT_FILTERS.map(option),
      initial_option: option(query.filter),
    }),
    block_id: serializeEventQuery({ ...query, page: 0 }),
  };
}

function itemBlock(item: ListedIncident, isAdmin: boolean): Block {
  const { incident } = item;
  // Only an admin can overrule a "no".
  const canAnswer = incident.state === 'open' || (incident.state === 'denied' && isAdmin);
  return section(
    itemText(item),
    canAnswer
      ? button(ANSWER_ROOT_USE, 'Answer…', {
          value: incident.id,
          accessibilityLabel: `Answer for ${item.accountName}`,
        })
      : undefined,
  );
}

const MARKS = {
  open: ':grey_question:',
  denied: ':rotating_light:',
  explained: ':white_check_mark:',
  expected: ':calendar:',
} as const;

function itemText({ incident, accountName, events }: ListedIncident): Markup {
  const shown = events.map((event) => ({ ...event, at: event.at.toISOString() }));
  const openedBy = events.find((event) => event.openedBy !== null)?.openedBy ?? null;
  const subject = incident.via === 'root-session' ? 'Root session in ' : '';
  const answer = toShownAnswer(incident);
  const status = answer
    ? answerText(answer)
    : incident.state === 'expected'
      ? md`Expected: announced in advance, or in a recovery window`
      : incident.alertedAt
        ? md`Not explained; channel and admins were alerted`
        : md`Not answered yet`;
  const headline = headlineText(shown);
  const texts = shown.map(eventText);
  const isNamed = texts.every((text) => headline.includes(text));
  const others = isNamed ? md`` : md` · ${texts.join(', ')}`;
  const more =
    incident.eventCount > shown.length ? md` and ${incident.eventCount - shown.length} more` : md``;
  return joinMarkup(
    [
      joinMarkup(
        [
          md`${{ markup: MARKS[incident.state] }} ${subject}*${truncate(accountName, 60)}* ${headline}`,
          sourceText(incident.source, openedBy),
        ],
        '',
      ),
      joinMarkup([formatSlackDateTime(incident.firstAt), others, more], ''),
      status,
    ],
    '\n',
  );
}

function pager({ query, pages, total }: EventPage): Block[] {
  if (pages <= 1) return [];
  const to = (page: number) => serializeEventQuery({ ...query, page });
  return [
    actions(
      ...(query.page > 0
        ? [button(`${SHOW_ROOT_EVENTS}:newer`, '◀ Newer', { value: to(query.page - 1) })]
        : []),
      ...(query.page < pages - 1
        ? [button(`${SHOW_ROOT_EVENTS}:older`, 'Older ▶', { value: to(query.page + 1) })]
        : []),
    ),
    context(md`Page ${query.page + 1} of ${pages}, ${pluralize(total, 'use')} of root`),
  ];
}
