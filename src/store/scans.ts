import { randomUUID } from 'node:crypto';
import type { CentralRootAccess } from '../domain/central-root-access.ts';
import type { Scan } from '../domain/scan.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** A finished scan with the coverage it found; coverage is stored as it was handed in. */
export interface ScanResult<Coverage> extends Scan {
  readonly finishedAt: Date;
  readonly coverage: Coverage;
  /** Whether the organization managed root credentials centrally; `null`: a scan of a former version. */
  readonly centralRootAccess: CentralRootAccess | null;
}

/** Starts a scan, and returns it. */
export async function createScan(
  db: Database,
  { startedBy, at }: { readonly startedBy: string; readonly at: Date },
): Promise<Scan> {
  const rows = await db.query<ScanRow>(
    `insert into scans (id, started_at, started_by) values ($1, $2, $3)
     returning id, started_at, finished_at, started_by, accounts, unread, coverage, central_root_access`,
    [randomUUID(), at, startedBy],
  );
  return toScan(rows[0] as ScanRow);
}

/** Saves how a scan ended. */
export async function finishScan<Coverage>(
  db: Database,
  id: string,
  end: {
    readonly at: Date;
    readonly accounts: number;
    readonly unread: number;
    readonly coverage: Coverage;
    readonly centralRootAccess?: CentralRootAccess;
  },
): Promise<void> {
  const rows = await db.query(
    `update scans set finished_at = $2, accounts = $3, unread = $4, coverage = $5::jsonb, central_root_access = $6
      where id = $1 and finished_at is null
     returning id`,
    [id, end.at, end.accounts, end.unread, json(end.coverage), end.centralRootAccess],
  );
  if (rows.length === 0) throw new RangeError(`Cannot finish the scan ${id}: it is not running`);
}

/** Why the latest scan could not run. */
export interface ScanFailure {
  readonly at: Date;
  readonly reason: string;
}

/** Saves why a scan could not run. */
export async function failScan(db: Database, id: string, { at, reason }: ScanFailure): Promise<void> {
  await db.query(
    'update scans set failed_at = $2, failure = $3 where id = $1 and finished_at is null and failed_at is null',
    [id, at, reason],
  );
}

/** Returns why the latest scan could not run, or undefined where it could. */
export async function lastScanFailure(db: Database): Promise<ScanFailure | undefined> {
  const [row] = await db.query<{ failed_at: Date | null; failure: string | null }>(
    `select failed_at, failure from scans
      where failed_at is not null or finished_at is not null
      order by number desc
      limit 1`,
  );
  return row?.failed_at && row.failure !== null ? { at: row.failed_at, reason: row.failure } : undefined;
}

/** The scan that finished last, or undefined before the first. */
export async function lastScan<Coverage>(db: Database): Promise<ScanResult<Coverage> | undefined> {
  const [row] = await db.query<ScanRow>(
    `select id, started_at, finished_at, started_by, accounts, unread, coverage, central_root_access
       from scans
      where finished_at is not null
      order by number desc
      limit 1`,
  );
  return row && toResult(row);
}

/** The finished scans that began at that time or later, oldest first. */
export async function scansSince<Coverage>(db: Database, since: Date): Promise<ScanResult<Coverage>[]> {
  const rows = await db.query<ScanRow>(
    `select id, started_at, finished_at, started_by, accounts, unread, coverage, central_root_access
       from scans
      where finished_at is not null and started_at >= $1
      order by started_at, id`,
    [since],
  );
  return rows.map((row) => toResult<Coverage>(row));
}

interface ScanRow {
  id: string;
  started_at: Date;
  finished_at: Date | null;
  started_by: string;
  accounts: number;
  unread: number;
  coverage: unknown;
  central_root_access: CentralRootAccess | null;
}

function toScan(row: ScanRow): Scan {
  return {
    id: row.id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    startedBy: row.started_by,
    accounts: row.accounts,
    unread: row.unread,
  };
}

function toResult<Coverage>(row: ScanRow): ScanResult<Coverage> {
  return {
    ...toScan(row),
    finishedAt: row.finished_at as Date,
    coverage: row.coverage as Coverage,
    centralRootAccess: row.central_root_access,
  };
}
