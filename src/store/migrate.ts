import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type Database, DatabaseError } from './transactions.ts';

/** One numbered step of the schema. */
export interface Migration {
  /** `0001_accounts`: the file's name without its ending. */
  readonly name: string;
  readonly sql: string;
}

const MIGRATIONS_FOLDER = new URL('./migrations/', import.meta.url);

/** Any number that no other lock uses; the same for every version. */
const MIGRATION_LOCK_ID = 7_031_992_114;

/**
 * The names of the migrations that were missing, now applied, in order. Many processes may start at once: the first
 * applies, the others wait and find it done. A migration that has landed is never edited; a database that knows more
 * than this code is refused, so an old instance never writes into a schema it does not understand.
 */
export async function migrate(
  db: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<{ applied: string[] }> {
  const applied: string[] = [];
  for (;;) {
    const name = await db.transaction((tx) => applyNext(tx, migrations));
    if (name === undefined) return { applied };
    applied.push(name);
  }
}

/** The names of the migrations that have landed, in order; none in a database that was never used. */
export async function appliedMigrations(db: Database): Promise<string[]> {
  const [table] = await db.query<{ there: boolean }>(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  if (!table?.there) return [];
  const applied = await db.query<{ name: string }>('select name from schema_migrations order by name');
  return applied.map(({ name }) => name);
}

/** Why this version must not write into the database: a newer one has migrated it. Undefined while that is not so. */
export async function findNewerMigration(db: Database): Promise<string | undefined> {
  return newerMigrationText(await appliedMigrations(db), readMigrations());
}

/** Every migration of this version, in order. */
export function readMigrations(): Migration[] {
  return readdirSync(MIGRATIONS_FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.sql'.length),
      // A checkout on Windows may have changed the line ends, not the migration.
      sql: readFileSync(new URL(file, MIGRATIONS_FOLDER), 'utf8').replaceAll('\r\n', '\n'),
    }));
}

/** One migration, one transaction: the lock goes with it, so it also works through a transaction pooler. */
async function applyNext(tx: Database, migrations: readonly Migration[]): Promise<string | undefined> {
  // Waiting for another instance's long migration is no failure.
  await tx.script('set local statement_timeout = 0');
  await tx.script(`select pg_advisory_xact_lock(${MIGRATION_LOCK_ID})`, { slow: true });
  await tx.script(`
    create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  const applied = await tx.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations order by name',
  );
  assertSameHistory(applied, migrations);

  const next = migrations[applied.length];
  if (!next) return undefined;
  await tx.script(next.sql, { slow: true });
  await tx.query('insert into schema_migrations (name, checksum) values ($1, $2)', [
    next.name,
    checksum(next),
  ]);
  return next.name;
}

function assertSameHistory(
  applied: readonly { name: string; checksum: string }[],
  migrations: readonly Migration[],
): void {
  const names = applied.map(({ name }) => name);
  const newer = newerMigrationText(names, migrations);
  if (newer !== undefined) throw new DatabaseError(newer);
  for (const [index, { name, checksum: appliedChecksum }] of applied.entries()) {
    const migration = migrations[index];
    if (migration?.name !== name) {
      throw new DatabaseError(
        `Cannot migrate: ${migration?.name} comes before ${name}, which has landed already. Give the new one a higher number`,
      );
    }
    if (checksum(migration) !== appliedChecksum) {
      throw new DatabaseError(
        `Cannot migrate: ${name} was edited after it had landed in this database. Undo the edit, and write a new migration`,
      );
    }
  }
}

function newerMigrationText(
  applied: readonly string[],
  migrations: readonly Migration[],
): string | undefined {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.find((name) => !known.has(name));
  return unknown === undefined
    ? undefined
    : `Cannot use this database: it holds the migration ${unknown}, which this version does not know, so a newer ` +
        'version wrote it. Start that version, or restore a backup from before the upgrade';
}

function checksum({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}
