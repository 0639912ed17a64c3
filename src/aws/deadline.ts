/**
 * Runs work that must end in time. Its signal aborts after `ms`, or with the parent's: the reason is a TimeoutError.
 * What does not listen to the signal is raced with it by `withAbort`.
 */
export async function withDeadline<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  const deadline = new AbortController();
  const abortWithParent = () => deadline.abort(parent?.reason);
  const timer = setTimeout(() => deadline.abort(timeoutError(ms)), ms);
  if (parent?.aborted) abortWithParent();
  else parent?.addEventListener('abort', abortWithParent, { once: true });
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener('abort', abortWithParent);
  }
}

/** Returns what the promise brings, or throws the signal's reason as soon as it aborts. */
export async function withAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let stopListening = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener('abort', onAbort, { once: true });
      stopListening = () => signal.removeEventListener('abort', onAbort);
    }
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    stopListening();
  }
}

/** Returns an error that says after how long nothing had come. */
export function timeoutError(ms: number): Error {
  return Object.assign(new Error(`AWS did not answer within ${ms / 1000} seconds`), { name: 'TimeoutError' });
}
