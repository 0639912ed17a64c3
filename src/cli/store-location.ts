import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './errors.ts';

/** Where everything is remembered. */
export interface StoreLocation {
  /** Undefined: embedded, in `dataDir`. */
  readonly url: string | undefined;
  readonly dataDir: string;
}

/** Where the bot keeps everything, by the environment; no token of Slack is needed to know that. */
export function storeLocation(env: Readonly<Record<string, string | undefined>>): StoreLocation {
  return { url: env['DATABASE_URL'] || undefined, dataDir: env['DATA_DIR'] || './data' };
}

/** Refuses a place where nothing was ever remembered: opening it would make a new database. */
export function requireExistingStore({ url, dataDir }: StoreLocation): void {
  if (url !== undefined || existsSync(join(dataDir, 'postgres', 'PG_VERSION'))) return;
  throw new UsageError(
    `There is no database in ${dataDir}: set DATA_DIR or DATABASE_URL to where the bot keeps it`,
  );
}

/** How many rows, in words. */
export function formatRowCount(rows: Readonly<Record<string, number>>): string {
  const filled = Object.entries(rows).filter(([, count]) => count > 0);
  const total = filled.reduce((sum, [, count]) => sum + count, 0);
  return `${total} rows of ${filled.length} tables`;
}
