import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount } from './doctor/format-values.ts';
import { UsageError } from './errors.ts';

/** Where the database is. */
export interface StoreLocation {
  /** Undefined: embedded, in `dataDir`. */
  readonly url: string | undefined;
  readonly dataDir: string;
}

/** Returns where the database is, from the environment. Needs no Slack token. */
export function storeLocation(env: Readonly<Record<string, string | undefined>>): StoreLocation {
  return { url: env['DATABASE_URL'] || undefined, dataDir: env['DATA_DIR'] || './data' };
}

/** Throws a UsageError if there is no database: opening it would create one. */
export function requireExistingStore({ url, dataDir }: StoreLocation): void {
  if (url !== undefined || existsSync(join(dataDir, 'postgres', 'PG_VERSION'))) return;
  throw new UsageError(
    `There is no database in ${dataDir}: set DATA_DIR or DATABASE_URL to the bot's database`,
  );
}

/** Returns the number of rows and tables as text. */
export function formatRowCount(rows: Readonly<Record<string, number>>): string {
  const filled = Object.entries(rows).filter(([, count]) => count > 0);
  const total = filled.reduce((sum, [, count]) => sum + count, 0);
  return `${formatCount(total, 'row')} in ${formatCount(filled.length, 'table')}`;
}
