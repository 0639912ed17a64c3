import { schedule } from 'node-cron';
import { type Cron, lastRunAt, parseCron } from '../domain/cron.ts';
import type { Database } from '../store/database.ts';
import {
  claimRun,
  failRun,
  finishRun,
  isRunDone,
  lastRun,
  type RunClaim,
  renewRun,
} from '../store/job-runs.ts';
import type { Log } from '../usecases/shared/context.ts';
import { type LeaseOptions, runUnderLease } from '../usecases/shared/run-under-lease.ts';
import { decideDue, localDateTimeKey } from './decide-due.ts';
import { type Job, JobPostponedError, type Period } from './job.ts';

export interface SchedulerOptions {
  readonly db: Database;
  readonly jobs: readonly Job[];
  /** IANA name. */
  readonly timezone: string;
  readonly now: () => Date;
  readonly log: Log;
  /** Names this process among those on one database. */
  readonly instance: string;
  /** Wakes at once and every minute, until the returned function is called. */
  readonly everyMinute?: (wake: () => void) => () => void;
  /** Calls back again and again, until the returned function is called. */
  readonly every?: LeaseOptions['every'];
  readonly elapsedMs?: LeaseOptions['elapsedMs'];
}

export interface Scheduler {
  /** Runs what is due now and not done by any instance; ends when that does. */
  tick(): Promise<void>;
  /** Starts nothing more, and waits for the jobs that run. */
  stop(): Promise<void>;
}

const DEFAULT_MAX_DURATION_MS = 60 * 60_000;
const INITIAL_BACKOFF_MS = 60_000;
const MAX_BACKOFF_MS = 30 * 60_000;

/**
 * Runs each job once for each of its periods, however many instances share the database, and whichever of them die.
 * The timer only wakes; which period is due follows from the clock, who runs it from the database.
 */
export function startScheduler({
  db,
  jobs,
  timezone,
  now,
  log,
  instance,
  everyMinute = everyMinuteByCron,
  every,
  elapsedMs,
}: SchedulerOptions): Scheduler {
  const startedAt = now();
  const entries = jobs.map(
    (job): Entry => ({ job, cron: parseCron(job.cron), settledPeriod: undefined, hasHistory: false }),
  );
  const busy = new Map<Entry, Promise<void>>();
  let stopped = false;

  /** The run of the job that is due now, if any. */
  async function findDue(entry: Entry): Promise<Omit<Period, 'attempt'> | undefined> {
    const { job, cron } = entry;
    const due = lastRunAt(cron, timezone, now());
    if (!due) return undefined;
    const key = localDateTimeKey(due.at, timezone);
    if (key === entry.settledPeriod) return undefined;

    const isFirstStart = await hasNoHistory(entry, due.at);
    const decision = decideDue(job, { at: due.at, key }, { now: now(), isFirstStart });
    if (decision.kind === 'run') {
      entry.hasHistory ||= !isFirstStart;
      return decision.period;
    }
    if (decision.kind === 'start-history') await markPastAsDone(job, key);
    entry.hasHistory = true;
    entry.settledPeriod = key;
    return undefined;
  }

  async function hasNoHistory({ job, hasHistory }: Entry, dueAt: Date): Promise<boolean> {
    if (hasHistory || dueAt > startedAt) return false;
    // A job that runs at the start runs until it was done once, whatever became of its first run.
    return (await lastRun(db, job.name, job.runAtStart ? 'done' : undefined)) === undefined;
  }

  /** Saves at the very first start where the past ends: from then on, what is missed is caught up. */
  async function markPastAsDone(job: Job, period: string): Promise<void> {
    const run = { job: job.name, period, by: instance };
    await db.transaction(async (tx) => {
      if ((await claimRun(tx, { ...run, leaseMs: job.leaseMs })) !== null) await finishRun(tx, run);
    });
  }

  async function runIfDue(entry: Entry): Promise<void> {
    const { job } = entry;
    const due = await findDue(entry);
    if (!due) return;

    const claim = { job: job.name, period: due.key, by: instance };
    const attempt = await claimRun(db, { ...claim, leaseMs: job.leaseMs });
    if (attempt !== null) {
      await run(entry, claim, { ...due, attempt });
      return;
    }
    // Another instance has it. Once it is done there is nothing left to ask.
    if (await isRunDone(db, job.name, due.key)) entry.settledPeriod = due.key;
  }

  async function run(entry: Entry, claim: RunClaim, period: Period): Promise<void> {
    const { job } = entry;
    const logFields = { job: job.name, period: period.key, attempt: period.attempt };
    try {
      await runUnderLease(leaseOptions(job, claim), (leased) => job.run(period, leased));
    } catch (error) {
      await endFailedRun(claim, period, error);
      return;
    }
    if (!(await finishRun(db, claim))) {
      log.warn(logFields, 'Job taken over by another instance while it ran');
      return;
    }
    entry.settledPeriod = period.key;
    if (!job.quiet) log.info({ ...logFields, late: period.late }, 'Job done');
  }

  function leaseOptions(job: Job, claim: RunClaim): LeaseOptions {
    const { leaseMs, maxDurationMs = DEFAULT_MAX_DURATION_MS, maxSilenceMs = maxDurationMs } = job;
    return {
      renew: () => renewRun(db, { ...claim, leaseMs }),
      leaseMs,
      maxSilenceMs,
      maxDurationMs,
      every,
      elapsedMs,
      onRenewalFailed: (error) => log.warn({ job: job.name, err: error }, 'Job lease not renewed'),
    };
  }

  async function endFailedRun(claim: RunClaim, { attempt }: Period, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const fields = { job: claim.job, period: claim.period, attempt, error: reason };
    if (stopped) {
      log.info(fields, 'Job interrupted by the stop');
      await failRun(db, { ...claim, error: reason, retryInMs: 0 });
      return;
    }
    if (error instanceof JobPostponedError) {
      log.info(fields, 'Job postponed');
      await failRun(db, { ...claim, error: reason, retryInMs: INITIAL_BACKOFF_MS });
      return;
    }
    const retryInMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (attempt - 1));
    log.error({ ...fields, retryInMs }, 'Job failed');
    await failRun(db, { ...claim, error: reason, retryInMs });
  }

  /** Checks one job; a tick that finds it busy leaves it alone. */
  function checkEntry(entry: Entry): Promise<void> {
    const check = runIfDue(entry)
      .catch((error: unknown) => {
        log.error({ job: entry.job.name, err: error }, 'Due jobs not read');
      })
      .finally(() => busy.delete(entry));
    busy.set(entry, check);
    return check;
  }

  async function tick(): Promise<void> {
    if (stopped) return;
    await Promise.all(entries.filter((entry) => !busy.has(entry)).map(checkEntry));
  }

  const stopTimer = everyMinute(() => void tick());
  return {
    tick,
    async stop() {
      stopped = true;
      stopTimer();
      await Promise.all(busy.values());
    },
  };
}

interface Entry {
  readonly job: Job;
  readonly cron: Cron;
  /** The period that needs no further check. */
  settledPeriod: string | undefined;
  /** The job has a past in the database. */
  hasHistory: boolean;
}

function everyMinuteByCron(wake: () => void): () => void {
  wake();
  // A missed minute is no loss: the next tick finds what is due.
  const task = schedule('* * * * *', wake, { suppressMissedWarning: true });
  return () => void task.destroy();
}
