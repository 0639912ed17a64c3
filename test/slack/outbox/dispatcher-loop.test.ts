import { once } from 'node:events';
import { beforeEach, expect, test } from '@jest/globals';
import { createDispatcher } from '../../../src/slack/outbox/dispatcher.ts';
import { countNotifications, enqueue, type Recipient } from '../../../src/store/outbox.ts';
import { waitFor } from '../../support/bot-process.ts';
import { emptyTables, testDatabases } from '../../support/database.ts';
import { ANA, BEN } from '../../support/test-slack.ts';
import {
  aDispatcher,
  dispatcherClientFor,
  renderPayload,
  stateOf,
  textsIn,
  toSecurity,
} from './dispatcher-harness.ts';

const instances = await testDatabases(3);
const [db] = instances as [(typeof instances)[number]];

beforeEach(() => emptyTables(db));

const SECOND = 1_000;
const silence = { info: () => {}, warn: () => {}, error: () => {} };

test('a burst of 500 direct messages is delivered within the rate limits', async () => {
  const people = Array.from({ length: 500 }, (_, index) => ({ id: `U1${index}`, name: `Person ${index}` }));
  const { slack, dispatcher, clock } = await aDispatcher(db, {}, { people });
  const start = clock.now();
  await db.transaction(async (tx) => {
    for (const { id } of people) {
      const notification = { key: id, kind: 'reminder', to: { kind: 'person', id }, payload: id } as const;
      await enqueue(tx, notification, start);
    }
  });

  const report = await dispatcher.deliverDue();

  const minutes = (clock.now().getTime() - start.getTime()) / 60_000;
  expect(report).toMatchObject({ sent: 500, failed: 0 });
  expect(slack.traffic.filter(({ status }) => status === 429)).toEqual([]);
  expect(people.every(({ id }) => textsIn(slack, id).length === 1)).toBe(true);
  expect(minutes).toBeGreaterThan(5);
  expect(minutes).toBeLessThan(12);
}, 120_000);

test('a channel gets one message a second, in the order they were queued', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  const start = clock.now().getTime();
  const keys = Array.from({ length: 12 }, (_, index) => `part ${index}`);
  for (const key of keys) await write(key, toSecurity);

  await dispatcher.deliverDue();

  const times = slack.messagesIn('#security').map(({ ts }) => Math.round(Number(ts) - start / SECOND));
  expect(textsIn(slack, '#security')).toEqual(keys.map((key) => `This is ${key}`));
  expect(times).toEqual(keys.map((_, index) => index));
  expect(slack.traffic.every(({ ok }) => ok)).toBe(true);
});

test('three instances on one database deliver each notification once', async () => {
  const { slack, clock, write } = await aDispatcher(db);
  for (let number = 0; number < 30; number += 1) {
    await write(`notification ${number}`, { to: { kind: 'person', id: number % 2 ? ANA : BEN } });
  }
  const dispatchers = instances.map((instance, index) =>
    createDispatcher({
      db: instance,
      client: dispatcherClientFor(slack),
      render: renderPayload,
      now: clock.now,
      claimClock: clock.now,
      log: silence,
      instance: `bot ${index}`,
      sleep: async (milliseconds) => clock.advance(milliseconds),
    }),
  );

  for (const _ of [1, 2, 3]) {
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.deliverDue()));
    clock.advance(60 * SECOND);
  }

  const all = [...textsIn(slack, ANA), ...textsIn(slack, BEN)];
  expect(all).toHaveLength(30);
  expect(new Set(all).size).toBe(30);
});

test('a clock that jumps during a delivery does not send the notification twice', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  await write('reminder');
  slack.injectFault({ method: 'chat.postMessage', delayMs: 200 });

  const first = dispatcher.deliverDue();
  await slack.waitUntil(() => slack.calls('conversations.open') === 1);
  clock.advance(7 * 24 * 3_600 * SECOND);
  await dispatcher.deliverDue();
  await first;

  expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
  expect(await stateOf(db, 'reminder')).toBe('sent');
});

test('instances whose clocks are three minutes apart never take a delivery from each other', async () => {
  const { slack, clock, write } = await aDispatcher(db);
  for (let number = 0; number < 6; number += 1) {
    await write(`notification ${number}`, { to: { kind: 'person', id: number % 2 ? ANA : BEN } });
  }
  // Each delivery is still going on when the other instance looks for claims that have ended.
  slack.injectFault({ method: 'chat.postMessage', delayMs: 50, times: Number.POSITIVE_INFINITY });
  const dispatchers = [-90, 90].map((skewSeconds, index) =>
    createDispatcher({
      db: instances[index] ?? db,
      client: dispatcherClientFor(slack),
      render: renderPayload,
      now: () => new Date(clock.now().getTime() + skewSeconds * SECOND),
      log: silence,
      instance: `bot ${index}`,
      sleep: async () => undefined,
    }),
  );

  const started = dispatchers.map((dispatcher) => dispatcher.deliverDue());
  await slack.waitUntil(() => slack.calls('chat.postMessage') > 0);
  const reports = await Promise.all([
    ...started,
    ...dispatchers.map((dispatcher) => dispatcher.deliverDue()),
  ]);

  expect(reports.reduce((sent, report) => sent + report.sent, 0)).toBe(6);
  expect([...textsIn(slack, ANA), ...textsIn(slack, BEN)].toSorted()).toEqual(
    Array.from({ length: 6 }, (_, number) => `This is notification ${number}`),
  );
});

/** Queues a notification that is due later. */
const writeDueAt = (key: string, to: Recipient, at: Date) =>
  db.transaction(async (tx) => {
    await enqueue(tx, { key, kind: 'reminder', to, payload: `This is ${key}` }, at);
    await tx.query('update outbox set due_at = $2 where key = $1', [key, at]);
  });

/** A sleep that lasts until a test ends it, or the dispatcher does. */
function controlledSleep() {
  const sleeps: { readonly milliseconds: number; readonly end: () => void; ended: boolean }[] = [];
  let onSleep = () => {};
  return {
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const end = () => {
          entry.ended = true;
          resolve();
        };
        const entry = { milliseconds, end, ended: false };
        sleeps.push(entry);
        signal?.addEventListener('abort', end);
        onSleep();
      }),
    /** Resolves once the dispatcher sleeps that long. */
    sleepingFor: async (milliseconds: number) => {
      for (;;) {
        const found = sleeps.find((entry) => !entry.ended && entry.milliseconds === milliseconds);
        if (found) return found;
        await new Promise<void>((resolve) => {
          onSleep = resolve;
        });
      }
    },
  };
}

test('the dispatcher sleeps until a notification is due, at most half a minute, and can be woken', async () => {
  const { sleep, sleepingFor } = controlledSleep();
  const { slack, dispatcher, write, clock } = await aDispatcher(db, { sleep });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal);

  await sleepingFor(30 * SECOND);
  await write('at once');
  dispatcher.wake();

  await slack.waitUntil(() => textsIn(slack, ANA).length === 1);
  await writeDueAt('soon', { kind: 'person', id: ANA }, new Date(clock.now().getTime() + 7 * SECOND));
  dispatcher.wake();

  const sleeping = await sleepingFor(7 * SECOND);
  clock.advance(7 * SECOND);
  sleeping.end();

  await slack.waitUntil(() => textsIn(slack, ANA).length === 2);
  expect(textsIn(slack, ANA)).toEqual(['This is at once', 'This is soon']);
  stop.abort();
  await running;
});

test('a call that hangs does not delay a notification that is queued meanwhile', async () => {
  const { sleep } = controlledSleep();
  const { slack, dispatcher, write } = await aDispatcher(db, { sleep, timeoutMs: 120_000 });
  const stop = new AbortController();
  await write('hanging');
  const hanging = slack.injectFault({ method: 'conversations.open', delayMs: 60_000 });
  const running = dispatcher.run(stop.signal);
  while (hanging.applied() === 0) await new Promise(setImmediate);

  await write('quick', toSecurity);
  dispatcher.wake();
  await slack.waitUntil(() => textsIn(slack, '#security').length === 1);

  expect(textsIn(slack, ANA)).toEqual([]);
  stop.abort();
  await slack.close();
  await running;
});

test('a notification that becomes due while a call hangs is delivered on time', async () => {
  const { sleep, sleepingFor } = controlledSleep();
  const { slack, dispatcher, write, clock } = await aDispatcher(db, { sleep, timeoutMs: 120_000 });
  const stop = new AbortController();
  await write('hanging');
  await writeDueAt('later', toSecurity.to, new Date(clock.now().getTime() + 5 * SECOND));
  slack.injectFault({ method: 'conversations.open', delayMs: 60_000 });
  const running = dispatcher.run(stop.signal);

  const sleeping = await sleepingFor(5 * SECOND);
  clock.advance(5 * SECOND);
  sleeping.end();
  await slack.waitUntil(() => textsIn(slack, '#security').length === 1);

  expect(textsIn(slack, ANA)).toEqual([]);
  stop.abort();
  await slack.close();
  await running;
});

test('receivers of webhooks that hang delay no message, and no other receiver', async () => {
  const { sleep } = controlledSleep();
  const called: string[] = [];
  let channelLookups = 0;
  const { slack, dispatcher, write } = await aDispatcher(db, {
    sleep,
    // The first message ends without a call, so the second does not wait for the rate limit.
    blockReason: async () => (++channelLookups === 1 ? 'Not this time' : undefined),
    deliverWebhook: async ({ to, key }, signal) => {
      called.push(key);
      if (to.id.startsWith('hanging')) await once(signal as AbortSignal, 'abort');
      return 'lost';
    },
  });
  const hanging = Array.from({ length: 5 }, (_, index) => `hanging ${index}`);
  for (const id of hanging) await write(id, { to: { kind: 'webhook', id } });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal);
  await waitFor(() => called.length === hanging.length);

  for (const key of ['first', 'second']) await write(key, toSecurity);
  await write('to a receiver that answers', { to: { kind: 'webhook', id: 'quick' } });
  dispatcher.wake();
  await slack.waitUntil(() => textsIn(slack, '#security').length === 1);
  await waitFor(() => called.includes('to a receiver that answers'));

  expect(textsIn(slack, '#security')).toEqual(['This is second']);
  stop.abort();
  await running;
});

test('calls that hang keep no free slot empty', async () => {
  const { sleep, sleepingFor } = controlledSleep();
  const people = Array.from({ length: 5 }, (_, index) => ({ id: `U1${index}`, name: `Person ${index}` }));
  const over = new AbortController();
  let hanging = 0;
  let channelLookups = 0;
  const blockReason = async ({ kind }: Recipient) => {
    if (kind === 'channel') return ++channelLookups === 1 ? 'Not this time' : undefined;
    hanging += 1;
    await once(over.signal, 'abort');
    return 'The test is over';
  };
  const { slack, dispatcher, write } = await aDispatcher(db, { sleep, blockReason }, { people });
  for (const { id } of people) await write(`to ${id}`, { to: { kind: 'person', id } });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal);
  await waitFor(() => hanging === people.length);

  await write('first', toSecurity);
  await write('second', toSecurity);
  dispatcher.wake();
  (await sleepingFor(250)).end();
  await slack.waitUntil(() => textsIn(slack, '#security').length === 1);

  expect(textsIn(slack, '#security')).toEqual(['This is second']);
  stop.abort();
  over.abort();
  await running;
});

test('a notification whose recipient was busy at the last claim follows', async () => {
  let claims = 0;
  let claimedAgain = () => {};
  const asked = new Promise<void>((resolve) => {
    claimedAgain = resolve;
  });
  // The second claim is made while the first notification to Ana is in flight, and returns when that one was sent.
  const slow = {
    ...db,
    transaction: (async (work) => {
      const claimed = await db.transaction(work);
      claims += 1;
      if (claims === 2) {
        claimedAgain();
        while ((await stateOf(db, 'first')) !== 'sent');
      }
      return claimed;
    }) as typeof db.transaction,
  };
  const blockReason = async ({ kind }: Recipient) => {
    if (kind === 'channel') return 'This channel is not allowed';
    await asked;
    return undefined;
  };
  const { slack, dispatcher, write } = await aDispatcher(db, { db: slow, blockReason });
  await write('to a channel that is not allowed', toSecurity);
  await write('first');
  await write('second');

  await dispatcher.deliverDue();

  expect(textsIn(slack, ANA)).toEqual(['This is first', 'This is second']);
});

test('at the stop, calls in flight are finished, and what waits for the rate limit is released unsent', async () => {
  const { sleep, sleepingFor } = controlledSleep();
  const { slack, dispatcher, write } = await aDispatcher(db, { sleep });
  const stop = new AbortController();
  await write('first', toSecurity);
  await write('second', toSecurity);
  const running = dispatcher.run(stop.signal);
  // The second one waits for its second to pass.
  await sleepingFor(SECOND);

  stop.abort();
  await running;

  expect(textsIn(slack, '#security')).toEqual(['This is first']);
  expect(await countNotifications(db)).toMatchObject({ sent: 1, waiting: 1, sending: 0, uncertain: 0 });
});

test('a database outage stops nothing for good', async () => {
  const { sleep, sleepingFor } = controlledSleep();
  let away = true;
  const flaky = {
    ...db,
    transaction: (async (work) => {
      if (away) throw new Error('Cannot run "begin": connection refused');
      return db.transaction(work);
    }) as typeof db.transaction,
  };
  const { slack, dispatcher, write, lines } = await aDispatcher(db, { sleep, db: flaky });
  const stop = new AbortController();
  await write('reminder');
  const running = dispatcher.run(stop.signal);

  const sleeping = await sleepingFor(30 * SECOND);
  expect(lines).toMatchObject([{ level: 'error', message: 'Delivery paused' }]);
  away = false;
  sleeping.end();

  await slack.waitUntil(() => textsIn(slack, ANA).length === 1);
  stop.abort();
  await running;
});
