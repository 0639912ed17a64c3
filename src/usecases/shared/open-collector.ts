import { withAbort } from '../../concurrency.ts';
import type { Collector, CollectorFactory } from './context.ts';

/** Opens a collector; throws the signal's reason once it aborts. A collector that opens later is closed: it holds a worker thread. */
export async function openCollector(
  open: CollectorFactory,
  signal: AbortSignal | undefined,
): Promise<Collector> {
  const opening = open();
  try {
    return await (signal ? withAbort(opening, signal) : opening);
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => undefined,
    );
    throw error;
  }
}
