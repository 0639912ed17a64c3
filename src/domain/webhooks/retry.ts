const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The wait after each failed attempt: together a little more than a day. */
const RETRY_DELAYS_MS = [
  10 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  9 * HOUR,
] as const;

/** A receiver can ask for a longer wait, up to this. */
const MAX_RETRY_AFTER_MS = HOUR;

/** Receivers that failed together are not called together again. */
const MAX_JITTER = 0.1;

/** Returns how long to wait after a failed attempt; undefined when a day of attempts has passed. */
export function webhookRetryDelayMs({
  attempts,
  retryAfterMs,
  random,
}: {
  /** Attempts so far, the failed one included. */
  readonly attempts: number;
  /** What the receiver asked for, if anything. */
  readonly retryAfterMs: number | null;
  /** From 0 to 1. */
  readonly random: number;
}): number | undefined {
  const delay = RETRY_DELAYS_MS[attempts - 1];
  if (delay === undefined) return undefined;
  return Math.max(delay * (1 + random * MAX_JITTER), Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
