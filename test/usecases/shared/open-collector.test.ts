import { expect, test } from '@jest/globals';
import type { Collector } from '../../../src/usecases/shared/context.ts';
import { openCollector } from '../../../src/usecases/shared/open-collector.ts';

/** A collector that opens on command. */
function createSlowCollector() {
  let closed = 0;
  const close = () => {
    closed += 1;
  };
  const collector = { close } as unknown as Collector;
  let resolve: (collector: Collector) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Collector>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return {
    open: () => promise,
    finishOpening: () => resolve(collector),
    reject,
    collector,
    closed: () => closed,
  };
}

test('a collector that opens in time is handed over open', async () => {
  const { open, finishOpening, collector, closed } = createSlowCollector();
  finishOpening();

  expect(await openCollector(open, new AbortController().signal)).toBe(collector);
  expect(closed()).toBe(0);
});

test('a collector that opens after the lease was lost is closed: its thread would stay for good', async () => {
  const { open, finishOpening, closed } = createSlowCollector();
  const lease = new AbortController();
  const opening = openCollector(open, lease.signal);
  lease.abort(new Error('Another instance took it over'));
  await expect(opening).rejects.toThrow('Another instance took it over');

  finishOpening();
  await open();

  expect(closed()).toBe(1);
});

test('one that fails to open after the lease was lost is left alone', async () => {
  const { open, reject, closed } = createSlowCollector();
  const lease = new AbortController();
  const opening = openCollector(open, lease.signal);
  lease.abort();
  await expect(opening).rejects.toThrow();

  reject(new Error('No credentials'));
  await open().catch(() => undefined);

  expect(closed()).toBe(0);
});
