import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backup, loadBackup } from './backup.ts';
import type { RowCounts } from './copy.ts';
import { openDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';

/** The result of restoring an embedded database. */
export interface RestoreResult {
  readonly rows: RowCounts;
  /** Where the previous files are now; `null` if there were none. */
  readonly previousDirectory: string | null;
}

/**
 * Replaces the embedded database with a backup. Builds it in a new directory and moves it when complete, so a failure
 * leaves the old one unchanged; the old files are moved aside, never deleted.
 */
export async function restoreEmbedded(dataDir: string, backup: Backup, at: Date): Promise<RestoreResult> {
  const directory = join(dataDir, 'postgres');
  // Never replace the database of a running bot.
  const lock = await lockDirectory(directory);
  const stagingDirectory = await mkdtemp(join(dataDir, 'restoring-'));
  try {
    const db = await openDatabase({ dataDir: stagingDirectory });
    let rows: RowCounts;
    try {
      rows = await loadBackup(db, backup);
    } finally {
      await db.close();
    }
    const previousDirectory = await moveAside(directory, at);
    await rename(join(stagingDirectory, 'postgres'), directory);
    return { rows, previousDirectory };
  } finally {
    await rm(stagingDirectory, { recursive: true, force: true });
    await lock.release();
  }
}

async function moveAside(directory: string, at: Date): Promise<string | null> {
  if (!existsSync(directory)) return null;
  if ((await readdir(directory)).length === 0) {
    await rmdir(directory);
    return null;
  }
  const backupDirectory = `${directory}.before-${at.toISOString().replaceAll(/[:.]/g, '')}`;
  await rename(directory, backupDirectory);
  return backupDirectory;
}
