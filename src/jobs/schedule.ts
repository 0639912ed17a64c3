import type { Config } from '../config/config.ts';
import type { Job } from './job.ts';

export type JobName =
  | 'scan'
  | 'directory'
  | 'digest'
  | 'reminders'
  | 'keys'
  | 'root-events'
  | 'recovery-windows'
  | 'tidy';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Returns the jobs with their schedules.
 *
 * - `scan` reads every account. A company that was never scanned does not wait for it.
 * - `directory` reads names, org units, tags and contacts of accounts that are new or were read more than a day ago.
 * - `digest` posts what changed to the channel. A missed one is caught up for a week, and says that it is late.
 * - `reminders` finds the people to remind now; each run finds what the one before missed.
 * - `keys` asks holders of root keys to confirm them once a year, and looks up who has left; on business days.
 * - `root-events` alerts when no one explained a use of root in time; only with a queue.
 * - `recovery-windows` reminds of the end of recovery windows, and closes those that are over.
 * - `tidy` deletes what is past its retention, at night; a missed run is not caught up.
 *
 * A lease is short, and progress renews it; only its end lets another instance take over.
 */
export function timetable(
  { schedule, rootEvents }: Pick<Config, 'schedule' | 'rootEvents'>,
  handlers: Readonly<Record<JobName, Job['run']>>,
): Job[] {
  // biome-ignore format: a table
  const rows: readonly (Omit<Job, 'run'> & { readonly name: JobName })[] = [
    { name: 'scan',      cron: schedule.scan,      catchUp: 'newest', catchUpWithinMs: DAY,     leaseMs: 5 * MINUTE, maxDurationMs: 90 * MINUTE, maxSilenceMs: 10 * MINUTE, runAtStart: true },
    { name: 'directory', cron: '40 * * * *',       catchUp: 'newest',                      leaseMs: 5 * MINUTE, maxDurationMs: 50 * MINUTE },
    { name: 'digest',    cron: schedule.digest,    catchUp: 'newest', catchUpWithinMs: 7 * DAY, leaseMs: 2 * MINUTE, maxDurationMs: 10 * MINUTE },
    { name: 'reminders', cron: schedule.reminders, catchUp: 'newest', catchUpWithinMs: DAY,     leaseMs: 2 * MINUTE, maxDurationMs: 20 * MINUTE },
    { name: 'keys',      cron: '20 10 * * 1-5',    catchUp: 'newest', catchUpWithinMs: DAY,     leaseMs: 5 * MINUTE, maxDurationMs: 30 * MINUTE },
    { name: 'root-events', cron: '* * * * *',      catchUp: 'newest',                      leaseMs: 2 * MINUTE, maxDurationMs: 5 * MINUTE, quiet: true },
    { name: 'recovery-windows', cron: '*/5 * * * *', catchUp: 'newest',                    leaseMs: 2 * MINUTE, maxDurationMs: 10 * MINUTE, quiet: true },
    { name: 'tidy',      cron: '15 3 * * *',       catchUp: 'none',                        leaseMs: 5 * MINUTE, maxDurationMs: 30 * MINUTE },
  ];
  const isUsed = ({ name }: { readonly name: JobName }) =>
    name !== 'root-events' || rootEvents.queueUrl !== undefined;
  return rows.filter(isUsed).map((row) => ({ ...row, run: handlers[row.name] }));
}
