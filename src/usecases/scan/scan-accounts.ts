import type { Account } from '../../domain/account.ts';
import { isSlackUserId } from '../../domain/person.ts';
import { type AccountObservation, hasNoData, type Scan } from '../../domain/scan.ts';
import { knowsOrganization, saveAccounts } from '../../store/accounts.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { claimRun, failRun, renewRun } from '../../store/job-runs.ts';
import { createScan, finishScan } from '../../store/scans.ts';
import { saveObservations, type VerdictChange } from '../../store/verdicts.ts';
import { askAboutMfaRemovals } from '../mfa-removals/ask-about-mfa-removals.ts';
import { coverageOfViews } from '../shared/company-views.ts';
import type { Collector, Context } from '../shared/context.ts';
import { openCollector } from '../shared/open-collector.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { type LeasedRun, RunAbortedError, runUnderLease } from '../shared/run-under-lease.ts';
import { applyScanEffects } from './apply-scan-effects/index.ts';
import { closeMissingAccounts } from './close-missing-accounts.ts';
import { readAllAccounts } from './read-all-accounts.ts';
import { reportScanFailure, resolveScanFailure } from './report-scan-failure.ts';

/** How a scan went. */
export type ScanOutcome =
  | {
      readonly kind: 'scanned';
      readonly accounts: number;
      readonly unread: number;
      readonly changes: readonly (VerdictChange & { readonly name: string })[];
      /** Why fewer accounts were read than expected. */
      readonly warning: string | undefined;
    }
  /** Another scan is running, here or on another instance. */
  | { readonly kind: 'already-running' }
  /** AWS could not be read; the saved data is unchanged. */
  | { readonly kind: 'could-not-scan'; readonly reason: string };

export interface ScanRequest {
  /** `schedule`, or the Slack id of the person who asked. */
  readonly startedBy: string;
  /** Which instance this is, for the claim. */
  readonly instance: string;
  readonly onProgress?: (read: number, found: number) => void;
}

const JOB = 'scan-accounts';
const RUNNING = 'running';
const STOPPED_TEXT = 'I was stopped during the scan. Start it again in a minute.';
const NO_ACCOUNTS_TEXT =
  'There is no account to scan: check that the bot can list the accounts, and what aws.exclude leaves out.';
/** How soon another instance can scan when the one that scans has died. */
const LEASE_MS = 2 * 60_000;
/** One account never holds up a scan for longer than a minute; saving what was read takes less than the rest. */
const MAX_SILENCE_MS = 5 * 60_000;
const MAX_DURATION_MS = 60 * 60_000;

/**
 * Reads every account, and saves the verdicts in one transaction at the end.
 *
 * An account that could not be read keeps its last verdict, marked as no longer current. Accounts that the organization
 * stopped listing are closed, but only if the list came to its end.
 */
export async function scanAccounts(ctx: Context, request: ScanRequest): Promise<ScanOutcome> {
  const { db } = ctx;
  const claim = { job: JOB, period: RUNNING, by: request.instance };
  // The same period is claimed again after each scan: it is a lock, not a schedule.
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

type LeasedScan = LeasedRun & { readonly renew: () => Promise<boolean> };

/** A scan that was started, with what it was started for. */
interface StartedScan {
  readonly request: ScanRequest;
  readonly started: Scan;
  readonly run: LeasedScan;
}

async function scan(ctx: Context, request: ScanRequest, run: LeasedScan): Promise<ScanOutcome> {
  const started = await startScan(ctx, request.startedBy);
  const outcome = await scanWithCollector(ctx, { request, started, run });
  if (outcome.kind === 'could-not-scan' && !ctx.stopSignal?.aborted) {
    await reportScanFailure(ctx, { scanId: started.id, reason: outcome.reason });
  }
  return outcome;
}

async function scanWithCollector(ctx: Context, scan: StartedScan): Promise<ScanOutcome> {
  const { run } = scan;
  const stop = ctx.stopSignal ? AbortSignal.any([ctx.stopSignal, run.signal]) : run.signal;
  let collector: Collector;
  try {
    collector = await openCollector(ctx.collector, stop);
  } catch (error) {
    return { kind: 'could-not-scan', reason: ctx.stopSignal?.aborted ? STOPPED_TEXT : messageOf(error) };
  }
  try {
    const lost = await lostOrganization(ctx, collector);
    if (lost !== undefined) return { kind: 'could-not-scan', reason: lost };
    return await readAndSave(ctx, collector, { ...scan, run: { ...run, signal: stop } });
  } finally {
    collector.close();
  }
}

/**
 * Returns why the organization cannot be listed, where it could be before; undefined where nothing was lost. A scan of
 * the own account alone would close all the others.
 */
async function lostOrganization(
  { db, config }: Context,
  { organization, warning }: Collector,
): Promise<string | undefined> {
  if (organization || warning === undefined || config.aws.discovery !== 'auto') return undefined;
  if (!(await knowsOrganization(db))) return undefined;
  return `The organization could be listed before and cannot be listed now. ${warning} If there is no organization anymore, set aws.discovery to accounts.`;
}

async function readAndSave(
  ctx: Context,
  collector: Collector,
  { request, started, run: { renew, progress, signal } }: StartedScan,
): Promise<ScanOutcome> {
  const { db, config, now } = ctx;
  const observations: AccountObservation[] = [];
  const listed: Account[] = [];
  const onProgress = () => {
    progress();
    request.onProgress?.(observations.length, listed.length);
  };
  const end = await readAllAccounts(collector.accounts(), collector.read, {
    concurrency: config.aws.concurrency,
    signal,
    onFound: (accounts) => {
      listed.push(...accounts);
      onProgress();
    },
    onObservation: (observation) => {
      observations.push(observation);
      onProgress();
    },
  });
  if (end.kind === 'interrupted') {
    return {
      kind: 'could-not-scan',
      reason: ctx.stopSignal?.aborted ? STOPPED_TEXT : messageOf(signal.reason),
    };
  }
  if (end.kind === 'listing-failed' && observations.length === 0) {
    return { kind: 'could-not-scan', reason: messageOf(end.error) };
  }
  if (end.kind === 'done' && listed.length === 0) return { kind: 'could-not-scan', reason: NO_ACCOUNTS_TEXT };
  // Canceled in the meantime, it must not write anymore.
  if (!(await renew())) return { kind: 'already-running' };

  const unread = observations.filter(hasNoData).length;
  const centralRootAccess = await collector.centralRootAccess();
  const changes = await db.transaction(async (tx) => {
    await saveAccounts(tx, listed, started.startedAt);
    const changed = await saveObservations(tx, started.id, observations);
    if (end.kind === 'done' && listed.length > 0) {
      await closeMissingAccounts(tx, ctx, { listed, at: started.startedAt });
    }
    await applyScanEffects({ tx, ctx, at: now() }, changed);
    await resolveScanFailure(tx, now());
    return changed;
  });
  const coverage = coverageOfViews(await readAccounts(ctx));
  await finishScan(db, started.id, {
    at: now(),
    accounts: observations.length,
    unread,
    coverage,
    centralRootAccess,
  });
  ctx.notificationsQueued();
  await askAboutMfaRemovals(ctx);
  // Fresh statistics and a short log: without them the next comparison of two scans takes seconds.
  await db.maintain();
  const warning = end.kind === 'listing-failed' ? messageOf(end.error) : collector.warning;
  const names = new Map(observations.map(({ account }) => [account.id, account.name]));
  const named = changes.map((change) => ({
    ...change,
    name: names.get(change.accountId) ?? change.accountId,
  }));
  return { kind: 'scanned', accounts: observations.length, unread, changes: named, warning };
}

/** Returns the started scan; one that a person asked for is in the audit log. */
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
