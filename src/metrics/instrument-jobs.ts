import { Counter, Histogram, type Registry } from 'prom-client';
import type { Job } from '../jobs/job.ts';

/** The jobs, each of whose runs is counted and timed. */
export function instrumentJobs(registry: Registry, jobs: readonly Job[]): readonly Job[] {
  const runs = new Counter({
    name: 'root_mfa_job_runs_total',
    help: 'Runs of a job in this process, by how they ended.',
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
    const runAndCount = async (period: Parameters<Job['run']>[0]) => {
      const end = durations.startTimer({ job: job.name });
      let outcome = 'failed';
      try {
        await job.run(period);
        outcome = 'done';
      } finally {
        runs.inc({ job: job.name, outcome });
        end();
      }
    };
    for (const outcome of ['done', 'failed']) runs.inc({ job: job.name, outcome }, 0);
    return { ...job, run: runAndCount };
  });
}
