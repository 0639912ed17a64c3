/** What the work brings; throws once the bot is about to stop, and leaves the work to itself. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const settled = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const rejectOnAbort = () => reject(new Error('The bot is stopping'));
    signal.addEventListener('abort', rejectOnAbort, { once: true, signal: settled.signal });
    // The work has begun, so its failure must be handled even then.
    if (signal.aborted) rejectOnAbort();
  });
  try {
    return await Promise.race([stopped, work]);
  } finally {
    settled.abort();
  }
}
