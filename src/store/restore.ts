import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backup, loadBackup } from './backup.ts';
import type { RowCounts } from './copy.ts';
import { openDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';

/** What became of a restored embedded database. */
export interface RestoreResult {
  readonly rows: RowCounts;
  /** Where the files are that were there before; `null` where there were none. */
  readonly previousDirectory: string | null;
}

/**
 * Puts a backup in the place of the embedded database. It is built beside and moved when it is complete, so whatever
 * fails, the old one stands as it stood; and what was there before is moved aside, never deleted.
 */
export async function restoreEmbedded(dataDir: string, backup: Backup, at: Date): Promise<RestoreResult> {
  const directory = join(dataDir, 'postgres');
  // A bot that runs there is not to lose the ground under its feet.
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
