import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Log } from '../usecases/shared/context.ts';

const requestIds = new AsyncLocalStorage<string>();

/** Handles one request under a short ID of its own: `ab12cd`. */
export function runWithRequestId<T>(task: () => Promise<T>): Promise<T> {
  return requestIds.run(randomBytes(3).toString('hex'), task);
}

/** Returns the ID of the current request; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return requestIds.getStore();
}

/** Returns a log that adds the request's ID to every line. */
export function withRequestId(log: Log): Log {
  const addRequestId = (write: Log['info']) => (fields: object, message: string) => {
    const request = currentRequestId();
    write(request === undefined ? fields : { request, ...fields }, message);
  };
  return {
    info: addRequestId((fields, message) => log.info(fields, message)),
    warn: addRequestId((fields, message) => log.warn(fields, message)),
    error: addRequestId((fields, message) => log.error(fields, message)),
  };
}
