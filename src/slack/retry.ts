import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../usecases/shared/context.ts';
import { isPlatformError } from './slack-errors.ts';

/** Slack will not have us as things are: a person must change something. The message says what. */
export class SlackSetupError extends Error {
  override readonly name = 'SlackSetupError';
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Refusals that pass by themselves: nobody can do anything about them but wait. */
const PASSING: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Whether Slack refused for good, so that asking again leads nowhere. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SlackSetupError || (isPlatformError(error) && !PASSING.has(error.data.error));
}

/** What the question brings, as soon as Slack answers it. Asks for as long as it takes; throws when Slack says no. */
export async function whenSlackAnswers<T>(ask: () => Promise<T>, log: Log, signal: AbortSignal): Promise<T> {
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (isRefusal(error)) throw error;
      log.warn({ err: error, retryInMs: wait }, 'Slack cannot be reached; trying again');
      await pause(wait, undefined, { signal });
    }
  }
}
