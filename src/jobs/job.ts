import type { LeasedRun } from '../usecases/shared/run-under-lease.ts';

/** Work that the bot does on a schedule. */
export interface Job {
  /** Identifies it in the database: renamed, it is another job. */
  readonly name: string;
  /** When it is due: five fields, in the configured zone. */
  readonly cron: string;
  /** Does the work. Above the first attempt some of it may be done already. */
  run(period: Period, leased: LeasedRun): Promise<void>;
  /** What happens to runs that were missed: the newest is caught up, or none is. */
  readonly catchUp: 'newest' | 'none';
  /** For how long a missed run is worth catching up. Default: until the next one is due. */
  readonly catchUpWithinMs?: number;
  /** How soon another instance takes over when the process that runs it dies. Progress renews it. */
  readonly leaseMs: number;
  /** The longest time a run can take; then it is given up and tried again. Default: an hour. */
  readonly maxDurationMs?: number;
  /** The longest time without progress; only for jobs that report it. Default: `maxDurationMs`. */
  readonly maxSilenceMs?: number;
  /** Runs too often for a line in the log each time it is done. */
  readonly quiet?: boolean;
  /** The very first start of the bot does not wait until it is due. */
  readonly runAtStart?: boolean;
}

/** Which run of a job this is. */
export interface Period {
  /** The scheduled moment by the clocks of the configured zone: `2026-03-29T09:00`. */
  readonly key: string;
  readonly scheduledFor: Date;
  /** It was missed, and is caught up; notifications say so. */
  readonly late: boolean;
  /** 1 for the first. */
  readonly attempt: number;
}

/** Thrown by a job that cannot run now, although nothing failed. It is tried again in a minute, and is not done until then. */
export class JobPostponedError extends Error {
  override readonly name = 'JobPostponedError';
}
