import { atOneMoment, fillEmpty, piecesOf } from '../store/copy.ts';
import { openDatabase } from '../store/database.ts';
import { landedMigrations } from '../store/migrate.ts';
import { UsageError } from './errors.ts';
import type { Terminal } from './scan.ts';
import { refuseNothing, rowsInWords, storePlace } from './store-location.ts';

/** Copies the embedded database into an empty one on a server, and gives the exit code. The embedded one stays as it is. */
export async function moveStore(
  url: string,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<number> {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new UsageError(
      'Expected the address of a PostgreSQL database, postgres://user:password@host/database',
    );
  }
  const { dataDir } = storePlace(env);
  refuseNothing({ url: undefined, dataDir });
  const tell = (text: string) => stderr.write(`${text}\n`);

  const target = await openDatabase({ url, dataDir, onNotice: tell });
  try {
    const source = await openDatabase({ dataDir, onNotice: tell });
    try {
      const migrations = await landedMigrations(source);
      const rows = await atOneMoment(source, (tx) => fillEmpty(target, migrations, piecesOf(tx)));
      tell(`Copied ${rowsInWords(rows)}, and counted them again. ${dataDir} is as it was.`);
      tell('Now set DATABASE_URL to that address and start the bot.');
      return 0;
    } finally {
      await source.close();
    }
  } finally {
    await target.close();
  }
}
