import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backup, pourBackup } from './backup.ts';
import type { RowCounts } from './copy.ts';
import { openDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';

/** What became of a restored embedded database. */
export interface Restored {
  readonly rows: RowCounts;
  /** Where the files are that were there before; `null` where there were none. */
  readonly before: string | null;
}

/**
 * Puts a backup in the place of the embedded database. It is built beside and moved when it is complete, so whatever
 * fails, the old one stands as it stood; and what was there before is moved aside, never deleted.
 */
export async function restoreEmbedded(dataDir: string, backup: Backup, at: Date): Promise<Restored> {
  const directory = join(dataDir, 'postgres');
  // A bot that runs there is not to lose the ground under its feet.
  const lock = await lockDirectory(directory);
  const building = await mkdtemp(join(dataDir, 'restoring-'));
  try {
    const db = await openDatabase({ dataDir: building });
    let rows: RowCounts;
    try {
      rows = await pourBackup(db, backup);
    } finally {
      await db.close();
    }
    const before = await moveAside(directory, at);
    await rename(join(building, 'postgres'), directory);
    return { rows, before };
  } finally {
    await rm(building, { recursive: true, force: true });
    await lock.release();
  }
}

async function moveAside(directory: string, at: Date): Promise<string | null> {
  if (!existsSync(directory)) return null;
  if ((await readdir(directory)).length === 0) {
    await rmdir(directory);
    return null;
  }
  const aside = `${directory}.before-${at.toISOString().replaceAll(/[:.]/g, '')}`;
  await rename(directory, aside);
  return aside;
}
