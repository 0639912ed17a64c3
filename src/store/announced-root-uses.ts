import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { AnnouncedUse } from '../domain/root-events/announced-use.ts';
import type { Database } from './transactions.ts';

/** Stores a new announcement. */
export async function createAnnouncedUse(tx: Database, use: AnnouncedUse): Promise<void> {
  await tx.query(
    `insert into announced_root_uses (id, account_id, announced_by, announced_at, reason, ticket, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [use.id, use.accountId, use.announcedBy, use.announcedAt, use.reason, use.ticket, use.endsAt],
  );
}

/** The announcements of these accounts that hold at some time since then, oldest first. */
export async function findAnnouncedUses(
  db: Database,
  accountIds: readonly AccountId[],
  since: Date,
): Promise<AnnouncedUse[]> {
  const rows = await db.query<AnnouncedUseRow>(
    `${ANNOUNCED_USES} where account_id = any ($1) and ends_at >= $2 order by announced_at, id`,
    [accountIds, since],
  );
  return rows.map(toAnnouncedUse);
}

/** These announcements by id, whether they still hold or not. */
export async function findAnnouncedUsesById(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AnnouncedUse>> {
  const rows = await db.query<AnnouncedUseRow>(`${ANNOUNCED_USES} where id = any ($1)`, [ids]);
  return new Map(rows.map((row) => [row.id, toAnnouncedUse(row)]));
}

/** The announcement, ended, or undefined where there was nothing left to end. */
export async function endAnnouncedUse(
  tx: Database,
  id: string,
  by: SlackUserId,
  at: Date,
): Promise<AnnouncedUse | undefined> {
  const [row] = await tx.query<AnnouncedUseRow>(
    `update announced_root_uses set ended_by = $2, ended_at = $3
      where id = $1 and ended_at is null and ends_at > $3
     returning *`,
    [id, by, at],
  );
  return row && toAnnouncedUse(row);
}

const ANNOUNCED_USES = `
  select id, account_id, announced_by, announced_at, reason, ticket, ends_at, ended_at
    from announced_root_uses`;

interface AnnouncedUseRow {
  id: string;
  account_id: AccountId;
  announced_by: SlackUserId;
  announced_at: Date;
  reason: string;
  ticket: string | null;
  ends_at: Date;
  ended_at: Date | null;
}

function toAnnouncedUse(row: AnnouncedUseRow): AnnouncedUse {
  return {
    id: row.id,
    accountId: row.account_id,
    announcedBy: row.announced_by,
    announcedAt: row.announced_at,
    reason: row.reason,
    ticket: row.ticket,
    endsAt: row.ends_at,
    endedAt: row.ended_at,
  };
}
