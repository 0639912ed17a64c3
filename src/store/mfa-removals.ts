import type { AccountId } from '../domain/account.ts';
import type { MfaRemoval } from '../domain/mfa-removal.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { Mfa } from '../domain/verdict.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** The removals that have not ended, of all accounts or of these. */
export async function openMfaRemovals(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, MfaRemoval>> {
  const rows = await db.query<MfaRemovalRow>(
    `select * from mfa_removals
      where ended_at is null and ($1::text[] is null or account_id = any ($1)) order by account_id`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, toMfaRemoval(row)]));
}

/** The removal, or undefined. */
export async function findMfaRemoval(db: Database, id: string): Promise<MfaRemoval | undefined> {
  const [row] = await db.query<MfaRemovalRow>('select * from mfa_removals where id = $1', [id]);
  return row && toMfaRemoval(row);
}

/** The removal, or undefined; locked until the transaction ends. */
export async function lockMfaRemoval(tx: Database, id: string): Promise<MfaRemoval | undefined> {
  const [row] = await tx.query<MfaRemovalRow>('select * from mfa_removals where id = $1 for update', [id]);
  return row && toMfaRemoval(row);
}

/** Stores a removal, new or changed. */
export async function saveMfaRemoval(tx: Database, removal: MfaRemoval): Promise<void> {
  const { acknowledged, assigned } = removal;
  await tx.query(
    `insert into mfa_removals
       (id, account_id, was, seen_at, state, asked, asked_at, answered_by, answered_at, reason, until_day,
        acknowledged_by, acknowledged_at, assigned_to, assigned_by, assigned_at, ended_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (id) do update
       set state = excluded.state, asked = excluded.asked, asked_at = excluded.asked_at,
           answered_by = excluded.answered_by, answered_at = excluded.answered_at, reason = excluded.reason,
           until_day = excluded.until_day, acknowledged_by = excluded.acknowledged_by,
           acknowledged_at = excluded.acknowledged_at, assigned_to = excluded.assigned_to,
           assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at, ended_at = excluded.ended_at`,
    [
      removal.id,
      removal.accountId,
      removal.was,
      removal.seenAt,
      removal.state,
      removal.asked,
      removal.askedAt,
      removal.answeredBy,
      removal.answeredAt,
      removal.reason,
      removal.untilDay,
      acknowledged?.by ?? null,
      acknowledged?.at ?? null,
      assigned?.to ?? null,
      assigned?.by ?? null,
      assigned?.at ?? null,
      removal.endedAt,
    ],
  );
  await bumpRevision(tx);
}

interface MfaRemovalRow {
  id: string;
  account_id: AccountId;
  was: Mfa;
  seen_at: Date;
  state: MfaRemoval['state'];
  asked: SlackUserId[];
  asked_at: Date | null;
  answered_by: SlackUserId | null;
  answered_at: Date | null;
  reason: string | null;
  until_day: string | null;
  acknowledged_by: SlackUserId | null;
  acknowledged_at: Date | null;
  assigned_to: SlackUserId | null;
  assigned_by: SlackUserId | null;
  assigned_at: Date | null;
  ended_at: Date | null;
}

function toMfaRemoval(row: MfaRemovalRow): MfaRemoval {
  const { acknowledged_by, acknowledged_at, assigned_to, assigned_by, assigned_at } = row;
  return {
    id: row.id,
    accountId: row.account_id,
    was: row.was,
    seenAt: row.seen_at,
    state: row.state,
    asked: row.asked,
    askedAt: row.asked_at,
    answeredBy: row.answered_by,
    answeredAt: row.answered_at,
    reason: row.reason,
    untilDay: row.until_day,
    acknowledged: acknowledged_by && acknowledged_at ? { by: acknowledged_by, at: acknowledged_at } : null,
    assigned:
      assigned_to && assigned_by && assigned_at
        ? { to: assigned_to, by: assigned_by, at: assigned_at }
        : null,
    endedAt: row.ended_at,
  };
}
