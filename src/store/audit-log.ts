import type { AccountId } from '../domain/account.ts';
import type { AuditEvent } from '../domain/audit.ts';
import type { SlackUserId } from '../domain/person.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** An event in the log. */
export type AuditEntry = AuditEvent & {
  readonly id: number;
  readonly at: Date;
  /** A Slack user id, a system of the company, or `bot`. */
  readonly actor: string;
};

/** Writes one line of the log, in the transaction of the event. The database refuses to change it afterwards. */
export async function recordAuditEvent(
  tx: Database,
  at: Date,
  actor: string,
  event: AuditEvent,
): Promise<void> {
  await tx.query(
    `insert into audit_log (at, actor, kind, account_id, detail)
     values ($1, $2, $3, $4, $5::jsonb)`,
    [at, actor, event.kind, event.accountId, json(event.detail)],
  );
}

/** The newest entries, of one account or of all; the next page begins before the last id of this one. */
export async function listAuditEntries(
  db: Database,
  page: { readonly accountId?: AccountId; readonly beforeId?: number; readonly limit: number },
): Promise<AuditEntry[]> {
  const rows = await db.query<AuditRow>(
    `select id, at, actor, kind, account_id, detail
       from audit_log
      where ($1::text is null or account_id = $1) and ($2::bigint is null or id < $2)
      order by id desc
      limit $3`,
    [page.accountId, page.beforeId, page.limit],
  );
  return rows.map(toAuditEntry);
}

/** A row of the log. */
export interface AuditRow {
  id: number;
  at: Date;
  actor: string;
  kind: AuditEvent['kind'];
  account_id: AccountId | null;
  detail: unknown;
}

/** Returns the entry in a row. */
export function toAuditEntry({ id, at, actor, kind, account_id: accountId, detail }: AuditRow): AuditEntry {
  // Only `record` writes rows: kind, account and detail belong together.
  const event = { kind, ...(accountId !== null && { accountId }), detail } as AuditEvent;
  return { id, at, actor, ...event };
}

/** Who acted on each account last, and when; what the bot or a system did is left out. */
export async function latestActors(
  db: Database,
): Promise<{ readonly accountId: AccountId; readonly by: SlackUserId; readonly at: Date }[]> {
  const rows = await db.query<{ account_id: AccountId; actor: SlackUserId; at: Date }>(
    `select distinct on (account_id) account_id, actor, at
       from audit_log
      where account_id is not null and actor <> 'bot' and actor not like 'system:%'
      order by account_id, id desc`,
  );
  return rows.map(({ account_id, actor, at }) => ({ accountId: account_id, by: actor, at }));
}

/** Returns when each of these people last did anything; people who never did are left out. */
export async function lastActions(
  db: Database,
  people: readonly SlackUserId[],
): Promise<ReadonlyMap<SlackUserId, Date>> {
  if (people.length === 0) return new Map();
  const rows = await db.query<{ actor: SlackUserId; at: Date }>(
    'select actor, max(at) as at from audit_log where actor = any($1::text[]) group by actor',
    [people],
  );
  return new Map(rows.map(({ actor, at }) => [actor, at]));
}
