/** Something the bot does by the clock. */
export interface Job {
  /** What it is remembered by: renamed, it is another job. */
  readonly name: string;
  /** When it is due: five fields, in the configured zone. */
  readonly cron: string;
  /** Does it. Above the first attempt some of it may be done already. */
  run(period: Period): Promise<void>;
  /** What happens to runs that were missed: the newest is caught up, or none is. */
  readonly catchUp: 'newest' | 'none';
  /** For how long a missed run is worth catching up. Default: until the next one is due. */
  readonly catchUpWithinMs?: number;
  /** How soon somebody else takes over when the process that runs it dies. While that lives, it may take longer. */
  readonly leaseMs: number;
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
  /** It was missed, and is caught up: whoever tells of it says so. */
  readonly late: boolean;
  /** 1 for the first. */
  readonly attempt: number;
}
