/** How often a method may be called: `burst` at once, then one each `everyMs`. */
export interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/**
 * Slack's tiers, per method and minute. Tier 1 is "1+ per minute, with some bursts"; the others are their documented
 * minimum. A message may be posted about once a second in a channel.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
export const RATES = {
  tier1: { burst: 10, everyMs: 60_000 },
  tier2: { burst: 20, everyMs: 3_000 },
  tier3: { burst: 50, everyMs: 1_200 },
  tier4: { burst: 100, everyMs: 600 },
  special: { burst: 300, everyMs: 200 },
  posting: { burst: 4, everyMs: 1_000 },
} satisfies Record<string, Rate>;

/** Counts calls by key, each key at its own rate. */
export class RateLimiter {
  readonly #now: () => number;
  readonly #left = new Map<string, { tokens: number; at: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait before the next call; null if this one may go through, which counts it. */
  retryAfterSeconds(key: string, { burst, everyMs }: Rate): number | null {
    const now = this.#now();
    const before = this.#left.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + (now - before.at) / everyMs);
    if (tokens < 1) {
      this.#left.set(key, { tokens, at: now });
      return Math.max(1, Math.ceil(((1 - tokens) * everyMs) / 1000));
    }
    this.#left.set(key, { tokens: tokens - 1, at: now });
    return null;
  }
}
