import { emptyDatabases, emptyDataDir } from './database.ts';

/** Where processes of a test find their database; the embedded one takes one process at a time. */
export interface ChildDatabase {
  readonly url?: string;
  readonly dataDir: string;
}

/** An empty database for other processes: embedded, or on the server that TEST_DATABASE_URL names. */
export async function databaseForChildren(): Promise<ChildDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) return { dataDir: await emptyDataDir() };
  const [db] = await emptyDatabases(1);
  const [row] = (await db?.query<{ name: string }>('select current_database() as name')) ?? [];
  const url = new URL(server);
  url.pathname = `/${row?.name ?? ''}`;
  return { url: url.href, dataDir: '' };
}
