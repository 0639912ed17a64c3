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
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { compileSource } from './compile-source.mjs';

const CACHE = 'node_modules/.cache/root-mfa-bot';
const MIGRATIONS = 'src/store/migrations';

/** A file system in memory, on Linux. */
const MEMORY_FOLDER = '/dev/shm';
const MIN_FREE_BYTES = 2 * 1024 ** 3;

/** Prepares what all tests share. */
export default async function prepareTests() {
  process.env.TEST_FOLDER = createTestFolder();
  process.env.COMPILED_SOURCE = await compileSource();
  await prepareDatabases();
}

/**
 * Prepares two embedded databases once, for every test to copy: an empty one, which takes five seconds and 800 MB to
 * make, and one with the tables in it.
 */
async function prepareDatabases() {
  const { version } = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  const empty = await prepared(`pglite-${version}`, async (folder) => {
    const database = await PGlite.create(join(folder, 'postgres'));
    await database.close();
  });
  const migrated = await prepared(`pglite-${version}-${schemaMark()}`, (folder) => {
    cpSync(empty, join(folder, 'postgres'), { recursive: true });
    const script = join(process.env.COMPILED_SOURCE, 'src/demo/prepare-database.js');
    execFileSync(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  });
  process.env.EMPTY_EMBEDDED_DATABASE = empty;
  process.env.MIGRATED_EMBEDDED_DATABASE = migrated;
}

/**
 * The folder for everything that the tests of this run write. In memory where there is room: copying and opening a
 * database takes a third of the time there.
 */
function createTestFolder() {
  const base = hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
  removeLeftovers(base);
  return mkdtempSync(join(base, `root-mfa-bot-tests-${process.pid}-`));
}

function hasRoom(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > MIN_FREE_BYTES;
  } catch {
    return false;
  }
}

/** Removes the folders of runs that were killed. */
function removeLeftovers(base) {
  for (const name of readdirSync(base)) {
    const [, pid] = /^root-mfa-bot-tests-(\d+)-/.exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) rmSync(join(base, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch ({ code }) {
    return code === 'EPERM';
  }
}

/** Changes whenever a migration does. */
function schemaMark() {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS).sort())
    hash.update(file).update(readFileSync(join(MIGRATIONS, file)));
  return hash.digest('hex').slice(0, 12);
}

/** The folder of that name in the cache. Another test run may make it at the same time; the first one wins. */
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
