import type { Account } from '../../domain/account.ts';
import { coverageOf } from '../../domain/coverage.ts';
import { isSlackUserId } from '../../domain/person.ts';
import { type Reading, type Scan, toldNothing } from '../../domain/scan.ts';
import { closeVanished, rememberAccounts } from '../../store/accounts.ts';
import { record } from '../../store/audit-log.ts';
import { claimRun, failRun, renewRun } from '../../store/job-runs.ts';
import { finishScan, openScan } from '../../store/scans.ts';
import { rememberReadings, type VerdictChange } from '../../store/verdicts.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { settle } from './apply-scan-effects/index.ts';
import { sweep } from './read-all-accounts.ts';
import { unlessStopped } from '../shared/unless-stopped.ts';

/** How a scan went. */
export type ScanOutcome =
  | {
      readonly kind: 'scanned';
      readonly accounts: number;
      readonly unread: number;
      readonly changes: readonly VerdictChange[];
      /** Why fewer accounts were read than one might expect. */
      readonly warning: string | undefined;
    }
  /** Another one is under way, here or on another instance. */
  | { readonly kind: 'already-running' }
  /** AWS could not be read; what is remembered stays as it was. */
  | { readonly kind: 'could-not-scan'; readonly reason: string };

export interface ScanRequest {
  /** `schedule`, or the Slack id of the person who asks. */
  readonly startedBy: string;
  /** Which instance this is, for the claim. */
  readonly instance: string;
  readonly onProgress?: (read: number, found: number) => void;
}

const JOB = 'scan-accounts';
const RUNNING = 'running';
const STOPPED = 'I was stopped in the middle of it. Please start it again in a minute.';
/** After so long without a sign of life another instance may take it that the one that scanned has died. */
const LEASE_MS = 2 * 60_000;

/**
 * Looks at every account and remembers what it saw, in one transaction at the end.
 *
 * An account that could not be read keeps its last verdict, marked as no longer current. Accounts that the organization
 * stopped listing are closed, but only if the list came to its end.
 */
export async function scanAccounts(ctx: Context, request: ScanRequest): Promise<ScanOutcome> {
  const { db } = ctx;
  const claim = { job: JOB, period: RUNNING, by: request.instance };
  // The same period is claimed again after each scan: it is a lock, not a timetable.
  if ((await claimRun(db, { ...claim, leaseMs: LEASE_MS })) === null) return { kind: 'already-running' };

  const stillOurs = () => renewRun(db, { ...claim, leaseMs: LEASE_MS });
  const signsOfLife = setInterval(() => {
    // It is asked again before anything is written.
    stillOurs().catch(() => undefined);
  }, LEASE_MS / 4);
  try {
    return await scan(ctx, request, stillOurs);
  } finally {
    clearInterval(signsOfLife);
    await failRun(db, { ...claim, error: 'released', retryInMs: 0 });
  }
}

async function scan(
  ctx: Context,
  request: ScanRequest,
  stillOurs: () => Promise<boolean>,
): Promise<ScanOutcome> {
  const { db, config, now } = ctx;
  const begun = await begin(ctx, request.startedBy);
  const readings: Reading[] = [];
  const listed: Account[] = [];
  let collector: Awaited<ReturnType<Context['collector']>>;
  try {
    collector = await unlessStopped(ctx.collector(), ctx.stops);
  } catch (error) {
    return { kind: 'could-not-scan', reason: ctx.stops?.aborted ? STOPPED : messageOf(error) };
  }

  try {
    const end = await sweep(collector.accounts(), collector.read, {
      concurrency: config.aws.concurrency,
      signal: ctx.stops,
      onFound: (accounts) => {
        listed.push(...accounts);
        request.onProgress?.(readings.length, listed.length);
      },
      onReading: (reading) => {
        readings.push(reading);
        request.onProgress?.(readings.length, listed.length);
      },
    });
    if (end.kind === 'interrupted') return { kind: 'could-not-scan', reason: STOPPED };
    if (end.kind === 'list-broke-off' && readings.length === 0) {
      return { kind: 'could-not-scan', reason: messageOf(end.error) };
    }
    if (!(await stillOurs())) return { kind: 'already-running' };

    const unread = readings.filter(toldNothing).length;
    const changes = await db.transaction(async (tx) => {
      await rememberAccounts(tx, listed, begun.startedAt);
      const changed = await rememberReadings(tx, begun.id, readings);
      if (end.kind === 'done' && listed.length > 0) {
        await closeVanished(
          tx,
          listed.map(({ id }) => id),
          begun.startedAt,
        );
      }
      await settle(tx, ctx, changed, now());
      return changed;
    });
    const coverage = coverageOf(await readAccounts(ctx));
    await finishScan(db, begun.id, { at: now(), accounts: readings.length, unread, coverage });
    ctx.lettersWritten();
    // Fresh statistics and a short log: without them the next comparison of two scans takes seconds.
    await db.maintain();
    const warning = end.kind === 'list-broke-off' ? messageOf(end.error) : collector.warning;
    return { kind: 'scanned', accounts: readings.length, unread, changes, warning };
  } finally {
    collector.close();
  }
}

/** The scan, begun; one that a person asked for is on record. */
function begin({ db, now }: Context, startedBy: string): Promise<Scan> {
  const at = now();
  return db.transaction(async (tx) => {
    if (isSlackUserId(startedBy)) await record(tx, at, startedBy, { kind: 'scan-requested', detail: {} });
    return openScan(tx, { startedBy, at });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
