import { beforeEach, expect, test } from '@jest/globals';
import { readJobLags } from '../../src/jobs/job-lag.ts';
import { claimRun, finishRun } from '../../src/store/job-runs.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const db = await testDatabase();
const monday = { name: 'digest', cron: '0 9 * * 1', catchUp: 'newest' } as const;
const nightly = { name: 'tidy', cron: '15 3 * * *', catchUp: 'none' } as const;
const at = (time: string) => ({ timezone: 'Europe/Berlin', now: new Date(time) });

beforeEach(() => emptyTables(db));

async function done(job: string, period: string) {
  const run = { job, period, by: 'one' };
  await claimRun(db, { ...run, leaseMs: 1000 });
  await finishRun(db, run);
}

test('a job whose last run is done is not behind', async () => {
  await done('digest', '2026-11-23T09:00');

  expect(await readJobLags(db, [monday], at('2026-11-24T12:00:00Z'))).toMatchObject([
    { job: 'digest', lagMs: 0, lastDoneAt: expect.any(Date) },
  ]);
});

test('a job whose last run is not done is behind since it was due, by the clocks of its zone', async () => {
  await done('digest', '2026-11-16T09:00');

  const [lag] = await readJobLags(db, [monday], at('2026-11-23T10:00:00Z'));

  expect(lag?.lagMs).toBe(2 * 60 * 60_000);
});

test('a job that never ran says so', async () => {
  expect(await readJobLags(db, [monday], at('2026-11-23T08:30:00Z'))).toEqual([
    { job: 'digest', lagMs: 30 * 60_000, lastDoneAt: null },
  ]);
});

test('what is not caught up is owed for some minutes, and then no more', async () => {
  const lagAt = async (time: string) => (await readJobLags(db, [nightly], at(time)))[0]?.lagMs;

  expect(await lagAt('2026-11-24T02:17:00Z')).toBe(2 * 60_000);
  expect(await lagAt('2026-11-24T09:00:00Z')).toBe(0);
});
