import { checkBackup, loadBackup } from '../store/backup.ts';
import { openDatabase } from '../store/database.ts';
import { restoreEmbedded } from '../store/restore.ts';
import type { Terminal } from './scan.ts';
import { formatRowCount, storeLocation } from './store-location.ts';

/** Restores a backup into the bot's database; returns the exit code. A previous embedded database is kept. */
export async function restore(
  file: string,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<number> {
  const { url, dataDir } = storeLocation(env);
  const backup = await checkBackup(file);
  const print = (text: string) => stderr.write(`${text}\n`);

  if (url === undefined) {
    const { rows, previousDirectory } = await restoreEmbedded(dataDir, backup, new Date());
    print(`Restored ${formatRowCount(rows)} from ${backup.at.toISOString()}.`);
    if (previousDirectory)
      print(`The previous database is in ${previousDirectory}: delete it when you no longer need it.`);
    return 0;
  }
  const db = await openDatabase({ url, dataDir, onNotice: print });
  try {
    const rows = await loadBackup(db, backup);
    print(`Restored ${formatRowCount(rows)} from ${backup.at.toISOString()}.`);
    return 0;
  } finally {
    await db.close();
  }
}
