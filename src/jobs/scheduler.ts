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
export function startScheduler({ everyMinute = everyMinuteByCron, ...options }: SchedulerOptions): Scheduler {
  const scheduler = new JobScheduler(options);
  const stopTimer = everyMinute(() => void scheduler.tick());
  return {
    tick: () => scheduler.tick(),
    async stop() {
      stopTimer();
      await scheduler.stop();
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

class JobScheduler implements Scheduler {
  readonly #options: Omit<SchedulerOptions, 'everyMinute'>;
  readonly #startedAt: Date;
  readonly #entries: readonly Entry[];
  readonly #busy = new Map<Entry, Promise<void>>();
  #stopped = false;

  constructor(options: Omit<SchedulerOptions, 'everyMinute'>) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#entries = options.jobs.map((job) => ({
      job,
      cron: parseCron(job.cron),
      settledPeriod: undefined,
      hasHistory: false,
    }));
  }

  async tick(): Promise<void> {
    if (this.#stopped) return;
    await Promise.all(
      this.#entries.filter((entry) => !this.#busy.has(entry)).map((entry) => this.#checkEntry(entry)),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#busy.values());
  }

  /** Checks one job; a tick that finds it busy leaves it alone. */
  #checkEntry(entry: Entry): Promise<void> {
    const check = this.#runIfDue(entry)
      .catch((error: unknown) => {
        this.#options.log.error({ job: entry.job.name, err: error }, 'Due jobs not read');
      })
      .finally(() => this.#busy.delete(entry));
    this.#busy.set(entry, check);
    return check;
  }

  async #runIfDue(entry: Entry): Promise<void> {
    const { db, instance } = this.#options;
    const { job } = entry;
    const due = await this.#findDue(entry);
    if (!due) return;

    const claim = { job: job.name, period: due.key, by: instance };
    const attempt = await claimRun(db, { ...claim, leaseMs: job.leaseMs });
    if (attempt !== null) {
      await this.#run(entry, claim, { ...due, attempt });
      return;
    }
    // Another instance has it. Once it is done there is nothing left to ask.
    if (await isRunDone(db, job.name, due.key)) entry.settledPeriod = due.key;
  }

  /** Returns the run of the job that is due now, if any. */
  async #findDue(entry: Entry): Promise<Omit<Period, 'attempt'> | undefined> {
    const { timezone, now } = this.#options;
    const { job, cron } = entry;
    const due = lastRunAt(cron, timezone, now());
    if (!due) return undefined;
    const key = localDateTimeKey(due, timezone);
    if (key === entry.settledPeriod) return undefined;

    const isFirstStart = await this.#hasNoHistory(entry, due);
    const decision = decideDue(job, { at: due, key }, { now: now(), isFirstStart });
    if (decision.kind === 'run') {
      entry.hasHistory ||= !isFirstStart;
      return decision.period;
    }
    if (decision.kind === 'start-history') await this.#markPastAsDone(job, key);
    entry.hasHistory = true;
    entry.settledPeriod = key;
    return undefined;
  }

  async #hasNoHistory({ job, hasHistory }: Entry, dueAt: Date): Promise<boolean> {
    if (hasHistory || dueAt > this.#startedAt) return false;
    // A job that runs at the start runs until it was done once, whatever became of its first run.
    return (await lastRun(this.#options.db, job.name, job.runAtStart ? 'done' : undefined)) === undefined;
  }

  /** Saves at the very first start where the past ends: from then on, what is missed is caught up. */
  async #markPastAsDone(job: Job, period: string): Promise<void> {
    const { db, instance } = this.#options;
    const run = { job: job.name, period, by: instance };
    await db.transaction(async (tx) => {
      if ((await claimRun(tx, { ...run, leaseMs: job.leaseMs })) !== null) await finishRun(tx, run);
    });
  }

  async #run(entry: Entry, claim: RunClaim, period: Period): Promise<void> {
    const { db, log } = this.#options;
    const { job } = entry;
    const logFields = { job: job.name, period: period.key, attempt: period.attempt };
    try {
      await runUnderLease(this.#leaseOptions(job, claim), (leased) => job.run(period, leased));
    } catch (error) {
      await this.#endFailedRun(claim, period, error);
      return;
    }
    if (!(await finishRun(db, claim))) {
      log.warn(logFields, 'Job taken over by another instance while it ran');
      return;
    }
    entry.settledPeriod = period.key;
    if (!job.quiet) log.info({ ...logFields, late: period.late }, 'Job done');
  }

  #leaseOptions(job: Job, claim: RunClaim): LeaseOptions {
    const { db, every, elapsedMs, log } = this.#options;
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

  async #endFailedRun(claim: RunClaim, { attempt }: Period, error: unknown): Promise<void> {
    const { db, log } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    const fields = { job: claim.job, period: claim.period, attempt, error: reason };
    if (this.#stopped) {
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
}

function everyMinuteByCron(wake: () => void): () => void {
  wake();
  // A missed minute is no loss: the next tick finds what is due.
  const task = schedule('* * * * *', wake, { suppressMissedWarning: true });
  return () => void task.destroy();
}
