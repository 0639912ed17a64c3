import { afterAll, expect, jest, test } from '@jest/globals';
import { killChildren, startChild } from '../support/child.ts';
import { databaseForChildren } from '../support/child-database.ts';
import type { SchedulerScenario } from '../support/scheduler-child.ts';

jest.setTimeout(120_000);

const CHILD = 'test/support/scheduler-child.ts';

afterAll(killChildren);

const databases = [await databaseForChildren(), await databaseForChildren()] as const;

interface Ran {
  readonly job: string;
  readonly period: string;
  readonly attempt: number;
  readonly by: string;
}

const ranIn = (line: string) => JSON.parse(line) as readonly Ran[];

test('a run whose process is killed is repeated by the next process, as a second attempt', async () => {
  const life: SchedulerScenario = {
    database: databases[0],
    instance: 'one',
    from: '2026-11-23T04:00:00Z',
    hours: 2,
    leaseMs: 100,
    hangs: true,
  };
  const [first, second] = [startChild(CHILD), startChild(CHILD)];

  first.send(life);
  expect(await first.nextLine()).toBe('alive');
  first.send('go');
  expect(await first.nextLine()).toBe('running');
  first.kill();
  await first.ended;
  // Each hour is a tick: before the last of them the lease, which is of real time, has ended.
  second.send({
    ...life,
    instance: 'two',
    from: '2026-11-23T05:00:00Z',
    hours: 5,
    pauseMs: 50,
    hangs: false,
  });
  expect(await second.nextLine()).toBe('alive');
  second.send('go');

  expect(ranIn(await second.nextLine())).toEqual([
    { job: 'digest', period: '2026-11-23T09:00', attempt: 1, by: 'two' },
    { job: 'scan', period: '2026-11-23T06:00', attempt: 2, by: 'two' },
  ]);
});

// The embedded database takes one process at a time.
if (process.env['TEST_DATABASE_URL']) {
  test('three processes on one database run each period of a month exactly once', async () => {
    const children = [startChild(CHILD), startChild(CHILD), startChild(CHILD)];

    for (const [index, child] of children.entries()) {
      const from = '2026-03-01T00:00:00Z';
      child.send({
        database: databases[1],
        instance: `bot ${index}`,
        from,
        hours: 31 * 24 - 2,
        leaseMs: 60_000,
      });
    }
    for (const child of children) expect(await child.nextLine()).toBe('alive');
    for (const child of children) child.send('go');
    const [ran = []] = await Promise.all(children.map(async (child) => ranIn(await child.nextLine()))).then(
      (all) => all.toSorted((a, b) => b.length - a.length),
    );

    expect(ran.filter(({ job }) => job === 'digest').map(({ period }) => period)).toEqual(
      [2, 9, 16, 23, 30].map((day) => `2026-03-${String(day).padStart(2, '0')}T09:00`),
    );
    expect(ran.filter(({ job }) => job === 'scan')).toHaveLength(31 * 4 - 1);
    expect(new Set(ran.map(({ job, period }) => `${job} ${period}`)).size).toBe(ran.length);
  });
}
