import type { Database } from './transactions.ts';

/** Whether the event arrives for the first time: Slack delivers some twice, and to another instance the second time. */
export async function claimEvent(db: Database, eventId: string, at: Date): Promise<boolean> {
  const rows = await db.query(
    'insert into seen_events (id, at) values ($1, $2) on conflict (id) do nothing returning id',
    [eventId, at],
  );
  return rows.length > 0;
}

/** Forgets events that arrived before then: Slack gives up on a delivery after an hour or so. */
export async function deleteOldEvents(db: Database, before: Date): Promise<void> {
  await db.query('delete from seen_events where at < $1', [before]);
}

/** Lets the event arrive once more: this time it had no effect. */
export async function releaseEvent(tx: Database, eventId: string): Promise<void> {
  await tx.query('delete from seen_events where id = $1', [eventId]);
}
