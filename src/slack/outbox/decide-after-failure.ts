import type { DeliveryFailure } from './delivery-failure.ts';

/** What the next step depends on. */
export interface FailedAttempt {
  /** How many attempts there were, this one included. */
  readonly attempts: number;
  /** The message may have arrived, now or in an earlier attempt. */
  readonly uncertain: boolean;
  readonly now: Date;
  /** From 0 to 1; keeps notifications that failed together apart. */
  readonly random: number;
}

/** What to do after a failed attempt. */
export type NextStep =
  /** Try again; `uncertain`: look for the message before sending it again. */
  | {
      readonly kind: 'retry';
      readonly delayMs: number;
      readonly uncertain: boolean;
      /** No notification can be delivered until someone who runs the bot acts. */
      readonly pauseAll: boolean;
    }
  | { readonly kind: 'give-up'; readonly error: string };

const INITIAL_BACKOFF_MS = 5_000;
export const MAX_BACKOFF_MS = 15 * 60_000;

/** A call without an answer can still be at work in Slack: looking too early would find nothing, and send it twice. */
const UNCERTAIN_DELAY_MS = 30_000;

/** An unknown refusal is believed after that many attempts: some hours. */
const MAX_REFUSED_ATTEMPTS = 20;

/** A failure whose meaning is known: whether an account or the token is inactive has been found out. */
export type ClassifiedFailure = Exclude<DeliveryFailure, { readonly kind: 'inactive' }>;

/** Decides what to do after a failed attempt. */
export function decideAfterFailure(failure: ClassifiedFailure, attempt: FailedAttempt): NextStep {
  const { attempts, uncertain, now } = attempt;
  const retry = (delayMs: number, pauseAll = false): NextStep => ({
    kind: 'retry',
    delayMs,
    uncertain,
    pauseAll,
  });
  switch (failure.kind) {
    case 'stopped':
      return retry(0);
    case 'retry-later':
      return retry(failure.until.getTime() - now.getTime());
    case 'rate-limited':
      return retry(failure.retryAfterMs);
    case 'permanent':
      return {
        kind: 'give-up',
        error: uncertain ? `${failure.error}. An earlier attempt may have arrived` : failure.error,
      };
    case 'operator':
      return retry(backoffMs(attempt), failure.all);
    case 'layout':
    case 'no-thread':
    case 'refused':
      return attempts >= MAX_REFUSED_ATTEMPTS
        ? { kind: 'give-up', error: failure.error }
        : retry(backoffMs(attempt));
    case 'not-sent':
      return retry(backoffMs(attempt));
    case 'unknown':
      return retry(uncertain ? Math.max(UNCERTAIN_DELAY_MS, backoffMs(attempt)) : backoffMs(attempt));
  }
}

/** Doubles with every attempt, less up to half of it by chance. */
function backoffMs({ attempts, random }: FailedAttempt): number {
  return Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** Math.max(0, attempts - 1)) * (0.5 + random / 2);
}
