import type { Sleep } from '../sleep.ts';

/** The methods that the dispatcher calls often. */
export type RateLimitedMethod =
  | 'chat.postMessage'
  | 'chat.update'
  | 'conversations.open'
  | 'conversations.history'
  | 'conversations.replies';

/** Thrown instead of a call that Slack asked us to make later. */
export class RetryLaterError extends Error {
  readonly until: Date;

  constructor(until: Date) {
    super(`Slack asked to wait until ${until.toISOString()}`);
    this.until = until;
  }
}

/** Thrown instead of a call because the bot stops. */
export class StoppedError extends Error {
  constructor() {
    super('The bot stopped before it was sent');
  }
}

/**
 * The pace of calls: a burst, then one after each pause. Slack allows methods of its third tier 50 times a
 * minute, and messages "several hundred" times a minute in the whole workspace; each leaves room for bursts. People
 * who use the bot meanwhile call some of the same methods, so we stay below.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 * @see https://docs.slack.dev/reference/methods/chat.postMessage#rate_limiting
 */
const TIER_3 = { burst: 20, intervalMs: 1_300 };
const RATE_LIMITS: Readonly<
  Record<RateLimitedMethod, { readonly burst: number; readonly intervalMs: number }>
> = {
  'chat.postMessage': { burst: 20, intervalMs: 250 },
  'chat.update': TIER_3,
  'conversations.open': TIER_3,
  'conversations.history': TIER_3,
  'conversations.replies': TIER_3,
};

/** "One message per second per channel." */
const CHANNEL_INTERVAL_MS = 1_000;

/** When this many channels are limited at once, the limit is the workspace's. */
const CHANNELS_BEFORE_WORKSPACE_PAUSE = 3;

/** Limits the calls of one process, for all notifications together. */
export class RateLimiter {
  readonly #now: () => Date;
  readonly #sleep: Sleep;
  readonly #tokens = new Map<RateLimitedMethod, { left: number; at: number }>();
  readonly #queues = new Map<RateLimitedMethod, Promise<unknown>>();
  readonly #lastPostAt = new Map<string, number>();
  readonly #pausedUntil = new Map<string, number>();

  constructor(now: () => Date, sleep: Sleep) {
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Waits until the call may be made. Throws `RetryLaterError` when Slack asked us to wait, `StoppedError` when the bot stops. */
  async acquire(method: RateLimitedMethod, channel: string | undefined, signal?: AbortSignal): Promise<void> {
    this.#throwIfPaused(method, channel);
    const last = this.#queues.get(method) ?? Promise.resolve();
    const current = last.then(() => this.#takeToken(method, signal));
    this.#queues.set(
      method,
      current.catch(() => undefined),
    );
    await current;
    if (method === 'chat.postMessage' && channel !== undefined) await this.#waitForChannel(channel, signal);
    if (signal?.aborted) throw new StoppedError();
    // Slack may have limited us while we waited.
    this.#throwIfPaused(method, channel);
  }

  /** Blocks such calls for the time that Slack named: those to that channel for a message, all others otherwise. */
  pauseCalls(method: RateLimitedMethod, channel: string | undefined, milliseconds: number): void {
    const until = this.#nowMs() + milliseconds;
    if (method !== 'chat.postMessage' || channel === undefined) {
      this.#pausedUntil.set(method, until);
      return;
    }
    this.#pausedUntil.set(channelKey(channel), until);
    const pausedChannels = [...this.#pausedUntil].filter(
      ([key, end]) => key.startsWith(channelKey('')) && end > this.#nowMs(),
    );
    if (pausedChannels.length >= CHANNELS_BEFORE_WORKSPACE_PAUSE) this.#pausedUntil.set(method, until);
  }

  #throwIfPaused(method: RateLimitedMethod, channel: string | undefined): void {
    const keys = channel === undefined ? [method] : [method, channelKey(channel)];
    for (const key of keys) {
      const until = this.#pausedUntil.get(key) ?? 0;
      if (until > this.#nowMs()) throw new RetryLaterError(new Date(until));
      this.#pausedUntil.delete(key);
    }
  }

  /** A token bucket; callers that find it empty wait in line for the next token. */
  async #takeToken(method: RateLimitedMethod, signal: AbortSignal | undefined): Promise<void> {
    const { burst, intervalMs } = RATE_LIMITS[method];
    const availableTokens = (): number => {
      const { left, at } = this.#tokens.get(method) ?? { left: burst, at: this.#nowMs() };
      // A clock that was set back takes nothing away.
      return Math.min(burst, left + Math.max(0, this.#nowMs() - at) / intervalMs);
    };
    const left = availableTokens();
    if (left < 1) await this.#sleep(Math.ceil((1 - left) * intervalMs), signal);
    this.#tokens.set(method, { left: Math.max(0, Math.max(left, availableTokens()) - 1), at: this.#nowMs() });
  }

  async #waitForChannel(channel: string, signal: AbortSignal | undefined): Promise<void> {
    const since = this.#nowMs() - (this.#lastPostAt.get(channel) ?? 0);
    if (since >= 0 && since < CHANNEL_INTERVAL_MS) await this.#sleep(CHANNEL_INTERVAL_MS - since, signal);
    const now = this.#nowMs();
    for (const [other, at] of this.#lastPostAt) {
      if (now - at >= CHANNEL_INTERVAL_MS) this.#lastPostAt.delete(other);
    }
    this.#lastPostAt.set(channel, now);
  }

  #nowMs(): number {
    return this.#now().getTime();
  }
}

function channelKey(channel: string): string {
  return `channel ${channel}`;
}
