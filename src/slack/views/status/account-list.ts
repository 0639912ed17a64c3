import type { ActionsBlock, ExternalSelect, PlainTextOption } from '@slack/types';
import { coverageOf } from '../../../domain/coverage.ts';
import { STANDINGS_WORST_FIRST, type Standing } from '../../../domain/compliance.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import {
  actions,
  type Block,
  button,
  context,
  type Drawn,
  dataTable,
  header,
  joined,
  label,
  type Markup,
  md,
  oneLine,
  plain,
  section,
  short,
} from '../shared/blocks.ts';
import { type ListOf, type ListQuery, writeQuery } from './account-list-query.ts';
import { calendarDay, counted, lowerFirst, MFA, RESULT, STANDING } from '../shared/wording.ts';

export const OPEN_ACCOUNT = 'open-account';
export const PICK_ACCOUNT = 'pick-account';
export const SHOW_LIST = 'list';
export const FILTER_LIST = 'list-filter';

export interface ListPage {
  readonly query: ListQuery;
  /** All that the list is of, in its order; the query says which of them are shown. */
  readonly views: readonly AccountView[];
  /** Said where there is nothing to show at all. */
  readonly whenEmpty: string;
  readonly title: string;
}

/** So few accounts have a line and a button each; more stand in a table. */
const ROWS = 10;
/** A table takes a hundred rows and 10,000 characters in all its cells: https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
const TABLE_ROWS = 50;
const NAME_LENGTH = 60;
const BLOCK_ID_LENGTH = 255;

/** Accounts, page by page, with a filter and a way into each. */
export function drawList({ query, views, whenEmpty, title }: ListPage): Drawn {
  const wanted = query.standing ? views.filter(({ standing }) => standing === query.standing) : views;
  const pages = Math.max(1, Math.ceil(wanted.length / TABLE_ROWS));
  const page = Math.min(query.page, pages - 1);
  const shown = wanted.slice(page * TABLE_ROWS, (page + 1) * TABLE_ROWS);
  const heading = `${title} · ${counted(views.length, 'account')}`;

  if (views.length === 0)
    return { text: md`${whenEmpty}`.markup, blocks: [header(title), section(md`${whenEmpty}`)] };
  return {
    text: [md`${heading}${filterWords(query.standing, wanted.length)}`.markup, ...lines(shown)].join('\n'),
    blocks: [
      header(heading),
      filterRow(query, views),
      ...(wanted.length === 0
        ? [section(md`None of them: ${lowerFirst(STANDING[query.standing ?? 'met'].name)}.`)]
        : wanted.length <= ROWS
          ? accountRows(wanted)
          : [accountTable(heading, shown)]),
      ...(pages > 1 ? pager(query, page, pages, wanted.length) : []),
    ],
  };
}

/** A line for each account, with a button that opens it. */
export function accountRows(views: readonly AccountView[]): Block[] {
  return views.map((view) => {
    const { id, name } = view.account;
    return section(
      accountRowText(view),
      button(OPEN_ACCOUNT, 'Open', { value: id, describe: `Open ${name}` }),
    );
  });
}

/** An account in two lines: which it is, and how it stands. */
export function accountRowText(view: AccountView): Markup {
  return joined([accountName(view), accountDetail(view)], '\n');
}

/** `payments-prod (111122223333): no MFA, falls short`, for where nothing but text is shown. */
export function accountLine(view: AccountView): string {
  const { account } = view;
  const mfa = lowerFirst(MFA[account.verdict?.mfa ?? 'unknown']);
  return `${short(escaped(account.name), NAME_LENGTH)} (${account.id}): ${mfa}, ${lowerFirst(standingName(view))}`;
}

/** How the account stands, and of leave until when: `Exempt until 31 Dec 2026`. */
function standingName({ standing, leaveUntil }: AccountView): string {
  const { name } = STANDING[standing];
  return standing === 'exempt' && leaveUntil ? `${name} until ${calendarDay(leaveUntil)}` : name;
}

/** A picker of any account, which searches as one types. */
export function openAccountPicker(): ExternalSelect {
  return {
    type: 'external_select',
    action_id: PICK_ACCOUNT,
    placeholder: label('Open an account…'),
    min_query_length: 0,
  };
}

/** A button that shows a list. */
export function listButton(of: ListOf, text: string) {
  return button(`${SHOW_LIST}:${of.kind}`, text, { value: writeQuery({ of, standing: null, page: 0 }) });
}

/** Which account it is, and the mark of how it stands. */
export function accountName({ account, standing }: AccountView): Markup {
  return md`${{ markup: STANDING[standing].emoji }} *${short(account.name, NAME_LENGTH)}*  ${account.id}`;
}

function accountDetail(view: AccountView): Markup {
  const { account, owner, asked, standing } = view;
  const mfa = account.verdict ? MFA[account.verdict.mfa] : 'Never read';
  const stale = account.unread && account.verdict ? md` (could not be read again)` : md``;
  const wants = standing === 'unmet' ? md` · asked: ${asked.level === 2 ? 'hardware' : 'any MFA'}` : md``;
  const leave = standing === 'exempt' ? md` · ${lowerFirst(standingName(view))}` : md``;
  const special = account.managementAccount ? md` · *management account*` : md``;
  return joined([md`${mfa}`, stale, wants, leave, special, md` · ${owner ? owner.who : 'no owner'}`], '');
}

function accountTable(caption: string, views: readonly AccountView[]): Block {
  return dataTable(caption, [
    ['Account', 'Standing', 'Root MFA', 'Owner', 'Id', 'Level 1', 'Level 2'],
    ...views.map((view) => {
      const { account, level1, level2, owner } = view;
      return [
        short(account.name, NAME_LENGTH),
        standingName(view),
        MFA[account.verdict?.mfa ?? 'unknown'],
        short(owner?.who ?? 'none', 50),
        account.id,
        RESULT[level1],
        RESULT[level2],
      ];
    }),
  ]);
}

const LINES = 20;

function lines(views: readonly AccountView[]): string[] {
  const more = views.length - LINES;
  return [
    ...views.slice(0, LINES).map(accountLine),
    ...(more > 0 ? [`… and ${more} more on this page`] : []),
  ];
}

function filterWords(standing: Standing | null, count: number): string {
  return standing ? `, ${count} of them ${lowerFirst(STANDING[standing].name)}` : '';
}

/** The filter carries the query in its `block_id`, which holds more than an option's value can. */
function filterRow(query: ListQuery, views: readonly AccountView[]): ActionsBlock {
  const { standing: counts } = coverageOf(views);
  const option = (standing: Standing | null): PlainTextOption => {
    const count = standing === null ? views.length : counts[standing];
    return {
      text: plain(`${standing ? STANDING[standing].name : 'Every standing'} (${count})`, 75),
      value: standing ?? 'every',
    };
  };
  const present = STANDINGS_WORST_FIRST.filter(
    (standing) => standing === query.standing || counts[standing] > 0,
  );
  const written = writeQuery({ ...query, page: 0 });
  if (written.length > BLOCK_ID_LENGTH) return actions(openAccountPicker());
  return {
    ...actions(
      {
        type: 'static_select',
        action_id: FILTER_LIST,
        options: [option(null), ...present.map(option)],
        initial_option: option(query.standing),
      },
      openAccountPicker(),
    ),
    block_id: written,
  };
}

function pager(query: ListQuery, page: number, pages: number, count: number): Block[] {
  const to = (target: number) => writeQuery({ ...query, page: target });
  const first = page * TABLE_ROWS + 1;
  return [
    actions(
      ...(page > 0 ? [button(`${SHOW_LIST}:back`, '◀ Previous', { value: to(page - 1) })] : []),
      ...(page < pages - 1 ? [button(`${SHOW_LIST}:on`, 'Next ▶', { value: to(page + 1) })] : []),
    ),
    context(
      md`${first} to ${Math.min(first + TABLE_ROWS - 1, count)} of ${count}, page ${page + 1} of ${pages}`,
    ),
  ];
}

/** The plain text beside blocks is markup too. */
function escaped(name: string): string {
  return md`${oneLine(name)}`.markup;
}
