/** Most rows written by one statement: the embedded engine lets nothing else run, no timer and no socket, meanwhile. */
const MAX_ROWS_PER_STATEMENT = 100;

/** The items in batches small enough for one statement, with a turn of the event loop between them. */
export async function* inBatches<T>(
  items: readonly T[],
  size = MAX_ROWS_PER_STATEMENT,
): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await yieldToEventLoop();
    yield items.slice(start, start + size);
  }
}

/** Gives the event loop a turn. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
