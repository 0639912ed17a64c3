import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { BackupError } from './backup-error.ts';
import { atOneMoment, fillEmpty, type Piece, piecesOf, type RowCounts } from './copy.ts';
import { landedMigrations, readMigrations } from './migrate.ts';
import type { Database } from './transactions.ts';

/**
 * A backup: a gzipped file of JSON lines. First what it is, then rows in pieces, at last how many there should be. It
 * holds rows, not files of an engine, so it outlives them: what the embedded database wrote a server can read.
 */
const head = z.object({
  rootMfaBackup: z.literal(1),
  at: z.string(),
  /** What the tables looked like. */
  migrations: z.array(z.string()),
});
const piece = z.object({ table: z.string(), rows: z.array(z.unknown()) });
const end = z.object({ end: z.record(z.string(), z.number()) });

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
  const beside = `${file}.part`;
  const rows: Record<string, number> = {};
  const migrations = await landedMigrations(db);
  async function* lines(tx: Database): AsyncGenerator<string> {
    yield `${JSON.stringify({ rootMfaBackup: 1, at, migrations })}\n`;
    for await (const one of piecesOf(tx)) {
      rows[one.table] = (rows[one.table] ?? 0) + one.rows.length;
      yield `${JSON.stringify(one)}\n`;
    }
    yield `${JSON.stringify({ end: rows })}\n`;
  }
  try {
    await atOneMoment(db, (tx) =>
      pipeline(
        Readable.from(lines(tx)),
        createGzip(),
        createWriteStream(beside, { mode: 0o600, flush: true }),
      ),
    );
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw syscall ? new BackupError(`Cannot write ${file} (${code})`) : error;
  }
  return { file, at, migrations, rows };
}

/** Reads a backup from its first line to its last. Throws a BackupError where it is none, or not whole, or too new. */
export async function checkBackup(file: string): Promise<Backup> {
  const rows: Record<string, number> = {};
  let about: z.output<typeof head> | undefined;
  let promised: RowCounts | undefined;
  for await (const line of linesOf(file)) {
    if (promised) throw new BackupError(`Cannot restore ${file}: something follows its end`);
    if (!about) about = parsed(head, line, file);
    else if (line.startsWith('{"end"')) promised = parsed(end, line, file).end;
    else {
      const { table, rows: some } = parsed(piece, line, file);
      rows[table] = (rows[table] ?? 0) + some.length;
    }
  }
  const tables = new Set([...Object.keys(rows), ...Object.keys(promised ?? {})]);
  if (!about || !promised || [...tables].some((table) => rows[table] !== promised?.[table])) {
    throw new BackupError(`Cannot restore ${file}: it is not complete. Take another backup`);
  }
  const known = readMigrations().map(({ name }) => name);
  const unknown = about.migrations.find((name, index) => known[index] !== name);
  if (unknown !== undefined) {
    throw new BackupError(
      `Cannot restore ${file}: it holds the migration ${unknown}, which this version does not know, so a newer version ` +
        'wrote it. Restore it with that version',
    );
  }
  return { file, at: new Date(about.at), migrations: about.migrations, rows };
}

/** Pours a backup that was checked into an empty database, and brings it to what this version needs. */
export function pourBackup(db: Database, { file, migrations }: Backup): Promise<RowCounts> {
  return fillEmpty(db, migrations, piecesIn(file));
}

async function* piecesIn(file: string): AsyncGenerator<Piece> {
  for await (const line of linesOf(file)) {
    if (line.startsWith('{"table"')) yield parsed(piece, line, file);
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = createGunzip();
  source.on('error', (error) => text.destroy(error));
  source.pipe(text).setEncoding('utf8');
  let begun = '';
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const [first = '', ...others] = chunk.split('\n');
      begun += first;
      for (const other of others) {
        yield begun;
        begun = other;
      }
    }
    if (begun !== '') yield begun;
  } catch (error) {
    throw refusalOf(error, file);
  } finally {
    source.destroy();
  }
}

function refusalOf(error: unknown, file: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new BackupError(`Cannot restore ${file}: there is no such file`);
  if (syscall) return new BackupError(`Cannot read ${file} (${code})`);
  if (!code?.startsWith('Z_')) return error;
  return new BackupError(`Cannot restore ${file}: it is no backup, or it is damaged (${code})`);
}

function parsed<T>(schema: z.ZodType<T>, line: string, file: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new BackupError(`Cannot restore ${file}: it is no backup of root-mfa-bot`);
  }
}
