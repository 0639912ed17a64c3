import { beforeEach, expect, test } from '@jest/globals';
import { claimRun, deleteOldRuns, failRun, finishRun, lastRun, renewRun } from '../../src/store/job-runs.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { day } from './examples.ts';

const instances = await testDatabases(5);
const [db] = instances as [(typeof instances)[number]];
const LEASE = 60_000;
const nine = day(5);
const later = (seconds: number) => new Date(nine.getTime() + seconds * 1000);
const digest = { job: 'digest', period: '2026-W02' };
const mine = { ...digest, by: 'one' };
const theirs = { ...digest, by: 'two' };

beforeEach(() => emptyTables(db));

test('a run belongs to the instance that claims it first', async () => {
  expect(await claimRun(db, { ...mine, leaseMs: LEASE, at: nine })).toBe(1);
  expect(await claimRun(db, { ...theirs, leaseMs: LEASE, at: later(59) })).toBeNull();
});

test('another period, and another job, is another run', async () => {
  await claimRun(db, { ...mine, leaseMs: LEASE, at: nine });

  expect(await claimRun(db, { ...mine, period: '2026-W03', leaseMs: LEASE, at: nine })).toBe(1);
  expect(await claimRun(db, { ...mine, job: 'scan', leaseMs: LEASE, at: nine })).toBe(1);
});

test('a run whose holder died is taken over when its lease ends', async () => {
  await claimRun(db, { ...mine, leaseMs: LEASE, at: nine });

  expect(await claimRun(db, { ...theirs, leaseMs: LEASE, at: later(60) })).toBe(2);
  expect(await finishRun(db, { ...mine, at: later(61) })).toBe(false);
  expect(await finishRun(db, { ...theirs, at: later(61) })).toBe(true);
});

test('a holder that is alive renews the lease', async () => {
  await claimRun(db, { ...mine, leaseMs: LEASE, at: nine });
  expect(await renewRun(db, { ...mine, leaseMs: LEASE, at: later(50) })).toBe(true);

  expect(await claimRun(db, { ...theirs, leaseMs: LEASE, at: later(100) })).toBeNull();
  expect(await renewRun(db, { ...theirs, leaseMs: LEASE, at: later(100) })).toBe(false);
});

test('a run that is done is never run again', async () => {
  await claimRun(db, { ...mine, leaseMs: LEASE, at: nine });
  await finishRun(db, { ...mine, at: later(1) });

  expect(await claimRun(db, { ...theirs, leaseMs: LEASE, at: day(300) })).toBeNull();
  expect(await lastRun(db, 'digest')).toMatchObject({
    ...mine,
    state: 'done',
    finishedAt: later(1),
    attempts: 1,
  });
});

test('a run that failed is tried again after a pause', async () => {
  await claimRun(db, { ...mine, leaseMs: LEASE, at: nine });
  await failRun(db, { ...mine, error: 'no connection', retryInMs: 5000, at: later(1) });

  expect(await lastRun(db, 'digest')).toMatchObject({ state: 'failed', error: 'no connection' });
  expect(await lastRun(db, 'digest', 'done')).toBeUndefined();
  expect(await claimRun(db, { ...theirs, leaseMs: LEASE, at: later(5) })).toBeNull();
  expect(await claimRun(db, { ...theirs, leaseMs: LEASE, at: later(6) })).toBe(2);
});

test('without a time handed in, the clock is the database’s', async () => {
  expect(await claimRun(db, { ...mine, leaseMs: LEASE })).toBe(1);
  expect(await claimRun(db, { ...theirs, leaseMs: LEASE })).toBeNull();

  const [run, [clock]] = [await lastRun(db, 'digest'), await db.query<{ now: Date }>('select now()')];
  expect((clock?.now.getTime() ?? 0) - (run?.claimedAt.getTime() ?? 0)).toBeLessThan(LEASE);
});

test('old runs are forgotten, but for the last of each job', async () => {
  for (const period of ['1', '2', '3']) {
    await claimRun(db, { ...mine, period, leaseMs: LEASE, at: day(Number(period)) });
  }

  await deleteOldRuns(db, day(30));

  expect(await lastRun(db, 'digest')).toMatchObject({ period: '3' });
  expect(await db.query('select period from job_runs')).toEqual([{ period: '3' }]);
});

test('of many instances that wake at the same moment, one runs each period', async () => {
  for (const period of ['W01', 'W02', 'W03', 'W04', 'W05']) {
    const claims = await Promise.all(
      instances.map((instance, index) =>
        claimRun(instance, { job: 'digest', period, by: `bot ${index}`, leaseMs: LEASE }),
      ),
    );

    expect(claims.filter((attempt) => attempt !== null)).toEqual([1]);
  }
});

test('a lease of a clock that was a year ahead is not waited for', async () => {
  const run = { job: 'scan', period: 'p', by: 'one', leaseMs: 60_000 };
  await claimRun(db, { ...run, at: new Date(Date.now() + 365 * 86_400_000) });

  expect(await claimRun(db, { ...run, by: 'two' })).toBe(2);
});
