import { expect, test } from '@jest/globals';
import { type LeasedRun, runUnderLease } from '../../../src/usecases/shared/run-under-lease.ts';

const MINUTE = 60_000;

/** A run whose time passes only when the test says so. */
function aRun(work: (run: LeasedRun) => Promise<unknown>, renew: () => Promise<boolean> = async () => true) {
  let elapsed = 0;
  let check = () => {};
  let renewals = 0;
  let stops = 0;
  const ended = runUnderLease(
    {
      renew: () => {
        renewals += 1;
        return renew();
      },
      leaseMs: 3 * MINUTE,
      maxSilenceMs: 5 * MINUTE,
      maxDurationMs: 60 * MINUTE,
      elapsedMs: () => elapsed,
      every: (milliseconds, callback) => {
        expect(milliseconds).toBe(MINUTE);
        check = callback;
        return () => {
          stops += 1;
        };
      },
    },
    work,
  );
  return {
    ended,
    pass(minutes: number) {
      for (let minute = 0; minute < minutes; minute += 1) {
        elapsed += MINUTE;
        check();
      }
    },
    renewals: () => renewals,
    stops: () => stops,
  };
}

const hang = () => new Promise<never>(() => {});

test('gives back what the work returns, and stops renewing', async () => {
  const run = aRun(async () => 'done');

  expect(await run.ended).toBe('done');
  expect(run.stops()).toBe(1);
});

test('work that makes progress keeps its lease', async () => {
  let report = () => {};
  const run = aRun(({ progress }) => {
    report = progress;
    return hang();
  });

  for (let count = 0; count < 10; count += 1) {
    report();
    run.pass(4);
  }

  expect(run.renewals()).toBe(40);
});

test('work that hangs is given up after its longest silence', async () => {
  let signal: AbortSignal | undefined;
  const run = aRun((leased) => {
    signal = leased.signal;
    return hang();
  });

  run.pass(6);

  await expect(run.ended).rejects.toThrow('It made no progress for 5 minutes');
  expect(signal?.aborted).toBe(true);
});

test('work that never ends is given up after its longest duration, progress or not', async () => {
  let report = () => {};
  const run = aRun(({ progress }) => {
    report = progress;
    return hang();
  });

  for (let minute = 0; minute <= 60; minute += 1) {
    report();
    run.pass(1);
  }

  await expect(run.ended).rejects.toThrow('It took longer than 60 minutes');
});

test('work whose lease was lost is aborted', async () => {
  const run = aRun(hang, async () => false);

  run.pass(1);

  await expect(run.ended).rejects.toThrow('Another instance took it over');
});

test('a renewal that fails is tried again', async () => {
  const run = aRun(hang, () => Promise.reject(new Error('connection refused')));

  run.pass(2);

  expect(run.renewals()).toBe(2);
});
