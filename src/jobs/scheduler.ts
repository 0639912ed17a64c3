import { schedule } from 'node-cron';
import { Temporal } from 'temporal-polyfill';
import { type Cron, lastRunAt, parseCron } from '../domain/cron.ts';
import type { Database } from '../store/database.ts';
import { claimRun, failRun, finishRun, lastRun, type RunClaim, renewRun } from '../store/job-runs.ts';
import type { Log } from '../usecases/shared/context.ts';
import type { Job, Period } from './job.ts';

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
  readonly every?: (milliseconds: number, callback: () => void) => () => void;
}

export interface Scheduler {
  /** Runs what is due now and was not run yet, by whomever; ends when that does. */
  tick(): Promise<void>;
  /** Starts nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

/** A run is late when it begins that long after its time: ticks and short failures take a minute or two. */
export const LATE_AFTER_MS = 5 * 60_000;

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
  every = everyByInterval,
}: SchedulerOptions): Scheduler {
  const startedAt = now();
  const entries = jobs.map(
    (job): Entry => ({ job, cron: parseCron(job.cron), settledPeriod: undefined, hasHistory: false }),
  );
  const busy = new Map<Entry, Promise<void>>();
  let stopped = false;

  /** The period of the job that is to be run now, if any. */
  async function duePeriod(entry: Entry): Promise<Omit<Period, 'attempt'> | undefined> {
    const { job, cron } = entry;
    const due = lastRunAt(cron, timezone, now());
    if (!due) return undefined;
    const key = localDateTimeKey(due.at, timezone);
    if (key === entry.settledPeriod) return undefined;

    const lateBy = now().getTime() - due.at.getTime();
    const period = { key, scheduledFor: due.at, late: lateBy >= LATE_AFTER_MS };
    // A job that runs at the start runs until it was done once, whatever became of its first run.
    const before = job.runAtStart ? 'done' : undefined;
    const isFirst =
      !entry.hasHistory && due.at <= startedAt && (await lastRun(db, job.name, before)) === undefined;
    if (isFirst && job.runAtStart) return period;
    if (isFirst) await markPastAsDone(job, key);
    entry.hasHistory = true;

    const worthForMs =
      job.catchUp === 'none' ? LATE_AFTER_MS : (job.catchUpWithinMs ?? Number.POSITIVE_INFINITY);
    if (!isFirst && lateBy < worthForMs) return period;
    entry.settledPeriod = key;
    return undefined;
  }

  /** Remembers at the very first start where the past ends: from then on, what is missed is caught up. */
  async function markPastAsDone(job: Job, period: string): Promise<void> {
    const run = { job: job.name, period, by: instance };
    await db.transaction(async (tx) => {
      if ((await claimRun(tx, { ...run, leaseMs: job.leaseMs })) !== null) await finishRun(tx, run);
    });
  }

  async function runIfDue(entry: Entry): Promise<void> {
    const { job } = entry;
    const due = await duePeriod(entry);
    if (!due) return;

    const claim = { job: job.name, period: due.key, by: instance };
    const attempt = await claimRun(db, { ...claim, leaseMs: job.leaseMs });
    if (attempt !== null) {
      await run(entry, claim, { ...due, attempt });
      return;
    }
    // Somebody else has it. Once it is done there is nothing left to ask.
    const done = await lastRun(db, job.name, 'done');
    if (done?.period === due.key) entry.settledPeriod = due.key;
  }

  async function run(entry: Entry, claim: RunClaim, period: Period): Promise<void> {
    const { job } = entry;
    const logFields = { job: job.name, period: period.key, attempt: period.attempt };
    const stopRenewing = startLeaseRenewal(job, claim);
    try {
      await job.run(period);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (stopped) {
        log.info({ ...logFields, because: reason }, 'A job was given back: whoever runs next takes it up');
        await failRun(db, { ...claim, error: reason, retryInMs: 0 });
        return;
      }
      const retryInMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (period.attempt - 1));
      log.error({ ...logFields, error: reason, retryInMs }, 'A job failed');
      await failRun(db, { ...claim, error: reason, retryInMs });
      return;
    } finally {
      stopRenewing();
    }
    if (!(await finishRun(db, claim))) {
      log.warn(logFields, 'A job is done, but another instance had taken it over meanwhile');
      return;
    }
    entry.settledPeriod = period.key;
    if (!job.quiet) log.info({ ...logFields, late: period.late }, 'A job is done');
  }

  /** Renews the lease until released. */
  function startLeaseRenewal(job: Job, claim: RunClaim): () => void {
    return every(job.leaseMs / 3, () => {
      renewRun(db, { ...claim, leaseMs: job.leaseMs }).catch((error: unknown) => {
        log.warn({ job: job.name, error: String(error) }, 'A lease could not be renewed');
      });
    });
  }

  /** One job at a time by its name: a tick that finds it busy leaves it alone. */
  function checkEntry(entry: Entry): Promise<void> {
    const check = runIfDue(entry)
      .catch((error: unknown) => {
        log.error({ job: entry.job.name, error: String(error) }, 'A job cannot be looked after for a while');
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
  /** The period that needs no more thought. */
  settledPeriod: string | undefined;
  /** The job has a past in the database. */
  hasHistory: boolean;
}

/** By the zone's own clocks, so that a period stays the same one when the company moves to another zone. */
export function localDateTimeKey(at: Date, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' });
}

function everyMinuteByCron(wake: () => void): () => void {
  wake();
  // A minute that was slept through is no loss: the next tick finds whatever was missed.
  const task = schedule('* * * * *', wake, { suppressMissedWarning: true });
  return () => void task.destroy();
}

function everyByInterval(milliseconds: number, callback: () => void): () => void {
  const timer = setInterval(callback, milliseconds);
  return () => clearInterval(timer);
}
