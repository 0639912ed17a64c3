import { checkBackup, pourBackup } from '../store/backup.ts';
import { openDatabase } from '../store/database.ts';
import { restoreEmbedded } from '../store/restore.ts';
import type { Terminal } from './scan.ts';
import { rowsInWords, storePlace } from './store-location.ts';

/** Puts a backup where the bot keeps everything, and gives the exit code. Whatever was there is kept. */
export async function restore(
  file: string,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<number> {
  const { url, dataDir } = storePlace(env);
  const backup = await checkBackup(file);
  const tell = (text: string) => stderr.write(`${text}\n`);

  if (url === undefined) {
    const { rows, before } = await restoreEmbedded(dataDir, backup, new Date());
    tell(`Restored ${rowsInWords(rows)}, as they were at ${backup.at.toISOString()}.`);
    if (before) tell(`What was there before is in ${before}: delete it when you need it no more.`);
    return 0;
  }
  const db = await openDatabase({ url, dataDir, onNotice: tell });
  try {
    const rows = await pourBackup(db, backup);
    tell(`Restored ${rowsInWords(rows)}, as they were at ${backup.at.toISOString()}.`);
    return 0;
  } finally {
    await db.close();
  }
}
