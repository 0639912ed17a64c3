/** What the work brings; throws once the bot is about to stop, and leaves the work to itself. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  const settled = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const rejectOnAbort = () => reject(new Error('The bot is stopping'));
    signal.addEventListener('abort', rejectOnAbort, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    settled.abort();
  }
}
