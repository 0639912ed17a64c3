import type { ActionsBlock, ExternalSelect, PlainTextOption } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import { COMPLIANCE_WORST_FIRST, type Compliance } from '../../../domain/compliance.ts';
import { coverageOf } from '../../../domain/coverage.ts';
import type { Owner } from '../../../domain/owner.ts';
import { isSlackUserId } from '../../../domain/person.ts';
import type { ReminderProgress } from '../../../domain/reminder-progress.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { reminderProgressCell, reminderProgressMarkup } from '../reminders/reminder-progress.ts';
import {
  remainingRootKey,
  rootKeyNote,
  shortStateText,
  stateText,
  statusMark,
} from '../shared/account-status.ts';
import {
  actions,
  type Block,
  button,
  context,
  dataTable,
  formatSlackDate,
  header,
  joinMarkup,
  label,
  type Markup,
  md,
  mention,
  oneLine,
  plainTextElement,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import {
  COMPLIANCE_TEXT,
  CREDENTIAL_TEXT,
  lowerFirst,
  pluralize,
  RESULT_TEXT,
  requirementText,
} from '../shared/wording.ts';
import { type AccountFilter, type AccountListQuery, serializeListQuery } from './account-list-query.ts';

export const OPEN_ACCOUNT = 'open-account';
export const PICK_ACCOUNT = 'pick-account';
export const SHOW_LIST = 'list';
export const FILTER_LIST = 'list-filter';

export interface AccountListProps {
  readonly query: AccountListQuery;
  /** Every account of the list, in order; the query selects those that are shown. */
  readonly views: readonly AccountView[];
  /** Shown when the list is empty. */
  readonly whenEmpty: string;
  readonly title: string;
  /** How far the reminders of the shown accounts have come, for those who see it. */
  readonly reminders?: Reminders | undefined;
  /** Names of owners that accounts name by Slack user ID. */
  readonly ownerNames?: ReadonlyMap<string, string>;
}

type Reminders = ReadonlyMap<AccountId, ReminderProgress>;

/** Up to this many accounts get a row with a button; more become a table. */
const MAX_ROWS = 10;
/** A table takes 100 rows and 10,000 characters: https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
const TABLE_PAGE_SIZE = 50;
const MAX_NAME_LENGTH = 60;
const MAX_NAME_WITH_REMINDERS = 40;
const MAX_BLOCK_ID_LENGTH = 255;

/** Renders accounts page by page, with a filter and a way to open each. */
export function renderAccountList({
  query,
  views,
  whenEmpty,
  title,
  reminders,
  ownerNames = NO_NAMES,
}: AccountListProps): RenderedMessage {
  const { matching, page, pages, shown } = pageOf(query, views);
  const heading = `${title} · ${pluralize(views.length, 'account')}`;

  if (views.length === 0)
    return { text: md`${whenEmpty}`.markup, blocks: [header(title), section(md`${whenEmpty}`)] };
  return {
    text: [md`${heading}${filterText(query.compliance, matching.length)}`.markup, ...lines(shown)].join('\n'),
    blocks: [
      header(heading),
      filterRow(query, views),
      ...(matching.length === 0
        ? [
            section(
              md`No ${lowerFirst(COMPLIANCE_TEXT[query.compliance ?? 'compliant'].name)} accounts in this list.`,
            ),
          ]
        : matching.length <= MAX_ROWS
          ? accountRows(matching, detailFor(query.filter, reminders))
          : [
              query.filter.kind === 'credentials'
                ? credentialsTable(heading, shown, ownerNames)
                : accountTable(heading, shown, { ownerNames, reminders }),
            ]),
      ...(pages > 1 ? pager(query, page, pages, matching.length) : []),
    ],
  };
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Returns the accounts on the page that the query selects. */
export function shownAccounts(
  query: AccountListQuery,
  views: readonly AccountView[],
): readonly AccountView[] {
  return pageOf(query, views).shown;
}

function pageOf(query: AccountListQuery, views: readonly AccountView[]) {
  const matching = query.compliance
    ? views.filter(({ compliance }) => compliance === query.compliance)
    : views;
  const pages = Math.max(1, Math.ceil(matching.length / TABLE_PAGE_SIZE));
  const page = Math.min(query.page, pages - 1);
  return {
    matching,
    page,
    pages,
    shown: matching.slice(page * TABLE_PAGE_SIZE, (page + 1) * TABLE_PAGE_SIZE),
  };
}

/** Renders a row for each account, with a button that opens it. */
export function accountRows(views: readonly AccountView[], detail = accountDetail): Block[] {
  return views.map((view) => {
    const { id, name } = view.account;
    return section(
      joinMarkup([accountName(view), detail(view)], '\n'),
      button(OPEN_ACCOUNT, 'Open', { value: id, accessibilityLabel: `Open ${name}` }),
    );
  });
}

/** Returns an account in two lines: its name, and its state. */
export function accountRowText(view: AccountView): Markup {
  return joinMarkup([accountName(view), accountDetail(view)], '\n');
}

/** Returns an account as plain text: `payments-prod (111122223333): no MFA, non-compliant`. */
export function accountLine(view: AccountView): string {
  const { account, mfaRemoved } = view;
  const state = `${lowerFirst(shortStateText(view))}${mfaRemoved ? ', MFA removed' : ''}`;
  return `${truncate(escaped(account.name), MAX_NAME_LENGTH)} (${account.id}): ${state}, ${lowerFirst(complianceLabel(view))}`;
}

/** Returns the compliance of an account, with the last day of an exemption: `Exempt until Dec 31, 2026`. */
function complianceLabel({ compliance, exemptionLastDay }: AccountView): string {
  const { name } = COMPLIANCE_TEXT[compliance];
  return compliance === 'exempt' && exemptionLastDay
    ? `${name} until ${formatCalendarDay(exemptionLastDay)}`
    : name;
}

/** A picker that searches all accounts. */
export function openAccountPicker(): ExternalSelect {
  return {
    type: 'external_select',
    action_id: PICK_ACCOUNT,
    placeholder: label('Open an account…'),
    min_query_length: 0,
  };
}

/** A button that opens a list. */
export function listButton(filter: AccountFilter, text: string) {
  return button(`${SHOW_LIST}:${filter.kind}`, text, {
    value: serializeListQuery({ filter, compliance: null, page: 0 }),
  });
}

/** Returns the name and ID of an account, with its status mark. */
export function accountName(view: AccountView): Markup {
  const { account } = view;
  return md`${statusMark(view)} *${truncate(account.name, MAX_NAME_LENGTH)}*  ${account.id}`;
}

function detailFor({ kind }: AccountFilter, reminders: Reminders | undefined): typeof accountDetail {
  if (kind === 'credentials') return credentialsDetail;
  return (view) => {
    const progress = reminders?.get(view.account.id);
    const detail = accountDetail(view);
    return progress ? joinMarkup([detail, reminderProgressMarkup(progress)], '\n') : detail;
  };
}

/** Returns which credentials are left, since when, and whose account it is. */
function credentialsDetail(view: AccountView): Markup {
  const { account, owner } = view;
  const since = account.since
    ? joinMarkup([md` · unchanged since `, formatSlackDate(account.since)], '')
    : md``;
  const used = lastUseText(view);
  const lastUse = used ? md` · ${used}` : md``;
  return md`${upperFirst(credentialsLeft(view))}${since}${lastUse} · ${owner ? ownerNameMarkup(owner) : md`no owner`}`;
}

/** Returns `last used 2025-03-04 (credential report of 2026-11-24)`; undefined where no report was read. */
function lastUseText({ account: { rootLastUse } }: AccountView): string | undefined {
  if (!rootLastUse) return undefined;
  const { password, accessKey, reportedAt } = rootLastUse;
  const last = [password, accessKey]
    .flatMap((at) => at ?? [])
    .sort()
    .at(-1);
  const use = last === undefined ? 'no use known' : `last used ${last.slice(0, 10)}`;
  return `${use} (credential report of ${reportedAt.slice(0, 10)})`;
}

/** Returns `password, MFA device`. */
function credentialsLeft({ account: { verdict } }: AccountView): string {
  return (verdict?.rootCredentialsFound ?? []).map((kind) => CREDENTIAL_TEXT[kind]).join(', ');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function credentialsTable(
  caption: string,
  views: readonly AccountView[],
  ownerNames: ReadonlyMap<string, string>,
): Block {
  return dataTable(caption, [
    ['Account', 'Credentials left', 'Unchanged since', 'Last used', 'Owner', 'ID', 'Compliance'],
    ...views.map((view) => [
      truncate(view.account.name, MAX_NAME_LENGTH),
      credentialsLeft(view),
      view.account.since ? view.account.since.toISOString().slice(0, 10) : 'unknown',
      lastUseText(view) ?? 'not read',
      ownerCell(view, ownerNames),
      view.account.id,
      complianceLabel(view),
    ]),
  ]);
}

function accountDetail(view: AccountView): Markup {
  const { account, owner, required, compliance, mfaRemoved } = view;
  const state = md`${complianceLabel(view)}: ${lowerFirst(stateText(view)).replace(/\.$/, '')}`;
  const rootKey = rootKeyNote(view);
  const requirement = compliance === 'noncompliant' ? md` · ${requirementText(required)}` : md``;
  const special = account.managementAccount ? md` · *management account*` : md``;
  const removed = mfaRemoved ? md` · *MFA removed*` : md``;
  return joinMarkup(
    [
      state,
      requirement,
      rootKey ? joinMarkup([md` · `, rootKey], '') : md``,
      removed,
      special,
      joinMarkup([md` · `, owner ? ownerNameMarkup(owner) : md`no owner`], ''),
    ],
    '',
  );
}

/** Returns an owner by name: Slack shows a mention as the person’s name. */
export function ownerNameMarkup({ identifier }: Pick<Owner, 'identifier'>): Markup {
  return isSlackUserId(identifier) ? mention(identifier) : md`${identifier}`;
}

interface TableInputs {
  readonly ownerNames: ReadonlyMap<string, string>;
  readonly reminders: Reminders | undefined;
}

function accountTable(
  caption: string,
  views: readonly AccountView[],
  { ownerNames, reminders }: TableInputs,
): Block {
  // A table holds 10,000 characters: reminders take the place of the results by level, which the card of an account has.
  const hasReminders = reminders !== undefined && reminders.size > 0;
  return dataTable(caption, [
    [
      'Account',
      'Compliance',
      'Root MFA',
      'Owner',
      'ID',
      ...(hasReminders ? ['Reminders'] : ['Level 1', 'Level 2']),
    ],
    ...views.map((view) => {
      const { account, level1, level2 } = view;
      return [
        truncate(account.name, hasReminders ? MAX_NAME_WITH_REMINDERS : MAX_NAME_LENGTH),
        complianceLabel(view),
        tableStateText(view),
        truncate(ownerCell(view, ownerNames), hasReminders ? MAX_NAME_WITH_REMINDERS : 50),
        account.id,
        ...(hasReminders
          ? [reminderProgressCell(reminders.get(account.id))]
          : [RESULT_TEXT[level1], RESULT_TEXT[level2]]),
      ];
    }),
  ]);
}

/** Returns the owner as a cell of a table, where Slack shows no mentions. */
function ownerCell({ owner }: AccountView, names: ReadonlyMap<string, string>): string {
  if (!owner) return 'none';
  return truncate(names.get(owner.identifier) ?? owner.identifier, 50);
}

function tableStateText(view: AccountView): string {
  const key = remainingRootKey(view);
  return [
    shortStateText(view),
    ...(view.mfaRemoved ? ['MFA removed'] : []),
    ...(key === undefined ? [] : [`root has ${key}`]),
  ].join(', ');
}

const MAX_LINES = 20;

function lines(views: readonly AccountView[]): string[] {
  const more = views.length - MAX_LINES;
  return [
    ...views.slice(0, MAX_LINES).map(accountLine),
    ...(more > 0 ? [`… and ${more} more on this page`] : []),
  ];
}

function filterText(compliance: Compliance | null, count: number): string {
  return compliance ? `: ${count} ${lowerFirst(COMPLIANCE_TEXT[compliance].name)}` : '';
}

/** The filter carries the query in its `block_id`, which holds more than an option's value. */
function filterRow(query: AccountListQuery, views: readonly AccountView[]): ActionsBlock {
  const { compliance: counts } = coverageOf(views);
  const option = (compliance: Compliance | null): PlainTextOption => {
    const count = compliance === null ? views.length : counts[compliance];
    return {
      text: plainTextElement(`${compliance ? COMPLIANCE_TEXT[compliance].name : 'All'} (${count})`, 75),
      value: compliance ?? 'every',
    };
  };
  const offered = COMPLIANCE_WORST_FIRST.filter(
    (compliance) => compliance === query.compliance || counts[compliance] > 0,
  );
  const blockId = serializeListQuery({ ...query, page: 0 });
  if (blockId.length > MAX_BLOCK_ID_LENGTH) return actions(openAccountPicker());
  return {
    ...actions(
      {
        type: 'static_select',
        action_id: FILTER_LIST,
        options: [option(null), ...offered.map(option)],
        initial_option: option(query.compliance),
      },
      openAccountPicker(),
    ),
    block_id: blockId,
  };
}

function pager(query: AccountListQuery, page: number, pages: number, count: number): Block[] {
  const pageValue = (target: number) => serializeListQuery({ ...query, page: target });
  const first = page * TABLE_PAGE_SIZE + 1;
  return [
    actions(
      ...(page > 0 ? [button(`${SHOW_LIST}:back`, '◀ Previous', { value: pageValue(page - 1) })] : []),
      ...(page < pages - 1 ? [button(`${SHOW_LIST}:on`, 'Next ▶', { value: pageValue(page + 1) })] : []),
    ),
    context(
      md`${first}–${Math.min(first + TABLE_PAGE_SIZE - 1, count)} of ${count} · page ${page + 1} of ${pages}`,
    ),
  ];
}

/** The plain text of a message is markup, too. */
function escaped(name: string): string {
  return md`${oneLine(name)}`.markup;
}
