import { expect, test } from '@jest/globals';
import type { SlackUserId } from '../../../src/domain/person.ts';
import {
  createHomeRefreshQueue,
  type HomeRefreshQueueOptions,
} from '../../../src/slack/home/refresh-queue.ts';

const ANA = 'U03ANA' as SlackUserId;
const BEN = 'U04BEN' as SlackUserId;
const SAM = 'U01SAM' as SlackUserId;
const HOUR_MS = 60 * 60_000;

/** A queue that only writes down whose Home it was to bring up to date, and how long it rested before. */
function aQueue(options: Partial<HomeRefreshQueueOptions> = {}) {
  const refreshed: string[] = [];
  const errors: unknown[] = [];
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
  const queue = createHomeRefreshQueue({
    log,
    debounceMs: 1,
    intervalMs: 1,
    refresh: async (person) => {
      refreshed.push(person);
      return true;
    },
    ...options,
  });
  return { queue, refreshed, errors };
}

test('only the Homes that were opened follow what changes', async () => {
  const { queue, refreshed } = aQueue();
  queue.markOpened(ANA);

  queue.invalidate();
  queue.invalidate(BEN);
  await queue.idle();

  expect(refreshed).toEqual([ANA]);
});

test('many changes at once become one update', async () => {
  const { queue, refreshed } = aQueue();
  queue.markOpened(ANA);
  queue.markOpened(BEN);

  for (let n = 0; n < 50; n += 1) queue.invalidate();
  await queue.idle();

  expect(refreshed).toEqual([ANA, BEN]);
});

test('the person who acted comes first', async () => {
  const { queue, refreshed } = aQueue();
  for (const person of [ANA, BEN, SAM]) queue.markOpened(person);

  queue.invalidate();
  queue.invalidate(SAM);
  await queue.idle();

  expect(refreshed).toEqual([SAM, ANA, BEN]);
});

test('a change that comes while Homes are brought up to date is not lost', async () => {
  const { queue, refreshed } = aQueue({
    refresh: async (person) => {
      refreshed.push(person);
      if (refreshed.length === 1) queue.invalidate(person);
      return true;
    },
  });
  queue.markOpened(ANA);

  queue.invalidate();
  await queue.idle();

  expect(refreshed).toEqual([ANA, ANA]);
});

test('after a burst one follows the other no faster than Slack likes', async () => {
  let uptime = 0;
  const times: number[] = [];
  const { queue } = aQueue({
    debounceMs: 400,
    burst: 2,
    intervalMs: 1_000,
    uptime: () => uptime,
    sleep: async (milliseconds) => {
      uptime += milliseconds;
    },
    refresh: async () => {
      times.push(uptime);
      return true;
    },
  });
  for (let n = 0; n < 4; n += 1) queue.markOpened(`U${n}` as SlackUserId);

  queue.invalidate();
  await queue.idle();

  expect(times).toEqual([400, 400, 1_400, 2_400]);
});

test('a Home that Slack did not take is logged, and keeps no other waiting', async () => {
  const { queue, refreshed, errors } = aQueue({
    refresh: async (person) => {
      if (person === ANA) throw new Error('ratelimited');
      refreshed.push(person);
      return true;
    },
  });
  queue.markOpened(ANA);
  queue.markOpened(BEN);

  queue.invalidate();
  await queue.idle();

  expect(errors).toMatchObject([{ user: ANA, err: { message: 'ratelimited' } }]);
  expect(refreshed).toEqual([BEN]);
});

test('a limited number of people is tracked, the oldest are dropped first, and all of them after a day', async () => {
  let uptime = 0;
  const { queue, refreshed } = aQueue({ maxTracked: 2, uptime: () => uptime });
  queue.markOpened(ANA);
  queue.markOpened(BEN);
  queue.markOpened(ANA);
  uptime += 23 * HOUR_MS;
  queue.markOpened(SAM);

  queue.invalidate();
  await queue.idle();
  expect(refreshed).toEqual([ANA, SAM]);

  uptime += 2 * HOUR_MS;
  queue.invalidate();
  await queue.idle();
  expect(refreshed).toEqual([ANA, SAM, SAM]);
});

test('nothing more starts once the bot stops', async () => {
  const { queue, refreshed } = aQueue({ debounceMs: 60_000 });
  queue.markOpened(ANA);
  queue.invalidate();

  await queue.stop();

  expect(refreshed).toEqual([]);
});
