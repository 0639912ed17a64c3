import type { Button } from '@slack/types';
import type {
  RootIncidentNotification,
  RootStormNotification,
  ShownAnswer,
} from '../../../domain/root-events/root-notification.ts';
import {
  actions,
  type Block,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  label,
  type Markup,
  md,
  mention,
  plainTextElement,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import { EVENT_TEXT, eventLines, headlineText, sourceText } from './event-text.ts';

export const CONFIRM_ROOT_USE = 'confirm-root-use';
export const DENY_ROOT_USE = 'deny-root-use';
export const SHOW_ROOT_EVENTS = 'root-events';
/** What a button that leads to the list carries: Slack refuses an empty value. */
export const UNEXPLAINED_EVENTS = 'filter=unexplained';

const MAX_NAME_LENGTH = 60;
/** Escaped, a character can become five. */
const MAX_REASON_LENGTH = 300;

/** One use of root: a question to the person who should know, a line for the channel. */
export function renderRootIncident(notification: RootIncidentNotification): RenderedMessage {
  const { audience, account, state, events, answer } = notification;
  const isQuestion = audience === 'asked' && state === 'open';
  const headline = incidentHeadline(notification, isQuestion);
  const status = statusText(notification);
  const showsEvents = events.count > 1;
  const blocks: Block[] = [
    section(headline),
    ...(showsEvents ? [section(eventLines(events.items, events.count))] : []),
    ...(status ? [section(status)] : []),
  ];
  const open = button(OPEN_ACCOUNT, 'Open the account', {
    value: account.id,
    accessibilityLabel: `Open ${account.name}`,
  });
  return {
    text: joinMarkup([headline, ...(status ? [status] : [])], '\n').markup,
    blocks: [
      ...blocks,
      ...(isQuestion
        ? [actions(...answerButtons(notification.incidentId), open), deadlineNote(notification)]
        : audience === 'asked' && answer?.state === 'explained'
          ? [actions(open, withoutStyle(denyButton(notification.incidentId)))]
          : []),
    ],
  };
}

/** Many uses of root within minutes, in one message. */
export function renderRootStorm(notification: RootStormNotification): RenderedMessage {
  const { audience, summary, names, answerWithinMinutes } = notification;
  const { events, incidents, accounts, sources, open, kinds, worst } = summary;
  const isQuestion = audience === 'asked' && open > 0;
  const headline = joinMarkup(
    [
      md`:rotating_light: *Root events in ${pluralize(accounts, 'account')} within minutes*: ${pluralize(events, 'event')} from ${pluralize(sources, 'address', 'addresses')}, `,
      stormTime(summary),
      md`.`,
      ...(isQuestion ? [md` *Do you know of them?*`] : []),
    ],
    '',
  );
  const what = md`${kinds.map(({ kind, count }) => `${count.toLocaleString('en')} × ${EVENT_TEXT[kind].did}`).join(' · ')}`;
  const most = joinMarkup(
    worst.map(
      ({ accountId, events: count }) =>
        md`• *${truncate(names[accountId] ?? accountId, MAX_NAME_LENGTH)}* (${accountId}): ${pluralize(count, 'event')}`,
    ),
    '\n',
  );
  const status =
    open === 0 ? md`:white_check_mark: All explained.` : md`*${open} of ${incidents}* not explained.`;
  return {
    text: joinMarkup([headline, what, status], '\n').markup,
    blocks: [
      section(headline),
      section(joinMarkup([what, most, status], '\n')),
      actions(
        button(SHOW_ROOT_EVENTS, isQuestion ? 'Answer' : 'Show the events', {
          value: UNEXPLAINED_EVENTS,
        }),
      ),
      context(
        isQuestion && answerWithinMinutes !== undefined
          ? md`Without an answer in ${pluralize(answerWithinMinutes, 'minute')} I alert the security channel and the admins. I’ll update this message while it goes on.`
          : md`I’ll update this message while it goes on. All events: \`/mfa-status events\``,
      ),
    ],
  };
}

/** `today at 09:14 to 09:21`; one time where both are in the same minute. */
function stormTime({ firstAt, lastAt }: RootStormNotification['summary']): Markup {
  const from = formatSlackDateTime(new Date(firstAt));
  if (firstAt.slice(0, 16) === lastAt.slice(0, 16)) return from;
  return joinMarkup([from, formatSlackDateTime(new Date(lastAt), '{time}')], ' to ');
}

/** What was answered, in a line. */
export function answerText({ state, by, at, reason, ticket }: ShownAnswer): Markup {
  const when = formatSlackDateTime(new Date(at));
  if (state === 'denied') {
    return joinMarkup([md`:rotating_light: `, mention(by), md` says it was not them, `, when, md`.`], '');
  }
  return joinMarkup(
    [md`:white_check_mark: Explained by `, mention(by), md`, `, when, md`${reasonText(reason, ticket)}`],
    '',
  );
}

/** The two answers. */
export function answerButtons(incidentId: string): Button[] {
  return [
    button(CONFIRM_ROOT_USE, 'Yes, it was me…', { value: incidentId, style: 'primary' }),
    denyButton(incidentId),
  ];
}

/** For an answer that is possible and not expected. */
function withoutStyle({ style: _, ...plain }: Button): Button {
  return plain;
}

function denyButton(incidentId: string): Button {
  return {
    ...button(DENY_ROOT_USE, 'No, not me', { value: incidentId, style: 'danger' }),
    confirm: {
      title: label('This wasn’t you?'),
      text: plainTextElement('I alert the security channel and the admins now.', 300),
      confirm: label('No, not me'),
      deny: label('Cancel'),
      style: 'danger',
    },
  };
}

function incidentHeadline(notification: RootIncidentNotification, isQuestion: boolean): Markup {
  const { account, events, via, source } = notification;
  const [latest] = events.items.toReversed();
  const openedBy = events.items.find((event) => event.openedBy !== null)?.openedBy ?? null;
  const subject = via === 'root-session' ? 'A root session in ' : 'Root of ';
  return joinMarkup(
    [
      md`:key: ${subject}*${truncate(account.name, MAX_NAME_LENGTH)}* (${account.id}) *${headlineText(events.items)}*`,
      ...(latest && events.count === 1 ? [md` `, formatSlackDateTime(new Date(latest.at))] : []),
      sourceText(source, openedBy),
      md`.`,
      ...(isQuestion ? [via === 'root-session' ? md` *Was this planned?*` : md` *Was it you?*`] : []),
    ],
    '',
  );
}

/** Returns the state of the question; `undefined` while the reader is the one who is asked. */
function statusText(notification: RootIncidentNotification): Markup | undefined {
  const { audience, state, asked, answer, expected, alertedAt } = notification;
  if (answer) {
    const alerted = answer.state === 'denied' ? md` I alerted the channel and the admins.` : md``;
    return joinMarkup([answerText(answer), alerted], '');
  }
  if (state === 'expected' && expected) {
    return joinMarkup(
      [
        expected.kind === 'recovery-window'
          ? md`:calendar: In a recovery window requested by `
          : md`:calendar: Announced by `,
        mention(expected.by),
        md`${reasonText(expected.reason, expected.ticket)}`,
      ],
      '',
    );
  }
  if (alertedAt)
    return md`:rotating_light: No one explained it in time. I alerted the channel and the admins.`;
  if (audience === 'asked') return undefined;
  if (asked.length === 0) return md`:grey_question: I am finding out who the owner is.`;
  return joinMarkup(
    [md`:speech_balloon: Asked `, joinMarkup(asked.slice(0, 5).map(mention), ', '), md`.`],
    '',
  );
}

const WHY_ASKED = {
  owner: ' I ask you because you own this account.',
  'fallback-owner': ' I ask you because its owner cannot be reached and you are the fallback owner.',
  admin: ' I ask the admins because no owner of this account can be reached.',
} as const;

function deadlineNote({ answerWithinMinutes, alertedAt, askedAs }: RootIncidentNotification): Block {
  const why = askedAs ? WHY_ASKED[askedAs] : '';
  return context(
    alertedAt
      ? md`You can still answer.`
      : md`Without an answer in ${pluralize(answerWithinMinutes, 'minute')} I alert the security channel and the admins.${why}`,
  );
}

function reasonText(reason: string | null, ticket: string | null): string {
  const parts = [reason, ticket].flatMap((part) => (part ? [truncate(part, MAX_REASON_LENGTH)] : []));
  return parts.length === 0 ? '.' : `: ${parts.join(' · ')}`;
}
