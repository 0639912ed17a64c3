import type { Pause } from '../sleep.ts';

/** What the postman calls again and again. */
export type PacedMethod =
  | 'chat.postMessage'
  | 'chat.update'
  | 'conversations.open'
  | 'conversations.history'
  | 'conversations.replies';

/** Slack asked us to come back later with a call; it was not made. */
export class ComeBackLater extends Error {
  readonly until: Date;

  constructor(until: Date) {
    super(`Slack asked to wait until ${until.toISOString()}`);
    this.until = until;
  }
}

/** The bot stops; the call was not made. */
export class Stopped extends Error {
  constructor() {
    super('The bot stopped before it was sent');
  }
}

/**
 * How fast we call: so many at once, then one after each pause. Slack allows methods of its third tier 50 times a
 * minute, and messages "several hundred" times a minute in the whole workspace; each leaves room for bursts. People
 * who use the bot meanwhile call some of the same methods, so we stay below.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 * @see https://docs.slack.dev/reference/methods/chat.postMessage#rate_limiting
 */
const THIRD_TIER = { burst: 20, everyMs: 1_300 };
const PACES: Readonly<Record<PacedMethod, { readonly burst: number; readonly everyMs: number }>> = {
  'chat.postMessage': { burst: 20, everyMs: 250 },
  'chat.update': THIRD_TIER,
  'conversations.open': THIRD_TIER,
  'conversations.history': THIRD_TIER,
  'conversations.replies': THIRD_TIER,
};

/** "One message per second per channel." */
const CHANNEL_EVERY_MS = 1_000;

/** So many channels that want a rest at once are not to blame themselves: the workspace is. */
const CHANNELS_AT_REST = 3;

/** The pace of one process, for all letters together. */
export class Pace {
  readonly #now: () => Date;
  readonly #pause: Pause;
  readonly #tokens = new Map<PacedMethod, { left: number; at: number }>();
  readonly #queues = new Map<PacedMethod, Promise<unknown>>();
  readonly #lastPosts = new Map<string, number>();
  readonly #rests = new Map<string, number>();

  constructor(now: () => Date, pause: Pause) {
    this.#now = now;
    this.#pause = pause;
  }

  /** Waits until the call may be made. Throws `ComeBackLater` when Slack asked us to, `Stopped` when the bot stops. */
  async turn(method: PacedMethod, channel: string | undefined, signal?: AbortSignal): Promise<void> {
    this.#refuseAtRest(method, channel);
    const last = this.#queues.get(method) ?? Promise.resolve();
    const mine = last.then(() => this.#next(method, signal));
    this.#queues.set(
      method,
      mine.catch(() => undefined),
    );
    await mine;
    if (method === 'chat.postMessage' && channel !== undefined) await this.#channelTurn(channel, signal);
    if (signal?.aborted) throw new Stopped();
    // Slack may have lost its patience while we waited.
    this.#refuseAtRest(method, channel);
  }

  /** Remembers that Slack wants no such call for so long: of that channel for a message, of anybody for the rest. */
  rest(method: PacedMethod, channel: string | undefined, milliseconds: number): void {
    const until = this.#time() + milliseconds;
    if (method !== 'chat.postMessage' || channel === undefined) {
      this.#rests.set(method, until);
      return;
    }
    this.#rests.set(restOf(channel), until);
    const resting = [...this.#rests].filter(([key, end]) => key.startsWith(restOf('')) && end > this.#time());
    if (resting.length >= CHANNELS_AT_REST) this.#rests.set(method, until);
  }

  #refuseAtRest(method: PacedMethod, channel: string | undefined): void {
    const keys = channel === undefined ? [method] : [method, restOf(channel)];
    for (const key of keys) {
      const until = this.#rests.get(key) ?? 0;
      if (until > this.#time()) throw new ComeBackLater(new Date(until));
      this.#rests.delete(key);
    }
  }

  /** A bucket that fills with time; whoever finds it empty waits for one drop, and the others behind them. */
  async #next(method: PacedMethod, signal: AbortSignal | undefined): Promise<void> {
    const { burst, everyMs } = PACES[method];
    const fill = (): number => {
      const { left, at } = this.#tokens.get(method) ?? { left: burst, at: this.#time() };
      // A clock that was set back takes nothing away.
      return Math.min(burst, left + Math.max(0, this.#time() - at) / everyMs);
    };
    const left = fill();
    if (left < 1) await this.#pause(Math.ceil((1 - left) * everyMs), signal);
    this.#tokens.set(method, { left: Math.max(0, Math.max(left, fill()) - 1), at: this.#time() });
  }

  async #channelTurn(channel: string, signal: AbortSignal | undefined): Promise<void> {
    const since = this.#time() - (this.#lastPosts.get(channel) ?? 0);
    if (since >= 0 && since < CHANNEL_EVERY_MS) await this.#pause(CHANNEL_EVERY_MS - since, signal);
    const now = this.#time();
    for (const [other, at] of this.#lastPosts) {
      if (now - at >= CHANNEL_EVERY_MS) this.#lastPosts.delete(other);
    }
    this.#lastPosts.set(channel, now);
  }

  #time(): number {
    return this.#now().getTime();
  }
}

function restOf(channel: string): string {
  return `channel ${channel}`;
}
