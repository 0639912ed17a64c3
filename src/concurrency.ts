import { setTimeout as sleep } from 'node:timers/promises';

/** Returns a function that runs tasks with the same key one after the other, and tasks with different keys side by side. */
export function serialize(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const lastByKey = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const current = (lastByKey.get(key) ?? Promise.resolve()).then(task, task);
    lastByKey.set(key, current);
    const forget = () => {
      if (lastByKey.get(key) === current) lastByKey.delete(key);
    };
    current.then(forget, forget);
    return current;
  };
}

/** Resolves like the promise, or with `null` when the time is up first. The work behind the promise goes on. */
export async function withDeadline<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  const timer = new AbortController();
  const timeout = sleep(milliseconds, null, { signal: timer.signal }).catch(() => null);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.abort();
  }
}

/** Settles like the promise, or rejects with the signal's reason when it aborts first. */
export async function withAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // It would have no handler when the signal comes first.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let stopListening: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    stopListening = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
