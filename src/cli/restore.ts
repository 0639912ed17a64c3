import { checkBackup, loadBackup } from '../store/backup.ts';
import { openDatabase } from '../store/database.ts';
import { restoreEmbedded } from '../store/restore.ts';
import type { Terminal } from './scan.ts';
import { formatRowCount, storeLocation } from './store-location.ts';

/** Puts a backup where the bot keeps everything, and gives the exit code. Whatever was there is kept. */
export async function restore(
  file: string,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<number> {
  const { url, dataDir } = storeLocation(env);
  const backup = await checkBackup(file);
  const print = (text: string) => stderr.write(`${text}\n`);

  if (url === undefined) {
    const { rows, previousDirectory } = await restoreEmbedded(dataDir, backup, new Date());
    print(`Restored ${formatRowCount(rows)}, as they were at ${backup.at.toISOString()}.`);
    if (previousDirectory)
      print(`What was there before is in ${previousDirectory}: delete it when you need it no more.`);
    return 0;
  }
  const db = await openDatabase({ url, dataDir, onNotice: print });
  try {
    const rows = await loadBackup(db, backup);
    print(`Restored ${formatRowCount(rows)}, as they were at ${backup.at.toISOString()}.`);
    return 0;
  } finally {
    await db.close();
  }
}
