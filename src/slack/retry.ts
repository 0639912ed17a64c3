import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../usecases/shared/context.ts';
import { isPlatformError } from './slack-errors.ts';

/** Slack will not have us as things are: a person must change something. The message says what. */
export class SlackSetupError extends Error {
  override readonly name = 'SlackSetupError';
}

const INITIAL_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/** Refusals that pass by themselves: nobody can do anything about them but wait. */
const TRANSIENT_ERRORS: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Whether Slack refused for good, so that asking again leads nowhere. */
export function isPermanentError(error: unknown): boolean {
  return (
    error instanceof SlackSetupError || (isPlatformError(error) && !TRANSIENT_ERRORS.has(error.data.error))
  );
}

/** What the question brings, as soon as Slack answers it. Asks for as long as it takes; throws when Slack says no. */
export async function retryUntilSlackResponds<T>(
  call: () => Promise<T>,
  log: Log,
  signal: AbortSignal,
): Promise<T> {
  for (let backoffMs = INITIAL_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (isPermanentError(error)) throw error;
      log.warn({ err: error, retryInMs: backoffMs }, 'Slack cannot be reached; trying again');
      await pause(backoffMs, undefined, { signal });
    }
  }
}
