import { lastRunAt, parseCron } from '../domain/cron.ts';
import type { Database } from '../store/database.ts';
import { findDoneRuns } from '../store/job-runs.ts';
import { LATE_AFTER_MS, localDateTimeKey } from './decide-due.ts';
import type { Job } from './job.ts';

/** How far a job is behind its schedule. */
export interface JobLag {
  readonly job: string;
  /** Time since the latest due run that is not done; `0` once it is, and when it is not caught up. */
  readonly lagMs: number;
  readonly lastDoneAt: Date | null;
}

/** Returns how far each job is behind, whichever instance runs it. */
export async function readJobLags(
  db: Database,
  jobs: readonly Pick<Job, 'name' | 'cron' | 'catchUp'>[],
  { timezone, now }: { readonly timezone: string; readonly now: Date },
): Promise<readonly JobLag[]> {
  const dueRuns = jobs.map(({ name, cron, catchUp }) => {
    const due = lastRunAt(parseCron(cron), timezone, now);
    return { job: name, catchUp, due, period: due ? localDateTimeKey(due, timezone) : null };
  });
  const done = await findDoneRuns(db, dueRuns);
  return dueRuns.map(({ job, catchUp, due }): JobLag => {
    const { lastDoneAt = null, isDone = false } = done.get(job) ?? {};
    const lateBy = !due || isDone ? 0 : now.getTime() - due.getTime();
    // A run that is not caught up is no longer owed.
    const lagMs = catchUp === 'none' && lateBy > LATE_AFTER_MS ? 0 : lateBy;
    return { job, lagMs, lastDoneAt };
  });
}
