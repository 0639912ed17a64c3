import type { Log } from '../usecases/shared/context.ts';

/** Why a request is refused, and with which status. */
export interface Rejection {
  readonly status: number;
  readonly reason: string;
}

/** How far a request's time may be ahead of ours. */
const MAX_CLOCK_SKEW_MS = 60_000;
/** How old a request may be, for Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const MAX_AGE_MS = 5 * 60_000;

/** Returns why a request of that time is refused; undefined for one that was just sent. */
export function timestampProblem(sentAtMs: number, nowMs: number): string | undefined {
  if (!Number.isFinite(sentAtMs) || sentAtMs < nowMs - MAX_AGE_MS) return 'too old';
  return sentAtMs > nowMs + MAX_CLOCK_SKEW_MS ? 'in the future' : undefined;
}

/** Logs the first refused request of each minute: a flood must not fill the log. */
export function createRejectionLog(log: Log, now: () => number): (reason: string) => void {
  let lastMinute = -1;
  let unlogged = 0;
  return (reason) => {
    const minute = Math.floor(now() / 60_000);
    if (minute === lastMinute) {
      unlogged += 1;
      return;
    }
    log.warn({ reason, ...(unlogged > 0 && { alsoRefused: unlogged }) }, 'Request refused');
    lastMinute = minute;
    unlogged = 0;
  };
}
