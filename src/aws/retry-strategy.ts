import { randomInt } from 'node:crypto';

/** How a call failed, in the words of the SDK. */
type ErrorType = 'THROTTLING' | 'TRANSIENT' | 'SERVER_ERROR' | 'CLIENT_ERROR';

interface RetryToken {
  getRetryCount(): number;
  getRetryDelay(): number;
  getRetryCost(): number;
}

/** Full jitter below these, doubled with every attempt. */
const BASE_DELAY_MS: Record<Exclude<ErrorType, 'CLIENT_ERROR'>, number> = {
  THROTTLING: 500,
  TRANSIENT: 100,
  SERVER_ERROR: 100,
};
const MAX_DELAY_MS = 10_000;

/** Retries that may be under way without success before retrying stops: AWS is down then, or refuses everything. */
const BUDGET = 500;

/**
 * Retries what may pass, with exponential backoff and full jitter, within one budget for all clients.
 *
 * The SDK's `adaptive` mode slows down every account after a single throttled call, although IAM counts calls per
 * account: with 0.5% of the calls throttled a scan took fifteen times as long. Here only the throttled call waits. A
 * retry that succeeds gives its share of the budget back, and each success a little more.
 */
export class BudgetedRetryStrategy {
  readonly mode = 'standard';
  private budget = BUDGET;
  private readonly attempts: number;

  constructor(maxAttempts: number) {
    this.attempts = maxAttempts;
  }

  async maxAttempts(): Promise<number> {
    return this.attempts;
  }

  async acquireInitialRetryToken(): Promise<RetryToken> {
    return toToken(0, 0, 0);
  }

  /** Returns the permission to try again, and how long to wait before; throws where there is none. */
  async refreshRetryTokenForRetry(
    token: RetryToken,
    { errorType, retryAfterHint }: { readonly errorType: string; readonly retryAfterHint?: Date },
  ): Promise<RetryToken> {
    const retries = token.getRetryCount() + 1;
    if (!isRetryable(errorType)) throw new Error('This error is not retried');
    if (retries >= this.attempts) throw new Error('No attempt is left');
    if (this.budget < 1) throw new Error('The retry budget is used up');

    this.budget -= 1;
    const ceiling = Math.min(MAX_DELAY_MS, BASE_DELAY_MS[errorType] * 2 ** (retries - 1));
    const hinted = retryAfterHint ? Math.min(MAX_DELAY_MS, retryAfterHint.getTime() - Date.now()) : 0;
    return toToken(retries, Math.max(hinted, randomInt(ceiling)), token.getRetryCost() + 1);
  }

  recordSuccess(token: RetryToken): void {
    this.budget = Math.min(BUDGET, this.budget + token.getRetryCost() + 0.1);
  }
}

function isRetryable(errorType: string): errorType is keyof typeof BASE_DELAY_MS {
  return Object.hasOwn(BASE_DELAY_MS, errorType);
}

function toToken(count: number, delayMs: number, cost: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs, getRetryCost: () => cost };
}
