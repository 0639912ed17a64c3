import { readEnvironment } from '../config/environment.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';

/** Applies pending migrations, to be run before any instance starts; prints what it did. */
export async function migrateDatabase({
  env,
  stderr,
}: Pick<NodeJS.Process, 'env' | 'stderr'>): Promise<number> {
  const { DATABASE_URL: url, DATA_DIR: dataDir } = readEnvironment(env);
  const print = (text: string) => stderr.write(`${text}\n`);
  const db = await openDatabase({ url, dataDir, onNotice: print });
  try {
    const { applied } = await migrate(db);
    print(applied.length > 0 ? `Applied ${applied.join(', ')}` : 'The database is up to date');
    return 0;
  } finally {
    await db.close();
  }
}
