import { beforeEach, expect, test } from '@jest/globals';
import { JobPostponedError } from '../../src/jobs/job.ts';
import { readJobLags } from '../../src/jobs/job-lag.ts';
import { timetable } from '../../src/jobs/schedule.ts';
import { claimRun, failRun, finishRun, lastRun } from '../../src/store/job-runs.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { aClock, aJob, aScheduler, type RecordedRun } from './scheduler-harness.ts';

const instances = await testDatabases(5);
const [db] = instances as [(typeof instances)[number]];

beforeEach(() => emptyTables(db));

const FRIDAY = '2026-11-20T12:00:00Z';
const MONDAY_NINE = '2026-11-23T09:00:00Z';
const HOUR = 60;
const DAY = 24 * HOUR;

/** The bot was started before, and has a past. */
async function givenAPastRun(job: string): Promise<void> {
  const run = { job, period: '2026-01-05T09:00', by: 'somebody' };
  await claimRun(db, { ...run, leaseMs: 1 });
  await finishRun(db, run);
}

test('a job runs once when it is due, and gets the scheduled time', async () => {
  const clock = aClock(FRIDAY);
  const runs: RecordedRun[] = [];
  const scheduler = aScheduler(db, [aJob(runs)], clock);

  await scheduler.tick();
  expect(runs).toEqual([]);

  clock.set(MONDAY_NINE);
  for (const _ of [1, 2, 3]) await scheduler.tick();
  expect(runs).toEqual([
    { job: 'digest', key: '2026-11-23T09:00', scheduledFor: new Date(MONDAY_NINE), late: false, attempt: 1 },
  ]);
  expect(await lastRun(db, 'digest', 'done')).toMatchObject({ period: '2026-11-23T09:00', attempts: 1 });
});

test('at the very first start no missed run is caught up', async () => {
  const clock = aClock(FRIDAY);
  const runs: RecordedRun[] = [];
  const jobs = [aJob(runs), aJob(runs, { name: 'scan', cron: '0 */6 * * *', runAtStart: true })];

  await aScheduler(db, jobs, clock).tick();
  clock.advance(1);
  await aScheduler(db, jobs, clock, { instance: 'after a restart' }).tick();

  expect(runs.map(({ job, key }) => [job, key])).toEqual([['scan', '2026-11-20T12:00']]);
});

test('what is due for the first time while the bot is down is caught up at the second start', async () => {
  const clock = aClock(FRIDAY);
  const runs: RecordedRun[] = [];
  await aScheduler(db, [aJob(runs)], clock).tick();

  clock.set('2026-11-24T15:00:00Z');
  await aScheduler(db, [aJob(runs)], clock).tick();

  expect(runs).toMatchObject([{ key: '2026-11-23T09:00', late: true }]);
});

test('of several missed runs only the newest is caught up, marked as late', async () => {
  await givenAPastRun('digest');
  const clock = aClock('2026-11-25T10:00:00Z');
  const runs: RecordedRun[] = [];
  const scheduler = aScheduler(db, [aJob(runs)], clock);

  await scheduler.tick();
  await scheduler.tick();

  expect(runs).toMatchObject([{ key: '2026-11-23T09:00', late: true, attempt: 1 }]);
});

test('a minute or two late is not late', async () => {
  await givenAPastRun('digest');
  const clock = aClock('2026-11-23T09:04:59Z');
  const runs: RecordedRun[] = [];

  await aScheduler(db, [aJob(runs)], clock).tick();

  expect(runs).toMatchObject([{ late: false }]);
});

test('a missed run is caught up only within its time limit', async () => {
  await givenAPastRun('digest');
  const runs: RecordedRun[] = [];
  const monthly = aJob(runs, { cron: '0 9 1 * *', catchUpWithinMs: 7 * 24 * 3_600_000 });

  await aScheduler(db, [monthly], aClock('2026-11-08T09:00:00Z')).tick();
  expect(runs).toEqual([]);
  await aScheduler(db, [monthly], aClock('2026-11-08T08:59:00Z')).tick();
  expect(runs).toMatchObject([{ key: '2026-11-01T09:00' }]);
});

test('a job without catch-up runs on time or not at all', async () => {
  await givenAPastRun('tidy');
  const runs: RecordedRun[] = [];
  const tidy = aJob(runs, { name: 'tidy', cron: '15 3 * * *', catchUp: 'none' });

  await aScheduler(db, [tidy], aClock('2026-11-23T03:20:00Z')).tick();
  expect(runs).toEqual([]);
  await aScheduler(db, [tidy], aClock('2026-11-24T03:16:00Z')).tick();
  expect(runs).toMatchObject([{ key: '2026-11-24T03:15' }]);
});

test('a failed job is retried after a pause, and gets the number of the attempt', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  const failing = aJob(runs, {
    run: async (period) => {
      runs.push({ job: 'digest', ...period });
      if (period.attempt === 1) throw new Error('Slack is away');
    },
  });
  const scheduler = aScheduler(db, [failing], clock);

  await scheduler.tick();
  await scheduler.tick();
  expect(runs).toHaveLength(1);
  expect(await lastRun(db, 'digest')).toMatchObject({ state: 'failed', error: 'Slack is away' });

  await db.query(`update job_runs set lease_until = now() - interval '1 second' where state = 'failed'`);
  await scheduler.tick();
  expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(await lastRun(db, 'digest', 'done')).toMatchObject({ period: '2026-11-23T09:00' });
});

test('the pause after a failure doubles, up to half an hour', async () => {
  const clock = aClock(MONDAY_NINE);
  const failing = aJob([], { run: () => Promise.reject(new Error('no')) });
  const pauses: number[] = [];
  await givenAPastRun('digest');

  for (const earlier of [0, 1, 2, 3, 4, 5, 6]) {
    await db.query(`delete from job_runs where period = '2026-11-23T09:00'`);
    await db.query(
      `insert into job_runs (job, period, state, claimed_by, claimed_at, lease_until, attempts)
       values ('digest', '2026-11-23T09:00', 'failed', 'x', now(), now() - interval '1 second', $1)`,
      [earlier],
    );
    await aScheduler(db, [failing], clock).tick();
    const [row] = await db.query<{ seconds: number }>(
      `select extract(epoch from lease_until - clock_timestamp())::int as seconds from job_runs
        where period = '2026-11-23T09:00'`,
    );
    pauses.push(Math.round((row?.seconds ?? 0) / 60));
  }

  expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

test('neither a failing job nor an unreachable database stops the other jobs', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  const lines: object[] = [];
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => void lines.push(fields) };
  const broken = aJob(runs, { name: 'broken', runAtStart: true, run: () => Promise.reject(new Error('no')) });
  let away = true;
  const flaky = {
    ...db,
    query: ((text, params) =>
      away
        ? Promise.reject(new Error('Cannot run "select": connection refused'))
        : db.query(text, params)) as typeof db.query,
  };
  const scheduler = aScheduler(flaky, [broken, aJob(runs)], clock, { log });

  await scheduler.tick();
  expect(lines).toMatchObject([{ job: 'broken' }, { job: 'digest' }]);
  away = false;
  await scheduler.tick();

  expect(runs).toMatchObject([{ job: 'digest' }]);
  expect(lines).toHaveLength(3);
});

test('while a job runs its lease is renewed, so no one takes it over', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  let end = () => {};
  let beat = () => {};
  let released = 0;
  const begun = new Promise<void>((begin) => {
    const slow = aJob(runs, {
      run: () =>
        new Promise((resolve) => {
          end = resolve;
          begin();
        }),
    });
    const every = (milliseconds: number, pulse: () => void) => {
      expect(milliseconds).toBe(20_000);
      beat = pulse;
      return () => {
        released += 1;
      };
    };
    void aScheduler(db, [slow], clock, { every }).tick();
  });
  await begun;
  await db.query(`update job_runs set lease_until = now() + interval '1 second' where state = 'claimed'`);

  beat();
  await eventually(async () => {
    const [row] = await db.query<{ long: boolean }>(
      `select lease_until > now() + interval '30 seconds' as long from job_runs where state = 'claimed'`,
    );
    return row?.long === true;
  });
  await aScheduler(db, [aJob(runs)], clock, { instance: 'two' }).tick();

  expect(runs).toEqual([]);
  end();
  await eventually(async () => (await lastRun(db, 'digest', 'done'))?.period === '2026-11-23T09:00');
  expect(released).toBe(1);
});

test('a job that hangs is given up, is not done, and can be run by another instance', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  let check = () => {};
  let elapsed = 0;
  const every = (_milliseconds: number, callback: () => void) => {
    check = callback;
    return () => {};
  };
  let tick: Promise<void> | undefined;
  await new Promise<void>((begin) => {
    const hanging = aJob(runs, {
      maxDurationMs: 600_000,
      run: () => {
        begin();
        return new Promise(() => {});
      },
    });
    tick = aScheduler(db, [hanging], clock, { every, elapsedMs: () => elapsed }).tick();
  });

  elapsed = 600_001;
  check();
  await tick;

  expect(await lastRun(db, 'digest')).toMatchObject({
    state: 'failed',
    error: 'It took longer than 10 minutes',
  });
  await db.query(`update job_runs set lease_until = now() - interval '1 second' where state = 'failed'`);
  await aScheduler(db, [aJob(runs)], clock, { instance: 'two' }).tick();
  expect(runs).toMatchObject([{ key: '2026-11-23T09:00', attempt: 2 }]);
});

test('a job that is postponed is not done, and is tried again in a minute', async () => {
  await givenAPastRun('digest');
  const postponing = aJob([], {
    run: () => Promise.reject(new JobPostponedError('Another scan is running')),
  });

  await aScheduler(db, [postponing], aClock(MONDAY_NINE)).tick();

  const [row] = await db.query<{ state: string; seconds: number }>(
    `select state, extract(epoch from lease_until - clock_timestamp())::int as seconds from job_runs
      where period = '2026-11-23T09:00'`,
  );
  expect(row?.state).toBe('failed');
  expect(row?.seconds).toBeGreaterThan(50);
  expect(row?.seconds).toBeLessThanOrEqual(60);
});

test('a run while the clock was a year ahead does not hold up the next ones', async () => {
  await givenAPastRun('digest');
  const runs: RecordedRun[] = [];
  const clock = aClock('2027-11-22T09:00:00Z');
  const scheduler = aScheduler(db, [aJob(runs)], clock);
  await scheduler.tick();
  await db.query(`update job_runs set claimed_at = claimed_at + interval '1 year'`);

  clock.set(MONDAY_NINE);
  await scheduler.tick();

  expect(runs.map(({ key }) => key)).toEqual(['2027-11-22T09:00', '2026-11-23T09:00']);
  const now = new Date(MONDAY_NINE);
  expect(await readJobLags(db, [aJob([])], { timezone: 'UTC', now })).toMatchObject([{ lagMs: 0 }]);
});

test('a run whose holder died is taken over when its lease ends', async () => {
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  const dead = { job: 'digest', period: '2026-11-23T09:00', by: 'died', leaseMs: 60_000 };
  await claimRun(db, { ...dead, at: new Date(Date.now() - 3_600_000) });

  await aScheduler(db, [aJob(runs)], clock).tick();

  expect(runs).toMatchObject([{ key: '2026-11-23T09:00', attempt: 2 }]);
});

test('a stop waits for running jobs and starts no others', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  let woken = 0;
  const everyMinute = () => () => {
    woken += 1;
  };
  const job = aJob(runs, {
    run: async (period) => {
      await db.query('select pg_sleep(0.05)');
      runs.push({ job: 'digest', ...period });
    },
  });
  const scheduler = aScheduler(db, [job], clock, { everyMinute });

  void scheduler.tick();
  await scheduler.stop();
  clock.advance(7 * DAY);
  await scheduler.tick();

  expect(runs).toHaveLength(1);
  expect(woken).toBe(1);
});

test('the timer wakes the scheduler immediately, and stops with it', async () => {
  const runs: RecordedRun[] = [];
  const job = aJob(runs, { name: 'scan', cron: '0 */6 * * *', runAtStart: true });
  const { startScheduler } = await import('../../src/jobs/scheduler.ts');
  const silence = { info: () => {}, warn: () => {}, error: () => {} };

  const scheduler = startScheduler({
    db,
    jobs: [job],
    timezone: 'UTC',
    now: aClock(FRIDAY).now,
    log: silence,
    instance: 'one',
  });
  await eventually(async () => runs.length === 1);
  await scheduler.stop();

  expect(runs).toMatchObject([{ job: 'scan' }]);
});

test('a company that moves to another zone gets no digest twice', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  await aScheduler(db, [aJob(runs)], clock, { timezone: 'UTC' }).tick();

  clock.advance(10);
  await aScheduler(db, [aJob(runs)], clock, { timezone: 'Europe/Berlin' }).tick();

  expect(runs).toHaveLength(1);
});

const changes = [
  {
    zone: 'Europe/Berlin',
    cron: '30 2 * * *',
    day: '2026-03-29',
    ranAt: '2026-03-29T01:30:00Z',
    key: '2026-03-29T03:30',
  },
  {
    zone: 'Europe/Berlin',
    cron: '30 2 * * *',
    day: '2026-10-25',
    ranAt: '2026-10-25T00:30:00Z',
    key: '2026-10-25T02:30',
  },
  {
    zone: 'America/New_York',
    cron: '30 2 * * *',
    day: '2026-03-08',
    ranAt: '2026-03-08T07:30:00Z',
    key: '2026-03-08T03:30',
  },
  {
    zone: 'America/New_York',
    cron: '30 1 * * *',
    day: '2026-11-01',
    ranAt: '2026-11-01T05:30:00Z',
    key: '2026-11-01T01:30',
  },
  {
    zone: 'Australia/Lord_Howe',
    cron: '15 2 * * *',
    day: '2026-10-04',
    ranAt: '2026-10-03T15:45:00Z',
    key: '2026-10-04T02:45',
  },
  {
    zone: 'Australia/Lord_Howe',
    cron: '45 1 * * *',
    day: '2026-04-05',
    ranAt: '2026-04-04T14:45:00Z',
    key: '2026-04-05T01:45',
  },
] as const;

test.each(changes)('when the clocks change in $zone on $day, $cron runs once that day', async (change) => {
  const { zone, cron, day, ranAt, key } = change;
  const clock = aClock(new Date(Date.parse(`${day}T00:00:00Z`) - 2 * DAY * 60_000).toISOString());
  const runs: RecordedRun[] = [];
  const scheduler = aScheduler(db, [aJob(runs, { cron })], clock, { timezone: zone });

  for (let quarter = 0; quarter < 4 * 24 * 4; quarter += 1) {
    await scheduler.tick();
    clock.advance(15);
  }

  const dates = runs.map((run) => run.key.slice(0, 10));
  const found = runs.filter((run) => run.key.startsWith(day));
  expect(found).toMatchObject([{ key, scheduledFor: new Date(ranAt), late: false }]);
  expect(new Set(dates).size).toBe(dates.length);
  expect(dates.length).toBeGreaterThanOrEqual(3);
});

test('nine o’clock stays nine o’clock on either side of a change', async () => {
  const clock = aClock('2026-03-20T00:00:00Z');
  const runs: RecordedRun[] = [];
  const scheduler = aScheduler(db, [aJob(runs)], clock, { timezone: 'Europe/Berlin' });

  for (let hour = 0; hour < 14 * 24; hour += 1) {
    await scheduler.tick();
    clock.advance(HOUR);
  }

  expect(runs.map(({ key, scheduledFor }) => [key, scheduledFor.toISOString()])).toEqual([
    ['2026-03-23T09:00', '2026-03-23T08:00:00.000Z'],
    ['2026-03-30T09:00', '2026-03-30T07:00:00.000Z'],
  ]);
});

test('29 February comes when it comes, and is caught up when it was missed', async () => {
  const clock = aClock('2027-02-20T00:00:00Z');
  const runs: RecordedRun[] = [];
  const job = aJob(runs, { cron: '0 9 29 2 *', catchUpWithinMs: 7 * 24 * 3_600_000 });
  const scheduler = aScheduler(db, [job], clock, { timezone: 'Europe/Berlin' });

  for (const moment of ['2027-03-01T12:00:00Z', '2028-02-28T12:00:00Z', '2028-02-29T07:59:00Z']) {
    clock.set(moment);
    await scheduler.tick();
  }
  expect(runs).toEqual([]);
  clock.set('2028-03-04T12:00:00Z');
  await scheduler.tick();
  clock.set('2029-03-01T12:00:00Z');
  await scheduler.tick();

  expect(runs).toMatchObject([{ key: '2028-02-29T09:00', late: true }]);
});

test.each([2, 5])(
  '%i schedulers on one database run each period of two weeks exactly once',
  async (many) => {
    // Two weeks and a day, the change to summer time among them.
    const clock = aClock('2026-03-16T00:00:00Z');
    const runs: RecordedRun[] = [];
    const jobs = [
      aJob(runs, { name: 'scan', cron: '0 */6 * * *' }),
      aJob(runs),
      aJob(runs, { name: 'reminders', cron: '0 */4 * * *' }),
    ];
    const schedulers = instances
      .slice(0, many)
      .map((instance, index) =>
        aScheduler(instance, jobs, clock, { instance: `bot ${index}`, timezone: 'Europe/Berlin' }),
      );

    for (let hour = 0; hour < 15 * 24 - 2; hour += 1) {
      await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
      clock.advance(HOUR);
    }

    const ran = (job: string) => runs.filter((run) => run.job === job).map(({ key }) => key);
    expect(new Set(runs.map(({ job, key }) => `${job} ${key}`)).size).toBe(runs.length);
    expect(ran('digest')).toEqual([16, 23, 30].map((day) => `2026-03-${day}T09:00`));
    expect(ran('scan')).toHaveLength(15 * 4 - 1);
    expect(ran('reminders')).toHaveLength(15 * 6 - 1);
    expect(runs.every(({ late, attempt }) => !late && attempt === 1)).toBe(true);
  },
  60_000,
);

test('a restart in the middle of a pause keeps the pause', async () => {
  await givenAPastRun('digest');
  const clock = aClock(MONDAY_NINE);
  const runs: RecordedRun[] = [];
  const run = { job: 'digest', period: '2026-11-23T09:00', by: 'one' };
  await claimRun(db, { ...run, leaseMs: 60_000 });
  await failRun(db, { ...run, error: 'no', retryInMs: 60_000 });

  await aScheduler(db, [aJob(runs)], clock, { instance: 'two' }).tick();

  expect(runs).toEqual([]);
});

test('the timetable follows the configuration', () => {
  const nothing = new Proxy({} as Parameters<typeof timetable>[1], { get: () => async () => {} });
  const schedule = { timezone: 'UTC', scan: '5 * * * *', digest: '0 9 * * 2', reminders: '*/10 * * * *' };

  const rootEvents = { queueUrl: undefined, askOwnerWithinMinutes: 15, keepDays: 400 };
  const rows = timetable({ schedule, rootEvents }, nothing);

  expect(rows.map(({ name, cron, runAtStart = false }) => [name, cron, runAtStart])).toEqual(
    expect.arrayContaining([
      ['scan', '5 * * * *', true],
      ['digest', '0 9 * * 2', false],
      ['reminders', '*/10 * * * *', false],
    ]),
  );
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  expect(rows.map(({ name }) => name)).not.toContain('root-events');
  const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/root-mfa-events';
  const wired = timetable({ schedule, rootEvents: { ...rootEvents, queueUrl } }, nothing);
  expect(wired.map(({ name }) => name)).toContain('root-events');
});

/** Asks the database again until it says yes. */
async function eventually(question: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 20_000;
  while (!(await question())) {
    if (Date.now() > until) throw new Error('Waited in vain');
    await db.query('select pg_sleep(0.01)');
  }
}
