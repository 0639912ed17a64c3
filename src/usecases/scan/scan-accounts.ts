import type { Account } from '../../domain/account.ts';
import { coverageOf } from '../../domain/coverage.ts';
import { isSlackUserId } from '../../domain/person.ts';
import { type AccountObservation, hasNoData, type Scan } from '../../domain/scan.ts';
import { closeMissingAccounts, saveAccounts } from '../../store/accounts.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { claimRun, failRun, renewRun } from '../../store/job-runs.ts';
import { createScan, finishScan } from '../../store/scans.ts';
import { saveObservations, type VerdictChange } from '../../store/verdicts.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { type LeasedRun, RunAbortedError, runUnderLease } from '../shared/run-under-lease.ts';
import { unlessStopped } from '../shared/unless-stopped.ts';
import { applyScanEffects } from './apply-scan-effects/index.ts';
import { readAllAccounts } from './read-all-accounts.ts';

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
const STOPPED_TEXT = 'I was stopped in the middle of it. Please start it again in a minute.';
/** How soon another instance can scan when the one that scans has died. */
const LEASE_MS = 2 * 60_000;
/** One account never holds up a scan for longer than a minute; saving what was read takes less than the rest. */
const MAX_SILENCE_MS = 5 * 60_000;
const MAX_DURATION_MS = 60 * 60_000;

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

  const renew = () => renewRun(db, { ...claim, leaseMs: LEASE_MS });
  const limits = { leaseMs: LEASE_MS, maxSilenceMs: MAX_SILENCE_MS, maxDurationMs: MAX_DURATION_MS };
  try {
    return await runUnderLease({ ...limits, renew }, (leased) => scan(ctx, request, { ...leased, renew }));
  } catch (error) {
    if (error instanceof RunAbortedError) return { kind: 'could-not-scan', reason: error.message };
    throw error;
  } finally {
    await failRun(db, { ...claim, error: 'released', retryInMs: 0 });
  }
}

async function scan(
  ctx: Context,
  request: ScanRequest,
  { renew, progress, signal }: LeasedRun & { readonly renew: () => Promise<boolean> },
): Promise<ScanOutcome> {
  const { db, config, now } = ctx;
  const started = await startScan(ctx, request.startedBy);
  const observations: AccountObservation[] = [];
  const listed: Account[] = [];
  const stop = ctx.stopSignal ? AbortSignal.any([ctx.stopSignal, signal]) : signal;
  const onProgress = () => {
    progress();
    request.onProgress?.(observations.length, listed.length);
  };
  let collector: Awaited<ReturnType<Context['collector']>>;
  try {
    collector = await unlessStopped(ctx.collector(), stop);
  } catch (error) {
    return { kind: 'could-not-scan', reason: ctx.stopSignal?.aborted ? STOPPED_TEXT : messageOf(error) };
  }

  try {
    const end = await readAllAccounts(collector.accounts(), collector.read, {
      concurrency: config.aws.concurrency,
      signal: stop,
      onFound: (accounts) => {
        listed.push(...accounts);
        onProgress();
      },
      onObservation: (reading) => {
        observations.push(reading);
        onProgress();
      },
    });
    if (end.kind === 'interrupted') return { kind: 'could-not-scan', reason: STOPPED_TEXT };
    if (end.kind === 'listing-failed' && observations.length === 0) {
      return { kind: 'could-not-scan', reason: messageOf(end.error) };
    }
    // Given up in the meantime, it must not write any more.
    if (!(await renew())) return { kind: 'already-running' };

    const unread = observations.filter(hasNoData).length;
    const changes = await db.transaction(async (tx) => {
      await saveAccounts(tx, listed, started.startedAt);
      const changed = await saveObservations(tx, started.id, observations);
      if (end.kind === 'done' && listed.length > 0) {
        await closeMissingAccounts(
          tx,
          listed.map(({ id }) => id),
          started.startedAt,
        );
      }
      await applyScanEffects(tx, ctx, changed, now());
      return changed;
    });
    const coverage = coverageOf(await readAccounts(ctx));
    await finishScan(db, started.id, { at: now(), accounts: observations.length, unread, coverage });
    ctx.notificationsQueued();
    // Fresh statistics and a short log: without them the next comparison of two scans takes seconds.
    await db.maintain();
    const warning = end.kind === 'listing-failed' ? messageOf(end.error) : collector.warning;
    return { kind: 'scanned', accounts: observations.length, unread, changes, warning };
  } finally {
    collector.close();
  }
}

/** The scan, begun; one that a person asked for is on record. */
function startScan({ db, now }: Context, startedBy: string): Promise<Scan> {
  const at = now();
  return db.transaction(async (tx) => {
    if (isSlackUserId(startedBy))
      await recordAuditEvent(tx, at, startedBy, { kind: 'scan-requested', detail: {} });
    return createScan(tx, { startedBy, at });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
