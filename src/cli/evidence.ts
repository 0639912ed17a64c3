import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadConfig } from '../config/config.ts';
import { toolVersion } from '../config/tool-version.ts';
import type { AccountId } from '../domain/account.ts';
import { EVIDENCE_CONTROLS, type EvidenceControl } from '../domain/evidence-pack/control-results.ts';
import type { Period } from '../domain/evidence-pack/intervals.ts';
import { datesPeriod, parsePeriod, pastPart } from '../domain/evidence-pack/period.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { buildEvidencePack } from '../usecases/evidence/build-evidence-pack.ts';
import { recordEvidenceExport } from '../usecases/evidence/record-evidence-export.ts';
import { formatCount } from './doctor/format-values.ts';
import { UsageError } from './errors.ts';
import { verifyPack, writePack } from './evidence-manifest.ts';
import type { Terminal } from './scan.ts';
import { requireExistingStore, storeLocation } from './store-location.ts';

export interface EvidenceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly quarter?: string;
  readonly control?: readonly EvidenceControl[];
  readonly account?: readonly AccountId[];
  readonly redact?: true;
  readonly output?: string;
}

/** Writes the evidence pack of a period into a new folder; returns the exit code. */
export async function evidence(
  options: EvidenceOptions,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
  now = new Date(),
): Promise<number> {
  const period = periodOf(options, now);
  if (options.output === undefined) throw new UsageError('Expected --output with a new folder for the pack');
  const folder = resolve(options.output);
  await requireEmptyFolder(folder);
  const config = loadConfig(env);
  const location = storeLocation(env);
  requireExistingStore(location);
  const db = await openDatabase({ ...location, onNotice: (text) => stderr.write(`${text}\n`) });
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}.part-`);
  try {
    await migrate(db);
    const madeBy = env['USER'] || env['LOGNAME'] || 'unknown';
    const redact = options.redact ?? false;
    await recordEvidenceExport(db, { at: now, by: { operator: madeBy }, period, redact });
    const { accounts, files, manifest } = await buildEvidencePack(
      { db, config },
      {
        period,
        controls: options.control ?? EVIDENCE_CONTROLS,
        ...(options.account && { accountIds: new Set(options.account) }),
        redact,
        madeAt: now,
        madeBy,
        toolVersion: toolVersion(),
        ...config.evidence,
      },
    );
    await writePack(staging, files, manifest);
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
    stderr.write(
      `Wrote evidence of ${formatCount(accounts, 'account')} to ${folder}. Open index.html first.\n`,
    );
    return 0;
  } finally {
    await rm(staging, { recursive: true, force: true });
    await db.close();
  }
}

/** Compares a pack with its manifest and follows the audit log's hash chain; returns 0 if it is as it was written, otherwise 1. */
export async function verifyEvidence(folder: string, { stdout }: Pick<Terminal, 'stdout'>): Promise<number> {
  const problems = await verifyPack(folder);
  stdout.write(problems.length === 0 ? 'The pack is unchanged.\n' : `${problems.join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
}

function periodOf({ from, to, quarter }: EvidenceOptions, now: Date): Period {
  if (quarter !== undefined && (from !== undefined || to !== undefined)) {
    throw new UsageError('Use either --quarter or --from and --to');
  }
  if (quarter !== undefined) {
    const period = /Q/i.test(quarter) ? parsePeriod(quarter, now) : null;
    if (!period) throw new UsageError(`Cannot read the quarter "${quarter}": expected one such as 2026Q3`);
    return checked(period, now);
  }
  if (from === undefined || to === undefined) {
    throw new UsageError(
      'Expected --from and --to, such as --from 2026-07-01 --to 2026-09-30, or --quarter 2026Q3',
    );
  }
  const period = datesPeriod(from, to);
  if (!period)
    throw new UsageError(`Cannot read ${from} to ${to}: expected two dates in order, such as 2026-07-01`);
  return checked(period, now);
}

function checked(period: Period, now: Date): Period {
  const past = pastPart(period, now);
  if (!past) throw new UsageError('The period has not started yet');
  return past;
}

async function requireEmptyFolder(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`Cannot write to ${folder} (${error.code}): expected a new or empty folder`);
  });
  if (entries.length > 0) throw new UsageError(`${folder} is not empty: choose a new folder`);
}
