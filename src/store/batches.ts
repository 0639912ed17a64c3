/** Most rows written by one statement: the embedded engine lets nothing else run, no timer and no socket, meanwhile. */
const ROWS_AT_ONCE = 250;

/** The items in pieces small enough for one statement, with a breath for the event loop between them. */
export async function* inBatches<T>(items: readonly T[], size = ROWS_AT_ONCE): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await breath();
    yield items.slice(start, start + size);
  }
}

/** Lets whatever waits on the event loop go first. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
