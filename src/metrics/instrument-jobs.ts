import { Counter, Histogram, type Registry } from 'prom-client';
import { type Job, JobPostponedError } from '../jobs/job.ts';

/** Returns the jobs with their runs counted and timed. */
export function instrumentJobs(registry: Registry, jobs: readonly Job[]): readonly Job[] {
  const runs = new Counter({
    name: 'root_mfa_job_runs_total',
    help: 'Runs of a job in this process, by outcome.',
    labelNames: ['job', 'outcome'] as const,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'root_mfa_job_duration_seconds',
    help: 'How long a run of a job took.',
    labelNames: ['job'] as const,
    buckets: [0.1, 1, 5, 15, 60, 180, 600, 1800, 3600],
    registers: [registry],
  });

  return jobs.map((job) => {
    const runAndCount: Job['run'] = async (period, leased) => {
      const end = durations.startTimer({ job: job.name });
      let outcome = 'failed';
      try {
        await job.run(period, leased);
        outcome = 'done';
      } catch (error) {
        if (error instanceof JobPostponedError) outcome = 'postponed';
        throw error;
      } finally {
        runs.inc({ job: job.name, outcome });
        end();
      }
    };
    for (const outcome of ['done', 'failed', 'postponed']) runs.inc({ job: job.name, outcome }, 0);
    return { ...job, run: runAndCount };
  });
}
