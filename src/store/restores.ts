import type { Database } from './transactions.ts';

/** Saves that a backup from then was restored: messages may have been sent that the outbox does not know of. */
export async function saveRestore(db: Database, backupAt: Date): Promise<void> {
  await db.query(
    `insert into restores (backup_at) values ($1)
     on conflict (restored_at) do update set backup_at = least(restores.backup_at, excluded.backup_at)`,
    [backupAt],
  );
}
