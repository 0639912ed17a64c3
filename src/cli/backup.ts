import { writeBackup } from '../store/backup.ts';
import { openDatabase } from '../store/database.ts';
import type { Terminal } from './scan.ts';
import { formatRowCount, requireExistingStore, storeLocation } from './store-location.ts';

/** Writes the whole database to a file; returns the exit code. */
export async function backup(
  file: string,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<number> {
  const location = storeLocation(env);
  requireExistingStore(location);
  const db = await openDatabase({ ...location, onNotice: (text) => stderr.write(`${text}\n`) });
  try {
    const { rows } = await writeBackup(db, file, new Date());
    stderr.write(
      `Wrote ${formatRowCount(rows)} to ${file}. It contains names of people and accounts: keep it safe.\n`,
    );
    return 0;
  } finally {
    await db.close();
  }
}
