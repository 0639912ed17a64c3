import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import {
  type ConsumerTimings,
  type MessageQueue,
  startRootEventConsumer,
} from '../../src/jobs/root-event-consumer.ts';
import type { ReceivedMessages } from '../../src/usecases/root-events/receive-root-events.ts';
import { aRootEvent } from '../support/root-events.ts';

const NOTHING: ReceivedMessages = { events: [], doubled: 0, quiet: 0, rejected: [], toCheck: [] };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A queue that hands out what a test puts into it, and remembers what was done with it. */
function aQueue() {
  const steps: string[] = [];
  const batches: string[][] = [];
  let wake = () => {};
  const queue: MessageQueue = {
    async receive(signal) {
      while (batches.length === 0) {
        if (signal.aborted) throw new Error('aborted');
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      return (batches.shift() ?? []).map((body) => ({ body }));
    },
    extend: async (messages) => void steps.push(`extend ${messages.length}`),
    delete: async (messages) => void steps.push(`delete ${messages.map(({ body }) => body).join()}`),
    close: () => void steps.push('close'),
  };
  return {
    queue,
    steps,
    send(...bodies: string[]) {
      batches.push(bodies);
      wake();
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

const fast: Partial<ConsumerTimings> = { minBackoffMs: 1, maxBackoffMs: 1 };

test('a message is deleted, and its readers are notified, after it was stored', async () => {
  const { queue, steps, send } = aQueue();
  const consumer = startRootEventConsumer({
    openQueue: async () => queue,
    ready: async () => undefined,
    store: async (bodies) => {
      steps.push(`store ${bodies.join()}`);
      return { ...NOTHING, events: [aRootEvent()], toCheck: [accountId('111122223333')] };
    },
    notify: async () => void steps.push('notify'),
    check: async (id) => void steps.push(`check ${id}`),
    log: silent,
  });

  send('a', 'b');
  await until(() => steps.length === 4);
  await consumer.stop();

  expect(steps.slice(0, 1)).toEqual(['store a,b']);
  expect(steps.toSorted()).toEqual(['check 111122223333', 'close', 'delete a,b', 'notify', 'store a,b']);
});

test('a stored event is announced and checked even if its message cannot be deleted; the second time it is not new', async () => {
  const { queue, steps, send } = aQueue();
  const consumer = startRootEventConsumer({
    openQueue: async () => ({
      ...queue,
      delete: async () => {
        throw new Error('SQS does not answer');
      },
    }),
    ready: async () => undefined,
    store: async () => ({ ...NOTHING, events: [aRootEvent()], toCheck: [accountId('111122223333')] }),
    notify: async () => void steps.push('notify'),
    check: async (id) => void steps.push(`check ${id}`),
    log: silent,
    timings: fast,
  });

  send('a');
  await until(() => consumer.problem() !== null && steps.length === 2);
  await consumer.stop();

  expect(steps).toEqual(['notify', 'check 111122223333', 'close']);
  expect(consumer.problem()).toBe('SQS does not answer');
});

test('a message that could not be stored is not deleted, and the next one is read', async () => {
  const { queue, steps, send } = aQueue();
  let failing = true;
  const consumer = startRootEventConsumer({
    openQueue: async () => queue,
    ready: async () => undefined,
    store: async () => {
      if (failing) throw new Error('the database does not answer');
      return NOTHING;
    },
    notify: async () => undefined,
    check: async () => undefined,
    log: silent,
    timings: fast,
  });

  send('lost?');
  await until(() => consumer.problem() !== null);
  expect(consumer.problem()).toBe('the database does not answer');
  failing = false;
  send('next');
  await until(() => steps.length === 1);

  expect(steps).toEqual(['delete next']);
  expect(consumer.problem()).toBeNull();
  await consumer.stop();
});

test('one message that cannot be stored does not take the others of its batch with it', async () => {
  const { queue, steps, send } = aQueue();
  const received: ReceivedMessages[] = [];
  const consumer = startRootEventConsumer({
    openQueue: async () => queue,
    ready: async () => undefined,
    store: async (bodies) => {
      if (bodies.includes('poison')) throw new Error('the database refuses a value');
      return { ...NOTHING, events: bodies.map((id) => aRootEvent({ id })) };
    },
    notify: async () => undefined,
    check: async () => undefined,
    onReceived: (one) => void received.push(one),
    log: silent,
    timings: fast,
  });

  send('a', 'poison', 'b');
  await until(() => consumer.problem() !== null);
  await consumer.stop();

  expect(steps).toEqual(['delete a,b', 'close']);
  expect(received.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(['a', 'b']);
  expect(consumer.problem()).toBe('the database refuses a value');
});

test('while the database does not answer nothing is received, so that no message ends as a dead letter', async () => {
  const { queue, steps, send } = aQueue();
  let isDown = true;
  let probes = 0;
  const tries: string[] = [];
  const consumer = startRootEventConsumer({
    openQueue: async () => queue,
    ready: async () => {
      probes += 1;
      if (isDown) throw new Error('the database does not answer');
    },
    store: async (bodies) => {
      tries.push(bodies.join());
      if (isDown) throw new Error('the database does not answer');
      return NOTHING;
    },
    notify: async () => undefined,
    check: async () => undefined,
    log: silent,
    timings: fast,
  });

  send('a', 'b');
  await until(() => consumer.problem() !== null);
  send('c');
  await until(() => probes > 5);
  expect(tries).toEqual(['a,b']);

  isDown = false;
  await until(() => steps.length === 1);
  await consumer.stop();

  expect(steps[0]).toBe('delete c');
});

test('messages are kept hidden while the database takes its time', async () => {
  const { queue, steps, send } = aQueue();
  let finish: (received: ReceivedMessages) => void = () => {};
  const consumer = startRootEventConsumer({
    openQueue: async () => queue,
    ready: async () => undefined,
    store: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
    notify: async () => undefined,
    check: async () => undefined,
    log: silent,
    timings: { extendEveryMs: 1 },
  });

  send('slow');
  await until(() => steps.includes('extend 1'));
  finish(NOTHING);
  await until(() => steps.includes('delete slow'));
  await consumer.stop();
});

test('a batch that takes too long is given up, for the queue to hand out again', async () => {
  const { queue, steps, send } = aQueue();
  const consumer = startRootEventConsumer({
    openQueue: async () => queue,
    ready: async () => undefined,
    store: () => new Promise(() => undefined),
    notify: async () => undefined,
    check: async () => undefined,
    log: silent,
    timings: { ...fast, batchDeadlineMs: 1 },
  });

  send('hangs');
  await until(() => consumer.problem() !== null);
  await consumer.stop();

  expect(consumer.problem()).toContain('too long');
  expect(steps).toEqual(['close']);
});

test('a queue that cannot be opened is tried again, and logged once', async () => {
  const { queue, steps, send } = aQueue();
  let attempts = 0;
  const errors: string[] = [];
  const consumer = startRootEventConsumer({
    openQueue: async () => {
      attempts += 1;
      if (attempts < 4) throw new Error('AccessDenied');
      return queue;
    },
    ready: async () => undefined,
    store: async () => NOTHING,
    notify: async () => undefined,
    check: async () => undefined,
    log: { ...silent, error: (_, message) => void errors.push(message) },
    timings: fast,
  });

  send('at last');
  await until(() => steps.length === 1);
  await consumer.stop();

  expect(errors).toEqual(['Root events cannot be received']);
});
