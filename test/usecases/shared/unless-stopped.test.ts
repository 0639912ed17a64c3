import { expect, test } from '@jest/globals';
import { unlessStopped } from '../../../src/usecases/shared/unless-stopped.ts';

// An unhandled rejection fails the test that leaves it, and ends the process of the bot.
const aTick = () => new Promise(setImmediate);

function workThatCanFail() {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}

test('work that fails after the stop is left to itself', async () => {
  const stopping = new AbortController();
  const work = workThatCanFail();
  const waiting = unlessStopped(work.promise, stopping.signal);

  stopping.abort();

  await expect(waiting).rejects.toThrow('The bot is stopping');
  work.reject(new Error('The collector was closed'));
  await aTick();
});

test('work that begins while the bot is stopping is left to itself, too', async () => {
  const work = workThatCanFail();

  const waiting = unlessStopped(work.promise, AbortSignal.abort());

  await expect(waiting).rejects.toThrow('The bot is stopping');
  work.reject(new Error('The collector was closed'));
  await aTick();
});

test('work that is done before the stop counts', async () => {
  await expect(unlessStopped(Promise.resolve('done'), new AbortController().signal)).resolves.toBe('done');
});
