import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

const CACHE = 'node_modules/.cache/root-mfa-bot';
const MIGRATIONS = 'src/store/migrations';

/**
 * Prepares two embedded databases once, for every test to copy: an empty one, which takes five seconds and 800 MB to
 * make, and one with the tables in it. Opening a copy takes one second.
 */
export default async function prepareDatabases() {
  const { version } = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  const empty = await prepared(`pglite-${version}`, async (folder) => {
    const database = await PGlite.create(join(folder, 'postgres'));
    await database.close();
  });
  const migrated = await prepared(`pglite-${version}-${schemaMark()}`, (folder) => {
    cpSync(empty, join(folder, 'postgres'), { recursive: true });
    // A process of its own: only the tests can read TypeScript here.
    const script = ['--import', 'tsx', 'src/demo/prepare-database.ts', folder];
    execFileSync(process.execPath, script, { stdio: ['ignore', 'ignore', 'inherit'] });
  });
  process.env.EMPTY_EMBEDDED_DATABASE = empty;
  process.env.MIGRATED_EMBEDDED_DATABASE = migrated;
}

/** Changes whenever a migration does. */
function schemaMark() {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, file)));
  return hash.digest('hex').slice(0, 12);
}

/** The folder of that name in the cache. Another test run may make it at the same time; whoever is first wins. */
async function prepared(name, make) {
  const place = join(CACHE, name);
  if (existsSync(place)) return place;
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'preparing-'));
  try {
    await make(folder);
    renameSync(join(folder, 'postgres'), place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return place;
}
