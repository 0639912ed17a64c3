import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Log } from '../usecases/shared/context.ts';

const current = new AsyncLocalStorage<string>();

/** Works on something that somebody asked, under a short id of its own: `ab12cd`. */
export function asRequest<T>(work: () => Promise<T>): Promise<T> {
  return current.run(randomBytes(3).toString('hex'), work);
}

/** The id of what is being worked on; undefined where nobody asked. */
export function requestId(): string | undefined {
  return current.getStore();
}

/** The log, each of whose lines says which request it belongs to, whoever writes it. */
export function tellingRequests(log: Log): Log {
  const telling = (write: Log['info']) => (fields: object, message: string) => {
    const request = requestId();
    write(request === undefined ? fields : { request, ...fields }, message);
  };
  return {
    info: telling((fields, message) => log.info(fields, message)),
    warn: telling((fields, message) => log.warn(fields, message)),
    error: telling((fields, message) => log.error(fields, message)),
  };
}
