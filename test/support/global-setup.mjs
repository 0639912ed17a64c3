import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/**
 * Prepares an empty embedded database once, for every test to copy: making one takes five seconds and 800 MB, opening
 * a copy takes one. Another test run may do the same at the same time; whoever is first wins.
 */
export default async function prepareEmptyDatabase() {
  const { version } = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  const cache = 'node_modules/.cache/root-mfa-bot';
  const prepared = join(cache, `pglite-${version}`);
  process.env.EMPTY_EMBEDDED_DATABASE = prepared;
  if (existsSync(prepared)) return;

  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'preparing-'));
  const database = await PGlite.create(join(folder, 'postgres'));
  await database.close();
  try {
    renameSync(join(folder, 'postgres'), prepared);
  } catch (error) {
    if (!existsSync(prepared)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
