import type { Config } from '../config/config.ts';
import type { Job } from './job.ts';

export type JobName = 'scan' | 'directory' | 'digest' | 'reminders' | 'root-events' | 'tidy';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * The timetable.
 *
 * - `scan` looks at every account. A company that was never scanned need not wait for it.
 * - `directory` reads names, org units, tags and contacts of accounts that are new or were read more than a day ago.
 * - `digest` tells the channel what changed. Late is better than not at all, for a week, and it says that it is late.
 * - `reminders` looks whom to write to now; each look finds what the one before missed.
 * - `root-events` alerts where nobody explained a use of root in time; only with a queue.
 * - `tidy` forgets what nobody needs any more. At night, when few are in its way; tomorrow is as good.
 *
 * A lease is short: it is renewed while the job runs, and only its end lets another instance take over.
 */
export function timetable(
  { schedule, rootEvents }: Pick<Config, 'schedule' | 'rootEvents'>,
  handlers: Readonly<Record<JobName, Job['run']>>,
): Job[] {
  // biome-ignore format: a table
  const rows: readonly (Omit<Job, 'run'> & { readonly name: JobName })[] = [
    { name: 'scan',      cron: schedule.scan,      catchUp: 'newest', catchUpWithinMs: DAY,     leaseMs: 5 * MINUTE, runAtStart: true },
    { name: 'directory', cron: '40 * * * *',       catchUp: 'newest',                      leaseMs: 5 * MINUTE },
    { name: 'digest',    cron: schedule.digest,    catchUp: 'newest', catchUpWithinMs: 7 * DAY, leaseMs: 2 * MINUTE },
    { name: 'reminders', cron: schedule.reminders, catchUp: 'newest', catchUpWithinMs: DAY,     leaseMs: 2 * MINUTE },
    { name: 'root-events', cron: '* * * * *',      catchUp: 'newest',                      leaseMs: 2 * MINUTE, quiet: true },
    { name: 'tidy',      cron: '15 3 * * *',       catchUp: 'none',                        leaseMs: 5 * MINUTE },
  ];
  const isUsed = ({ name }: { readonly name: JobName }) =>
    name !== 'root-events' || rootEvents.queueUrl !== undefined;
  return rows.filter(isUsed).map((row) => ({ ...row, run: handlers[row.name] }));
}
