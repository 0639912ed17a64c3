import { yieldToEventLoop } from './batches.ts';
import { json } from './json.ts';
import { appliedMigrations, migrate, readMigrations } from './migrate.ts';
import { type Database, DatabaseError } from './transactions.ts';

/** Some rows of a table, each as PostgreSQL writes a row in JSON. */
export interface RowBatch {
  readonly table: string;
  readonly rows: readonly unknown[];
}

/** How many rows of each table there are. */
export type RowCounts = Readonly<Record<string, number>>;

const MAX_ROWS_PER_STATEMENT = 250;

/** What migrations put there: it is in every database, and gives way to what is copied. */
const SEEDED_BY_MIGRATIONS: ReadonlySet<string> = new Set(['revision', 'redaction_salt']);

/** Every row of every table, a table after those that it points to. To be called in a transaction that sees one moment. */
export async function* readRowBatches(tx: Database): AsyncGenerator<RowBatch> {
  for (const table of await tablesInOrder(tx)) {
    await tx.script(
      `declare copying no scroll cursor for select to_jsonb(copied) as row from ${table} as copied`,
    );
    for (;;) {
      const rows = await tx.query<{ row: unknown }>(`fetch ${MAX_ROWS_PER_STATEMENT} from copying`);
      if (rows.length > 0) yield { table, rows: rows.map(({ row }) => row) };
      if (rows.length < MAX_ROWS_PER_STATEMENT) break;
      await yieldToEventLoop();
    }
    await tx.script('close copying');
  }
}

/** What the work returns, which reads the database as it is at one moment. */
export function inSnapshot<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.script('set transaction isolation level repeatable read');
    return work(tx);
  });
}

/**
 * Fills an empty database with what one held in which those migrations had landed, and brings it to what this version
 * needs: how many rows of each table there are now.
 */
export async function restoreInto(
  db: Database,
  migrations: readonly string[],
  batches: AsyncIterable<RowBatch>,
): Promise<RowCounts> {
  if ((await appliedMigrations(db)).length > migrations.length) {
    throw new DatabaseError(
      'Cannot copy: the tables there are newer than what is to be copied. Give it a database without tables',
    );
  }
  await migrate(db, readMigrations().slice(0, migrations.length));
  const rows = await loadRows(db, batches);
  await migrate(db);
  return rows;
}

/**
 * How many rows of each table were copied into a database that holds the same tables and nothing else, all of them or
 * none. Throws a DatabaseError where it holds rows already, or where not every row arrived.
 */
async function loadRows(db: Database, batches: AsyncIterable<RowBatch>): Promise<RowCounts> {
  return db.transaction(async (tx) => {
    await assertEmpty(tx);
    const known = new Set(await tablesInOrder(tx));
    // An older backup has fewer tables.
    for (const table of SEEDED_BY_MIGRATIONS) if (known.has(table)) await tx.query(`delete from ${table}`);
    const loaded: Record<string, number> = {};
    for await (const { table, rows } of batches) {
      if (!known.has(table)) throw new DatabaseError(`Cannot copy: there is no table ${table} here`);
      await tx.query(
        `insert into ${table} overriding system value
         select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
        [json(rows)],
      );
      loaded[table] = (loaded[table] ?? 0) + rows.length;
      await yieldToEventLoop();
    }
    await resetSequences(tx);

    const stored = await countRows(tx);
    const mismatched = Object.keys(stored).find((table) => stored[table] !== (loaded[table] ?? 0));
    if (mismatched !== undefined) {
      throw new DatabaseError(
        `Cannot copy: of ${loaded[mismatched] ?? 0} rows of ${mismatched}, ${stored[mismatched]} arrived. Nothing was changed`,
      );
    }
    return stored;
  });
}

/** How many rows each table holds. */
export async function countRows(db: Database): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  for (const table of await tablesInOrder(db)) {
    const [row] = await db.query<{ rows: number }>(`select count(*) as rows from ${table}`);
    counts[table] = row?.rows ?? 0;
  }
  return counts;
}

async function assertEmpty(tx: Database): Promise<void> {
  const counts = await countRows(tx);
  const filled = Object.keys(counts).filter(
    (table) => counts[table] !== 0 && !SEEDED_BY_MIGRATIONS.has(table),
  );
  if (filled.length === 0) return;
  throw new DatabaseError(
    `Cannot copy into a database that is in use: there are rows in ${filled.join(', ')}. Give it an empty one`,
  );
}

/** Every table but the list of migrations, which makes itself; a table after those that it points to. */
async function tablesInOrder(db: Database): Promise<readonly string[]> {
  const tables = await db.query<{ name: string; needs: string[] }>(
    `select quote_ident(relname) as name,
            array(select quote_ident(pointed.relname)
                    from pg_constraint
                    join pg_class as pointed on pointed.oid = confrelid
                   where contype = 'f' and conrelid = pg_class.oid and confrelid <> conrelid) as needs
       from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'
      order by relname`,
  );
  const ordered: string[] = [];
  while (ordered.length < tables.length) {
    const next = tables.find(
      ({ name, needs }) => !ordered.includes(name) && needs.every((need) => ordered.includes(need)),
    );
    if (!next) throw new DatabaseError('Cannot copy: the tables point to each other in a circle');
    ordered.push(next.name);
  }
  return ordered;
}

/** New rows get the numbers after those that were copied. */
async function resetSequences(tx: Database): Promise<void> {
  const identityColumns = await tx.query<{ table: string; column: string }>(
    `select quote_ident(table_name) as table, quote_ident(column_name) as column
       from information_schema.columns
      where table_schema = 'public' and is_identity = 'YES'`,
  );
  for (const { table, column } of identityColumns) {
    await tx.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce(max(${column}), 1), max(${column}) is not null)
         from ${table}`,
      [table, column],
    );
  }
}
