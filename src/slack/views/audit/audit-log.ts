import { isAccountId } from '../../../domain/account.ts';
import { auditSentence } from '../../../domain/audit.ts';
import type { AuditLine, AuditPage, AuditQuery } from '../../../usecases/audit/read-audit-log.ts';
import type { AccountMatch } from '../../../usecases/shared/find-account.ts';
import {
  actions,
  type Block,
  button,
  context,
  formatSlackDateTime,
  formatUtc,
  header,
  joinMarkup,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { message } from '../shared/message.ts';
import { accountLine } from '../status/account-list.ts';

export const SHOW_AUDIT = 'audit';

/** Escaped, five characters may stand for one: a line still fits into a section, and a page into a notification. */
const MAX_SENTENCE_LENGTH = 400;
const MAX_SENTENCE_LENGTH_IN_TEXT = 120;
const MAX_NAME_LENGTH = 60;

/** A page of the audit log: a line each, newest first. */
export function renderAuditLog(page: Extract<AuditPage, { kind: 'page' }>): RenderedMessage {
  const { lines, query, hasMore } = page;
  const title = auditTitle(page);
  if (lines.length === 0) {
    const emptyText = query.beforeId === null ? 'Nothing was decided yet.' : 'There is nothing older.';
    return {
      text: md`${title}: ${emptyText}`.markup,
      blocks: [header(title), section(md`${emptyText}`), ...pager(query, undefined)],
    };
  }
  return {
    text: [md`${title}`.markup, ...lines.map(plainAuditLine)].join('\n'),
    blocks: [
      header(title),
      ...lines.map((line) => section(auditLineMarkup(line, query.accountId === null))),
      ...pager(query, hasMore ? lines.at(-1)?.entry.id : undefined),
      context(md`Lines are only ever added to this log. All of it as a file: \`/mfa-status export\``),
    ],
  };
}

/** Somebody who is no admin asked for it. */
export function renderAuditAccessDenied(): RenderedMessage {
  return message(
    'The audit log is for admins. What was decided about an account of yours is shown when you open it.',
  );
}

/** Several accounts that may be meant, or the nearest names. */
export function renderAuditAccountChoice(
  typed: string,
  found: Exclude<AccountMatch, { kind: 'one' }>,
): RenderedMessage {
  const name = truncate(typed, 80);
  const none = `No account is called “${name}”.`;
  const matches = found.kind === 'several' ? found.views : found.nearest;
  if (matches.length === 0) return message(`${none} An id of twelve digits finds closed accounts, too.`);

  const shown = matches.slice(0, MAX_CHOICES);
  const sentence = found.kind === 'several' ? `${matches.length} accounts match “${name}”.` : none;
  const question = found.kind === 'several' ? 'Which one?' : 'Is it one of these?';
  return {
    text: [md`${sentence} ${question}`.markup, ...shown.map(accountLine)].join('\n'),
    blocks: [
      section(md`${sentence} ${question}`),
      ...shown.map(({ account }) =>
        section(
          md`*${truncate(account.name, MAX_NAME_LENGTH)}*  ${account.id}`,
          button(`${SHOW_AUDIT}:${account.id}`, 'Show', {
            value: serializeAuditQuery({ accountId: account.id, beforeId: null }),
            accessibilityLabel: `Show the audit log of ${account.name}`,
          }),
        ),
      ),
      ...(matches.length > shown.length
        ? [context(md`The first ${shown.length}. Type more of the name, or the account id.`)]
        : []),
    ],
  };
}

const MAX_CHOICES = 10;

/** The query as a button carries it. */
export function serializeAuditQuery({ accountId, beforeId }: AuditQuery): string {
  return new URLSearchParams({
    ...(accountId !== null && { account: accountId }),
    ...(beforeId !== null && { before: String(beforeId) }),
  }).toString();
}

/** The query that a button carried; whatever cannot be read is as if it were not there. */
export function parseAuditQuery(text: string): AuditQuery {
  const values = new URLSearchParams(text);
  const account = values.get('account') ?? '';
  const before = Number(values.get('before') ?? 0);
  return {
    accountId: isAccountId(account) ? account : null,
    beforeId: Number.isSafeInteger(before) && before > 0 ? before : null,
  };
}

function auditTitle({ query, accountName }: Extract<AuditPage, { kind: 'page' }>): string {
  if (query.accountId === null) return 'Audit log';
  return `Audit log · ${accountName === null ? query.accountId : truncate(accountName, MAX_NAME_LENGTH)}`;
}

/** Who and when above, what below. */
function auditLineMarkup({ entry, accountName }: AuditLine, withAccount: boolean): Markup {
  const { at, actor, accountId } = entry;
  const actorMarkup = actor === 'bot' ? md`the bot` : mention(actor);
  const account =
    withAccount && accountId
      ? md` · ${accountName === null ? accountId : `${truncate(accountName, MAX_NAME_LENGTH)} (${accountId})`}`
      : md``;
  return joinMarkup(
    [
      joinMarkup([formatSlackDateTime(at), md` · `, actorMarkup, account], ''),
      md`\n`,
      auditEntryMarkup(entry, MAX_SENTENCE_LENGTH),
    ],
    '',
  );
}

function plainAuditLine({ entry, accountName }: AuditLine): string {
  const account = entry.accountId ? md` (${accountName ?? entry.accountId})` : md``;
  return joinMarkup(
    [
      md`${formatUtc(entry.at)} ${entry.actor}${account}: `,
      auditEntryMarkup(entry, MAX_SENTENCE_LENGTH_IN_TEXT),
    ],
    '',
  ).markup;
}

/** People's own words in it are shown as they stand, and cut where they are long. */
function auditEntryMarkup(entry: AuditLine['entry'], maxLength: number): Markup {
  return entry.kind === 'account-handed-back'
    ? joinMarkup([md`The account was handed back to `, mention(entry.detail.to), md`.`], '')
    : md`${truncate(auditSentence(entry), maxLength)}`;
}

function pager(query: AuditQuery, lastShown: number | undefined): Block[] {
  const newest = query.beforeId !== null;
  if (!newest && lastShown === undefined) return [];
  const { accountId } = query;
  return [
    actions(
      ...(newest
        ? [
            button(`${SHOW_AUDIT}:newest`, '◀ Newest', {
              value: serializeAuditQuery({ accountId, beforeId: null }),
            }),
          ]
        : []),
      ...(lastShown === undefined
        ? []
        : [
            button(`${SHOW_AUDIT}:older`, 'Older ▶', {
              value: serializeAuditQuery({ accountId, beforeId: lastShown }),
            }),
          ]),
    ),
  ];
}
