import { clockSql } from './clock.ts';
import type { Database } from './transactions.ts';

/** No lease or pause is longer than this: a later end was written by a clock that was ahead. */
const MAX_WAIT = `interval '1 day'`;

/** A run of a job, and the instance that claims it. */
export interface RunClaim {
  readonly job: string;
  /** The period the run is for: `2026-W10`, `2026-03-08T09:30`. */
  readonly period: string;
  /** The instance. */
  readonly by: string;
}

/** One run of a job, as the database holds it. */
export interface JobRun extends RunClaim {
  readonly state: 'claimed' | 'failed' | 'done';
  readonly claimedAt: Date;
  readonly leaseUntil: Date;
  readonly attempts: number;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

/**
 * Claims the run for the time of the lease, and returns which attempt this is (1 for the first); `null` when another
 * instance has it or it is done. Above 1, an earlier holder died or failed, and some of the work may be done. The clock
 * is the database's, so the clocks of instances can differ; `at` is for tests.
 */
export async function claimRun(
  db: Database,
  { job, period, by, leaseMs, at }: RunClaim & { readonly leaseMs: number; readonly at?: Date },
): Promise<number | null> {
  const [row] = await db.query<{ attempts: number }>(
    `insert into job_runs (job, period, state, claimed_by, claimed_at, lease_until, attempts)
     values ($1, $2, 'claimed', $3, ${clockSql('$5')}, ${clockSql('$5')} + $4 * interval '1 millisecond', 1)
     on conflict (job, period) do update
       set state = 'claimed', claimed_by = excluded.claimed_by, claimed_at = excluded.claimed_at,
           lease_until = excluded.lease_until, attempts = job_runs.attempts + 1
     where job_runs.state <> 'done'
       and (job_runs.lease_until <= ${clockSql('$5')} or job_runs.lease_until > ${clockSql('$5')} + ${MAX_WAIT})
     returning attempts`,
    [job, period, by, leaseMs, at],
  );
  return row?.attempts ?? null;
}

/** Renews the lease, and returns whether the run was still ours. */
export async function renewRun(
  db: Database,
  { job, period, by, leaseMs, at }: RunClaim & { readonly leaseMs: number; readonly at?: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update job_runs set lease_until = ${clockSql('$5')} + $4 * interval '1 millisecond'
      where job = $1 and period = $2 and claimed_by = $3 and state = 'claimed'
     returning job`,
    [job, period, by, leaseMs, at],
  );
  return rows.length > 0;
}

/** Finishes the run for good, and returns whether it was still ours. */
export async function finishRun(
  db: Database,
  { job, period, by, at }: RunClaim & { readonly at?: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update job_runs set state = 'done', finished_at = ${clockSql('$4')}, error = null
      where job = $1 and period = $2 and claimed_by = $3 and state = 'claimed'
     returning job`,
    [job, period, by, at],
  );
  return rows.length > 0;
}

/** Releases the run, and returns whether it was still ours; it can be claimed again after the pause. */
export async function failRun(
  db: Database,
  run: RunClaim & { readonly error: string; readonly retryInMs: number; readonly at?: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update job_runs
        set state = 'failed', error = $4, lease_until = ${clockSql('$6')} + $5 * interval '1 millisecond'
      where job = $1 and period = $2 and claimed_by = $3 and state = 'claimed'
     returning job`,
    [run.job, run.period, run.by, run.error, run.retryInMs, run.at],
  );
  return rows.length > 0;
}

/**
 * Ends every lease. Only for the one process of an embedded database, before it claims anything itself: the process
 * that held the leases is dead.
 */
export async function expireAllLeases(db: Database): Promise<void> {
  await db.query(`update job_runs set lease_until = clock_timestamp() where state = 'claimed'`);
}

/** The run of the job that was claimed last, or the last one that is done. */
export async function lastRun(db: Database, job: string, state?: 'done'): Promise<JobRun | undefined> {
  const [row] = await db.query<JobRunRow>(
    `select job, period, state, claimed_by, claimed_at, lease_until, attempts, finished_at, error
       from job_runs
      where job = $1 and ($2::text is null or state = $2)
      order by claimed_at desc
      limit 1`,
    [job, state],
  );
  return row && toJobRun(row);
}

/** Whether some instance has finished this run. */
export async function isRunDone(db: Database, job: string, period: string): Promise<boolean> {
  const rows = await db.query(`select 1 from job_runs where job = $1 and period = $2 and state = 'done'`, [
    job,
    period,
  ]);
  return rows.length > 0;
}

/** Returns for each job when it was last done, and whether the run for the period is. */
export async function findDoneRuns(
  db: Database,
  runs: readonly { readonly job: string; readonly period: string | null }[],
): Promise<ReadonlyMap<string, { readonly lastDoneAt: Date | null; readonly isDone: boolean }>> {
  const rows = await db.query<{ job: string; last_done_at: Date | null; is_done: boolean }>(
    `select wanted.job,
            (select finished_at from job_runs as done
              where done.job = wanted.job and state = 'done'
              order by claimed_at desc
              limit 1) as last_done_at,
            exists (select from job_runs as done
                     where done.job = wanted.job and done.period = wanted.period and state = 'done') as is_done
       from unnest($1::text[], $2::text[]) as wanted (job, period)`,
    [runs.map(({ job }) => job), runs.map(({ period }) => period)],
  );
  return new Map(
    rows.map(({ job, last_done_at, is_done }) => [job, { lastDoneAt: last_done_at, isDone: is_done }]),
  );
}

/** Deletes runs claimed before then, except the last of each job. */
export async function deleteOldRuns(db: Database, before: Date): Promise<void> {
  await db.query(
    `delete from job_runs as old
      where claimed_at < $1
        and exists (select from job_runs as later where later.job = old.job and later.claimed_at > old.claimed_at)`,
    [before],
  );
}

interface JobRunRow {
  job: string;
  period: string;
  state: JobRun['state'];
  claimed_by: string;
  claimed_at: Date;
  lease_until: Date;
  attempts: number;
  finished_at: Date | null;
  error: string | null;
}

function toJobRun(row: JobRunRow): JobRun {
  return {
    job: row.job,
    period: row.period,
    by: row.claimed_by,
    state: row.state,
    claimedAt: row.claimed_at,
    leaseUntil: row.lease_until,
    attempts: row.attempts,
    finishedAt: row.finished_at,
    error: row.error,
  };
}
