import { inSnapshot, readRowBatches, restoreInto } from '../store/copy.ts';
import { openDatabase } from '../store/database.ts';
import { appliedMigrations } from '../store/migrate.ts';
import { UsageError } from './errors.ts';
import type { Terminal } from './scan.ts';
import { formatRowCount, requireExistingStore, storeLocation } from './store-location.ts';

/** Copies the embedded database to an empty one on a server; returns the exit code. The embedded one is not changed. */
export async function moveStore(
  url: string,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<number> {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new UsageError(
      'Expected the address of a PostgreSQL database, postgres://user:password@host/database',
    );
  }
  const { dataDir } = storeLocation(env);
  requireExistingStore({ url: undefined, dataDir });
  const print = (text: string) => stderr.write(`${text}\n`);

  const target = await openDatabase({ url, dataDir, onNotice: print });
  try {
    const source = await openDatabase({ dataDir, onNotice: print });
    try {
      const migrations = await appliedMigrations(source);
      const rows = await inSnapshot(source, (tx) => restoreInto(target, migrations, readRowBatches(tx)));
      print(`Copied and verified ${formatRowCount(rows)}. ${dataDir} is unchanged.`);
      print('Now set DATABASE_URL to this address and start the bot.');
      return 0;
    } finally {
      await source.close();
    }
  } finally {
    await target.close();
  }
}
