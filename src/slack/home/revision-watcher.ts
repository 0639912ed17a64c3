import type { Log } from '../../usecases/shared/context.ts';
import { defaultSleep, type Sleep } from '../sleep.ts';
import type { HomePublisher } from './publisher.ts';

/** How often to look for changes that another instance made. */
const POLL_INTERVAL_MS = 3_000;

/** Updates this instance's Homes when any instance changes data, until the signal aborts. */
export async function watchRevision({
  readRevision,
  homePublisher,
  log,
  signal,
  sleep = defaultSleep,
}: {
  /** Returns a number that changes with the data. */
  readonly readRevision: () => Promise<number>;
  readonly homePublisher: Pick<HomePublisher, 'invalidate'>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly sleep?: Sleep;
}): Promise<void> {
  let lastRevision: number | undefined;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      const currentRevision = await readRevision();
      if (lastRevision !== undefined && currentRevision !== lastRevision) homePublisher.invalidate();
      lastRevision = currentRevision;
      isFailing = false;
    } catch (error) {
      // Log once: the query repeats every few seconds.
      if (!isFailing) log.warn({ err: error }, 'Home refresh failed');
      isFailing = true;
    }
    await sleep(POLL_INTERVAL_MS, signal);
  }
}
