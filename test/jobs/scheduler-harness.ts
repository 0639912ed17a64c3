import type { Job, Period } from '../../src/jobs/job.ts';
import { type Scheduler, type SchedulerOptions, startScheduler } from '../../src/jobs/scheduler.ts';
import type { Database } from '../../src/store/database.ts';

const silence = { info: () => {}, warn: () => {}, error: () => {} };

/** A clock that stands where it is put. */
export function aClock(start: string) {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    set: (moment: string) => {
      time = Date.parse(moment);
    },
    advance: (minutes: number) => {
      time += minutes * 60_000;
    },
  };
}

/** A run of a job as it was asked for. */
export interface RecordedRun extends Period {
  readonly job: string;
}

/** A job that notes down when it is run, and does nothing else. */
export function aJob(runs: RecordedRun[], details: Partial<Job> = {}): Job {
  const job: Job = {
    name: 'digest',
    cron: '0 9 * * 1',
    catchUp: 'newest',
    leaseMs: 60_000,
    run: async (period) => {
      runs.push({ job: job.name, ...period });
    },
    ...details,
  };
  return job;
}

/** A scheduler that nothing wakes but the test. */
export function aScheduler(
  db: Database,
  jobs: readonly Job[],
  clock: { now: () => Date },
  options: Partial<SchedulerOptions> = {},
): Scheduler {
  return startScheduler({
    db,
    jobs,
    timezone: 'UTC',
    now: clock.now,
    log: silence,
    instance: 'one',
    everyMinute: () => () => {},
    ...options,
  });
}
