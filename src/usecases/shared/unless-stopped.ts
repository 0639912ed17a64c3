/** What the work brings; throws once the bot is about to stop, and leaves the work to itself. */
export async function unlessStopped<T>(work: Promise<T>, stops: AbortSignal | undefined): Promise<T> {
  if (!stops) return work;
  stops.throwIfAborted();
  const over = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new Error('The bot is stopping'));
    stops.addEventListener('abort', giveUp, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    over.abort();
  }
}
