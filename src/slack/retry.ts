import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../usecases/shared/context.ts';
import { isPlatformError } from './slack-errors.ts';

/** Slack refuses the app until a person changes something. The message says what. */
export class SlackSetupError extends Error {
  override readonly name = 'SlackSetupError';
}

const INITIAL_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/** Refusals that pass by themselves. */
const TRANSIENT_ERRORS: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Returns whether Slack refused for good, so that asking again changes nothing. */
export function isPermanentError(error: unknown): boolean {
  return (
    error instanceof SlackSetupError || (isPlatformError(error) && !TRANSIENT_ERRORS.has(error.data.error))
  );
}

const QUICK_RETRY_DELAYS_MS = [200, 600];

/** Makes a call that changes nothing, up to three times while Slack has trouble. The client retries a lost connection. */
export async function retryTransient<T>(call: () => Promise<T>): Promise<T> {
  for (const delayMs of QUICK_RETRY_DELAYS_MS) {
    try {
      return await call();
    } catch (error) {
      if (!isPlatformError(error) || isPermanentError(error)) throw error;
      await sleep(delayMs);
    }
  }
  return call();
}

/**
 * Makes a call until Slack answers, however long that takes. Throws when Slack refuses for good, or on abort. The log
 * gets one line when Slack cannot be reached and one when it can again, not one for each attempt.
 */
export async function retryUntilSlackResponds<T>(
  call: () => Promise<T>,
  log: Log,
  signal: AbortSignal,
): Promise<T> {
  for (let backoffMs = INITIAL_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)) {
    signal.throwIfAborted();
    try {
      const answer = await call();
      if (backoffMs > INITIAL_BACKOFF_MS) log.info({}, 'Slack is reachable again');
      return answer;
    } catch (error) {
      if (isPermanentError(error)) throw error;
      if (backoffMs === INITIAL_BACKOFF_MS)
        log.warn({ reason: rootCauseOf(error) }, 'Slack is unreachable, retrying');
      await sleep(backoffMs, undefined, { signal });
    }
  }
}

/** Returns why a request failed: the network's own words, below the wrappers of the client. */
function rootCauseOf(error: unknown): string {
  const cause =
    error instanceof Error ? (error.cause ?? (error as { original?: unknown }).original) : undefined;
  if (cause instanceof Error) return rootCauseOf(cause);
  if (error instanceof AggregateError) return rootCauseOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
