import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { BackupError } from './backup-error.ts';
import { inSnapshot, type RowBatch, type RowCounts, readRowBatches, restoreInto } from './copy.ts';
import { appliedMigrations, readMigrations } from './migrate.ts';
import { saveRestore } from './restores.ts';
import type { Database } from './transactions.ts';

/**
 * A backup: a gzipped file of JSON lines. First what it is, then rows in pieces, at last how many there should be. It
 * holds rows, not files of an engine, so it outlives them: what the embedded database wrote a server can read.
 */
const headerSchema = z.object({
  rootMfaBackup: z.literal(1),
  at: z.string(),
  /** What the tables looked like. */
  migrations: z.array(z.string()),
});
const rowBatchSchema = z.object({ table: z.string(), rows: z.array(z.unknown()) });
const trailerSchema = z.object({ end: z.record(z.string(), z.number()) });

/** What a backup is, as its file says. */
export interface Backup {
  readonly file: string;
  readonly at: Date;
  readonly migrations: readonly string[];
  readonly rows: RowCounts;
}

/** Writes everything into a new file that only its owner may read; nothing is left behind of a backup that fails. */
export async function writeBackup(db: Database, file: string, at: Date): Promise<Backup> {
  if (await stat(file).catch(() => null)) {
    throw new BackupError(
      `Cannot write ${file}: it exists already, and might be your last backup. Choose another name`,
    );
  }
  const partFile = `${file}.part`;
  // What a backup that was cut off left there might be readable by others, and would keep its mode.
  await rm(partFile, { force: true });
  const rows: Record<string, number> = {};
  const migrations = await appliedMigrations(db);
  async function* lines(tx: Database): AsyncGenerator<string> {
    yield `${JSON.stringify({ rootMfaBackup: 1, at, migrations })}\n`;
    for await (const batch of readRowBatches(tx)) {
      rows[batch.table] = (rows[batch.table] ?? 0) + batch.rows.length;
      yield `${JSON.stringify(batch)}\n`;
    }
    yield `${JSON.stringify({ end: rows })}\n`;
  }
  try {
    await inSnapshot(db, (tx) =>
      pipeline(
        Readable.from(lines(tx)),
        createGzip(),
        createWriteStream(partFile, { mode: 0o600, flush: true }),
      ),
    );
    await rename(partFile, file);
  } catch (error) {
    await rm(partFile, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw syscall ? new BackupError(`Cannot write ${file} (${code})`) : error;
  }
  return { file, at, migrations, rows };
}

/** Reads a backup from its first line to its last. Throws a BackupError where it is none, or not whole, or too new. */
export async function checkBackup(file: string): Promise<Backup> {
  const rows: Record<string, number> = {};
  let header: z.output<typeof headerSchema> | undefined;
  let expectedRows: RowCounts | undefined;
  for await (const line of readLines(file)) {
    if (expectedRows) throw new BackupError(`Cannot restore ${file}: there is data after its end`);
    if (!header) header = parseLine(headerSchema, line, file);
    else if (line.startsWith('{"end"')) expectedRows = parseLine(trailerSchema, line, file).end;
    else {
      const { table, rows: some } = parseLine(rowBatchSchema, line, file);
      rows[table] = (rows[table] ?? 0) + some.length;
    }
  }
  const tables = new Set([...Object.keys(rows), ...Object.keys(expectedRows ?? {})]);
  if (!header || !expectedRows || [...tables].some((table) => rows[table] !== expectedRows?.[table])) {
    throw new BackupError(`Cannot restore ${file}: it is incomplete. Take another backup`);
  }
  const known = readMigrations().map(({ name }) => name);
  const unknown = header.migrations.find((name, index) => known[index] !== name);
  if (unknown !== undefined) {
    throw new BackupError(
      `Cannot restore ${file}: it holds the migration ${unknown}, which this version does not know, so a newer version ` +
        'wrote it. Restore it with that version',
    );
  }
  return { file, at: new Date(header.at), migrations: header.migrations, rows };
}

/**
 * Loads a backup that was checked into an empty database, migrates it to this version, and returns how many rows it has.
 * What the bot sent after the backup was written is not in it, so from then on it looks each message up first.
 */
export async function loadBackup(db: Database, { file, at, migrations }: Backup): Promise<RowCounts> {
  const rows = await restoreInto(db, migrations, rowBatchesIn(file));
  await saveRestore(db, at);
  return rows;
}

async function* rowBatchesIn(file: string): AsyncGenerator<RowBatch> {
  for await (const line of readLines(file)) {
    if (line.startsWith('{"table"')) yield parseLine(rowBatchSchema, line, file);
  }
}

async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = createGunzip();
  source.on('error', (error) => text.destroy(error));
  source.pipe(text).setEncoding('utf8');
  let partialLine = '';
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const [first = '', ...others] = chunk.split('\n');
      partialLine += first;
      for (const other of others) {
        yield partialLine;
        partialLine = other;
      }
    }
    if (partialLine !== '') yield partialLine;
  } catch (error) {
    throw toBackupError(error, file);
  } finally {
    source.destroy();
  }
}

function toBackupError(error: unknown, file: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new BackupError(`Cannot restore ${file}: the file does not exist`);
  if (syscall) return new BackupError(`Cannot read ${file} (${code})`);
  if (!code?.startsWith('Z_')) return error;
  return new BackupError(`Cannot restore ${file}: it is not a backup, or it is damaged (${code})`);
}

function parseLine<T>(schema: z.ZodType<T>, line: string, file: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new BackupError(`Cannot restore ${file}: it is not a backup of root-mfa-bot`);
  }
}
