import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from './usecases/shared/context.ts';

/** How what was started comes to its end, in order and in time. */
export interface Shutdown {
  /** Aborts when the bot is to stop. */
  readonly signal: AbortSignal;
  /** How something that works ends what it has begun: all of them are asked first, side by side. */
  onDrain(end: () => Promise<unknown>): void;
  /** How something that others work with is closed: the newest first, when nobody works any more. */
  onClose(close: () => Promise<void>): void;
  /** Ends and closes everything, all of it within ten seconds. */
  stop(): Promise<void>;
}

/** Hosts often wait ten seconds before they kill. */
export const DRAIN_TIMEOUT_MS = 7_000;
export const CLOSE_TIMEOUT_MS = 1_500;

/** Nothing started yet. With a signal, somebody else may say that it is time as well. */
export function createShutdown(log: Log, externalSignal: AbortSignal | undefined): Shutdown {
  const stopping = new AbortController();
  const workers: (() => Promise<unknown>)[] = [];
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  return {
    signal: AbortSignal.any([stopping.signal, ...(externalSignal ? [externalSignal] : [])]),
    onDrain(end) {
      workers.push(end);
    },
    onClose(closer) {
      closers.push(closer);
    },
    async stop() {
      stopping.abort();
      const drained = Promise.all(workers.splice(0).map((end) => end()));
      if (!(await within(DRAIN_TIMEOUT_MS, drained))) {
        log.warn({}, 'Not all that was under way could be finished; the next start takes it up');
      }
      await within(CLOSE_TIMEOUT_MS, close());
    },
  };
}

/** Whether it ended in that time. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  const timer = pause(milliseconds, false, { signal: late.signal });
  try {
    return await Promise.race([work.then(() => true), timer]);
  } finally {
    late.abort();
    timer.catch(() => undefined);
  }
}
