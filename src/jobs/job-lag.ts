import { lastRunAt, parseCron } from '../domain/cron.ts';
import type { Database } from '../store/database.ts';
import { lastRun } from '../store/job-runs.ts';
import type { Job } from './job.ts';
import { LATE_AFTER_MS, localDateTimeKey } from './scheduler.ts';

/** How far behind its timetable a job is. */
export interface JobLag {
  readonly job: string;
  /** For how long the run that was due last has not been done; `0` once it is, and where nothing is owed. */
  readonly lagMs: number;
  readonly lastDoneAt: Date | null;
}

/** How far behind each job is, whichever instance runs it. */
export async function readJobLags(
  db: Database,
  jobs: readonly Pick<Job, 'name' | 'cron' | 'catchUp'>[],
  { timezone, now }: { readonly timezone: string; readonly now: Date },
): Promise<readonly JobLag[]> {
  return Promise.all(
    jobs.map(async ({ name, cron, catchUp }): Promise<JobLag> => {
      const done = await lastRun(db, name, 'done');
      const due = lastRunAt(parseCron(cron), timezone, now);
      const isDone = !due || done?.period === localDateTimeKey(due.at, timezone);
      const lateBy = isDone ? 0 : now.getTime() - due.at.getTime();
      // What is not caught up is owed no more.
      const lagMs = catchUp === 'none' && lateBy > LATE_AFTER_MS ? 0 : lateBy;
      return { job: name, lagMs, lastDoneAt: done?.finishedAt ?? null };
    }),
  );
}
