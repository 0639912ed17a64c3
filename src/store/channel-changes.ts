import type { Database } from './transactions.ts';

/** Records that who can read a channel changed, so that every instance looks it up again. */
export async function recordChannelChange(db: Database, channelId: string): Promise<void> {
  await db.query(
    `insert into channel_changes (channel_id) values ($1)
     on conflict (channel_id) do update set changes = channel_changes.changes + 1`,
    [channelId],
  );
}

/** Returns how often who can read a channel changed, as far as Slack said so. */
export async function countChannelChanges(db: Database, channelId: string): Promise<number> {
  const [row] = await db.query<{ changes: number }>(
    'select changes from channel_changes where channel_id = $1',
    [channelId],
  );
  return row?.changes ?? 0;
}
