import { isAccountId } from '../../../domain/account.ts';
import { auditSentence } from '../../../domain/audit-sentence.ts';
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

/** Escaping can turn one character into five: a line must still fit into a section, and a page into a message. */
const MAX_SENTENCE_LENGTH = 400;
const MAX_SENTENCE_LENGTH_IN_TEXT = 120;
const MAX_NAME_LENGTH = 60;

/** Renders a page of the audit log, newest entry first. */
export function renderAuditLog(page: Extract<AuditPage, { kind: 'page' }>): RenderedMessage {
  const { lines, query, hasMore } = page;
  const title = auditTitle(page);
  if (lines.length === 0) {
    const emptyText = query.beforeId === null ? 'There are no entries yet.' : 'There are no older entries.';
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
      context(
        md`Entries are never changed or deleted. To get the whole log as a file: \`/mfa-status export\``,
      ),
    ],
  };
}

/** Renders the refusal for everyone but admins. */
export function renderAuditAccessDenied(): RenderedMessage {
  return message('The audit log is for admins only. To see decisions about your own account, open it.');
}

/** Renders several matching accounts, or similar names. */
export function renderAuditAccountChoice(
  typed: string,
  found: Exclude<AccountMatch, { kind: 'one' }>,
): RenderedMessage {
  const name = truncate(typed, 80);
  const none = `No account is named “${name}”.`;
  const matches = found.kind === 'several' ? found.views : found.nearest;
  if (matches.length === 0) return message(`${none} To find a closed account, type its 12-digit ID.`);

  const shown = matches.slice(0, MAX_CHOICES);
  const sentence = found.kind === 'several' ? `${matches.length} accounts match “${name}”.` : none;
  const question = found.kind === 'several' ? 'Which one?' : 'Did you mean one of these?';
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
        ? [context(md`Showing the first ${shown.length}. Type more of the name, or the account ID.`)]
        : []),
    ],
  };
}

const MAX_CHOICES = 10;

/** Serializes a query into a button's value. */
export function serializeAuditQuery({ accountId, beforeId }: AuditQuery): string {
  return new URLSearchParams({
    ...(accountId !== null && { account: accountId }),
    // Slack refuses a button with an empty value.
    before: beforeId === null ? 'newest' : String(beforeId),
  }).toString();
}

/** Parses a button's value. Anything unreadable counts as absent. */
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

/** Returns an entry: when and who above, what below. */
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

/** Returns what happened. People's own words are escaped, and cut if long. */
function auditEntryMarkup(entry: AuditLine['entry'], maxLength: number): Markup {
  switch (entry.kind) {
    case 'account-handed-back':
      return joinMarkup([md`Returned the account to `, mention(entry.detail.to), md`.`], '');
    case 'key-added':
    case 'key-changed':
    case 'key-removed':
      return sentenceWithMention(truncate(auditSentence(entry), maxLength), entry.detail.holder);
    case 'owner-proposed':
      return joinMarkup([md`Asked `, mention(entry.detail.to), md` to own the account.`], '');
    default:
      return md`${truncate(auditSentence(entry), maxLength)}`;
  }
}

/** Returns a sentence in which a person is mentioned where it names them by ID. */
function sentenceWithMention(sentence: string, person: string | null): Markup {
  if (person === null) return md`${sentence}`;
  return joinMarkup(
    sentence.split(person).map((part) => md`${part}`),
    mention(person).markup,
  );
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
