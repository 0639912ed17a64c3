import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** Something that a person or the bot decided. */
export interface AuditEvent {
  /** `token-approved`, `exemption-granted`, … */
  readonly kind: string;
  readonly accountId?: AccountId | undefined;
  /** What was so before, and after. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly detail?: unknown;
}

/** An event as it stands in the log. */
export interface AuditEntry extends AuditEvent {
  readonly id: number;
  readonly at: Date;
  /** A Slack user id, or `bot`. */
  readonly actor: string;
}

/** Writes one line of the log, in the transaction of what it tells. The database lets nobody change it afterwards. */
export async function record(tx: Database, at: Date, actor: string, event: AuditEvent): Promise<void> {
  await tx.query(
    `insert into audit_log (at, actor, kind, account_id, before, after, detail)
     values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb)`,
    [
      at,
      actor,
      event.kind,
      event.accountId,
      jsonOrNull(event.before),
      jsonOrNull(event.after),
      jsonOrNull(event.detail),
    ],
  );
}

/** The newest entries, of one account or of all; the next page begins before the last id of this one. */
export async function auditLog(
  db: Database,
  page: { readonly accountId?: AccountId; readonly beforeId?: number; readonly limit: number },
): Promise<AuditEntry[]> {
  const rows = await db.query<AuditRow>(
    `select id, at, actor, kind, account_id, before, after, detail
       from audit_log
      where ($1::text is null or account_id = $1) and ($2::bigint is null or id < $2)
      order by id desc
      limit $3`,
    [page.accountId, page.beforeId, page.limit],
  );
  return rows.map(toEntry);
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : json(value);
}

interface AuditRow {
  id: number;
  at: Date;
  actor: string;
  kind: string;
  account_id: AccountId | null;
  before: unknown;
  after: unknown;
  detail: unknown;
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    actor: row.actor,
    kind: row.kind,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    ...(row.before === null ? {} : { before: row.before }),
    ...(row.after === null ? {} : { after: row.after }),
    ...(row.detail === null ? {} : { detail: row.detail }),
  };
}

/** Who acted on each account last, and when; what the bot did by itself is left out. */
export async function lastActors(
  db: Database,
): Promise<{ readonly accountId: AccountId; readonly by: SlackUserId; readonly at: Date }[]> {
  const rows = await db.query<{ account_id: AccountId; actor: SlackUserId; at: Date }>(
    `select distinct on (account_id) account_id, actor, at
       from audit_log
      where account_id is not null and actor <> 'bot'
      order by account_id, id desc`,
  );
  return rows.map(({ account_id, actor, at }) => ({ accountId: account_id, by: actor, at }));
}
