import type { Database } from './transactions.ts';

export { type Database, DatabaseError, isUniqueViolation } from './transactions.ts';

export interface DatabaseOptions {
  /** `postgres://…`; without it the database is embedded. */
  readonly url?: string | undefined;
  /** Where the embedded database lives. */
  readonly dataDir: string;
  /** Hears what a person should know: a slow first start, a folder on a network drive. */
  readonly onNotice?: (text: string) => void;
}

/** The database that the options name, open and answering; throws one clear sentence when it cannot be. */
export async function openDatabase({
  url,
  dataDir,
  onNotice = () => {},
}: DatabaseOptions): Promise<Database> {
  // Only the engine in use is loaded: the embedded one takes a second and 200 MB.
  if (url) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, onNotice);
  }
  const { openEmbedded } = await import('./embedded.ts');
  return openEmbedded(dataDir, onNotice);
}
