import type { EventEmitter } from 'node:events';
import { withDeadline } from './concurrency.ts';
import type { Log } from './usecases/shared/context.ts';

/** Stops workers and closes resources, in order and within a time limit. */
export interface Shutdown {
  /** Aborts when the bot must stop. */
  readonly signal: AbortSignal;
  /** Adds a worker that finishes what it has started; all workers drain first, in parallel. */
  onDrain(end: () => Promise<unknown>): void;
  /** Adds a resource to close after the workers, the newest first. */
  onClose(close: () => Promise<void>): void;
  /** Stops and closes everything, within ten seconds. Never throws. */
  stop(): Promise<void>;
}

/** Hosts often wait ten seconds before they kill. */
export const DRAIN_TIMEOUT_MS = 7_000;
export const CLOSE_TIMEOUT_MS = 1_500;

/** Creates an empty shutdown; the external signal aborts it too. */
export function createShutdown(log: Log, externalSignal: AbortSignal | undefined): Shutdown {
  const stopping = new AbortController();
  const workers: (() => Promise<unknown>)[] = [];
  const closers: (() => Promise<void>)[] = [];
  // A failure of one is no reason to leave the others open.
  const attempt = async (end: () => Promise<unknown>) => {
    try {
      await end();
    } catch (error) {
      log.warn({ err: error }, 'Could not stop cleanly');
    }
  };
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await attempt(closer);
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
      const drained = Promise.all(workers.splice(0).map(attempt));
      if ((await withDeadline(drained, DRAIN_TIMEOUT_MS)) === null) {
        log.warn({}, 'Unfinished work is left to the next start');
      }
      await withDeadline(close(), CLOSE_TIMEOUT_MS);
    },
  };
}

export interface UnexpectedErrorOptions {
  readonly process: EventEmitter;
  readonly log: Log & { fatal(fields: object, message: string): void };
  /** Aborts when the process is asked to stop. */
  readonly stopping: AbortSignal;
  readonly exit: (code: number) => void;
}

/**
 * Exits on an unexpected error: the state is unknown then, and the supervisor starts the process again. A stop is not
 * disturbed: it ends within its deadline, and a library that fails while its connections close does not make it a failure.
 */
export function exitOnUnexpectedError({ process, log, stopping, exit }: UnexpectedErrorOptions): void {
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.on(event, (error: unknown) => {
      if (stopping.aborted) {
        log.warn({ err: error }, 'Unhandled error during the stop');
        return;
      }
      log.fatal({ err: error }, 'Unhandled error; the process exits');
      exit(1);
    });
  }
}
