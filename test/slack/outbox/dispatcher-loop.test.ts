import { beforeEach, expect, test } from '@jest/globals';
import { createDispatcher } from '../../../src/slack/outbox/dispatcher.ts';
import { countNotifications, enqueue, type Recipient } from '../../../src/store/outbox.ts';
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

test('a burst of 500 direct messages is delivered in order of pace, without one refusal', async () => {
  const people = Array.from({ length: 500 }, (_, index) => ({ id: `U1${index}`, name: `Person ${index}` }));
  const { slack, dispatcher, clock } = await aDispatcher(db, {}, { people });
  const start = clock.now();
  await db.transaction(async (tx) => {
    for (const { id } of people) {
      const letter = { key: id, kind: 'reminder', to: { kind: 'person', id }, payload: id } as const;
      await enqueue(tx, letter, start);
    }
  });

  const report = await dispatcher.deliverDue();

  const minutes = (clock.now().getTime() - start.getTime()) / 60_000;
  expect(report).toMatchObject({ sent: 500, failed: 0 });
  expect(slack.traffic.filter(({ status }) => status === 429)).toEqual([]);
  expect(people.every(({ id }) => textsIn(slack, id).length === 1)).toBe(true);
  expect(minutes).toBeGreaterThan(5);
  expect(minutes).toBeLessThan(12);
}, 30_000);

test('a channel gets one message a second, in the order they were written', async () => {
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

test('three instances on one database deliver each letter once', async () => {
  const { slack, clock, write } = await aDispatcher(db);
  for (let number = 0; number < 30; number += 1) {
    await write(`letter ${number}`, { to: { kind: 'person', id: number % 2 ? ANA : BEN } });
  }
  const postmen = instances.map((instance, index) =>
    createDispatcher({
      db: instance,
      client: dispatcherClientFor(slack),
      render: renderPayload,
      now: clock.now,
      log: silence,
      instance: `bot ${index}`,
      sleep: async (milliseconds) => clock.advance(milliseconds),
    }),
  );

  for (const _ of [1, 2, 3]) {
    await Promise.all(postmen.map((dispatcher) => dispatcher.deliverDue()));
    clock.advance(60 * SECOND);
  }

  const all = [...textsIn(slack, ANA), ...textsIn(slack, BEN)];
  expect(all).toHaveLength(30);
  expect(new Set(all).size).toBe(30);
});

test('a clock that jumps while a letter is on its way does not send it twice', async () => {
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

/** A pause that lasts until somebody ends it: the sleeper's, as the dispatcher asked for it. */
function controlledSleep() {
  const sleepCalls: { readonly milliseconds: number; readonly wake: () => void }[] = [];
  let onSleep: (() => void) | undefined;
  return {
    pause: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        sleepCalls.push({ milliseconds, wake: resolve });
        signal?.addEventListener('abort', () => resolve());
        onSleep?.();
      }),
    /** Once the dispatcher sleeps for the nth time: for how long, and how to wake it. */
    sleep: async (nth: number) => {
      while (sleepCalls.length < nth) {
        await new Promise<void>((resolve) => {
          onSleep = resolve;
        });
      }
      return sleepCalls[nth - 1];
    },
  };
}

test('the dispatcher sleeps until a letter is due, at most half a minute, and gets up when it is woken', async () => {
  const bed = controlledSleep();
  const { slack, dispatcher, write, clock } = await aDispatcher(db, { sleep: bed.pause });
  const stop = new AbortController();
  const delivering = dispatcher.run(stop.signal);

  expect((await bed.sleep(1))?.milliseconds).toBe(30 * SECOND);
  await write('at once');
  dispatcher.wake();

  expect((await bed.sleep(2))?.milliseconds).toBe(30 * SECOND);
  expect(textsIn(slack, ANA)).toEqual(['This is at once']);
  await write('soon');
  await db.query(`update outbox set due_at = $1 where key = 'soon'`, [
    new Date(clock.now().getTime() + 7 * SECOND),
  ]);
  dispatcher.wake();

  const third = await bed.sleep(3);
  expect(third?.milliseconds).toBe(7 * SECOND);
  clock.advance(7 * SECOND);
  third?.wake();

  await bed.sleep(4);
  expect(textsIn(slack, ANA)).toEqual(['This is at once', 'This is soon']);
  stop.abort();
  await delivering;
});

test('a letter written while the dispatcher delivers is not slept over', async () => {
  const bed = controlledSleep();
  const { slack, dispatcher, write } = await aDispatcher(db, { sleep: bed.pause });
  const stop = new AbortController();
  await write('first');
  slack.injectFault({ method: 'chat.postMessage', delayMs: 100 });
  const delivering = dispatcher.run(stop.signal);

  await slack.waitUntil(() => slack.calls('conversations.open') === 1);
  await write('second', { to: { kind: 'person', id: BEN } });
  dispatcher.wake();
  await bed.sleep(1);

  expect(await countNotifications(db)).toMatchObject({ sent: 2, waiting: 0 });
  stop.abort();
  await delivering;
});

test('a letter whose reader was busy when the dispatcher asked follows, though nobody is on the way any more', async () => {
  let claims = 0;
  let claimedAgain = () => {};
  const asked = new Promise<void>((resolve) => {
    claimedAgain = resolve;
  });
  // The second claim is made while the first letter to Ana is under way, and answers when that one has arrived.
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
    if (kind === 'channel') return 'Nobody may read this';
    await asked;
    return undefined;
  };
  const { slack, dispatcher, write } = await aDispatcher(db, { db: slow, blockReason });
  await write('to a channel that must not get it', toSecurity);
  await write('first');
  await write('second');

  await dispatcher.deliverDue();

  expect(textsIn(slack, ANA)).toEqual(['This is first', 'This is second']);
});

test('at the stop, what is under way is ended, and what waits for its turn is given back unsent', async () => {
  const bed = controlledSleep();
  const { slack, dispatcher, write } = await aDispatcher(db, { sleep: bed.pause });
  const stop = new AbortController();
  await write('first', toSecurity);
  await write('second', toSecurity);
  const delivering = dispatcher.run(stop.signal);
  // The second letter waits for its second to pass.
  await bed.sleep(1);

  stop.abort();
  await delivering;

  expect(textsIn(slack, '#security')).toEqual(['This is first']);
  expect(await countNotifications(db)).toMatchObject({ sent: 1, waiting: 1, sending: 0, uncertain: 0 });
});

test('a database that is away for a while stops nothing for good', async () => {
  const bed = controlledSleep();
  let away = true;
  const flaky = {
    ...db,
    transaction: (async (work) => {
      if (away) throw new Error('Cannot run "begin": connection refused');
      return db.transaction(work);
    }) as typeof db.transaction,
  };
  const { slack, dispatcher, write, lines } = await aDispatcher(db, { sleep: bed.pause, db: flaky });
  const stop = new AbortController();
  await write('reminder');
  const delivering = dispatcher.run(stop.signal);

  const first = await bed.sleep(1);
  expect(lines).toMatchObject([{ level: 'error', message: 'Letters cannot be delivered for a while' }]);
  away = false;
  first?.wake();
  await bed.sleep(2);

  expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
  stop.abort();
  await delivering;
});
