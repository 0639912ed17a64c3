import type { Coverage } from '../domain/coverage.ts';
import { coverageOf } from '../domain/coverage.ts';
import { type JobLag, readJobLags } from '../jobs/job-lag.ts';
import { timetable } from '../jobs/schedule.ts';
import { countLetters, type LetterState } from '../store/outbox.ts';
import { lastScan } from '../store/scans.ts';
import type { Context } from '../usecases/shared/context.ts';
import { readAccounts } from '../usecases/shared/read-accounts.ts';

/** How things stand, in numbers. */
export interface State {
  readonly coverage: Coverage;
  readonly mfa: Readonly<Record<string, number>>;
  readonly letters: Readonly<Record<LetterState, number>>;
  readonly lastScan: { readonly at: Date; readonly unread: number } | null;
  readonly jobs: readonly JobLag[];
}

const nothing = async () => undefined;

/** How far behind each job is. */
export function readLags({
  db,
  config,
  now,
}: Pick<Context, 'db' | 'config' | 'now'>): Promise<readonly JobLag[]> {
  const jobs = timetable(config.schedule, {
    scan: nothing,
    directory: nothing,
    digest: nothing,
    reminders: nothing,
    tidy: nothing,
  });
  return readJobLags(db, jobs, { timezone: config.schedule.timezone, now: now() });
}

/** How things stand now, in numbers. */
export async function readState(ctx: Context): Promise<State> {
  const [views, letters, scan, jobs] = await Promise.all([
    readAccounts(ctx),
    countLetters(ctx.db),
    lastScan(ctx.db),
    readLags(ctx),
  ]);
  const mfa: Record<string, number> = {};
  for (const { account } of views) {
    const kind = account.verdict?.mfa ?? 'unknown';
    mfa[kind] = (mfa[kind] ?? 0) + 1;
  }
  return {
    coverage: coverageOf(views),
    mfa,
    letters,
    lastScan: scan ? { at: scan.startedAt, unread: scan.unread } : null,
    jobs,
  };
}
