import type { SlackUserId } from '../../domain/person.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { defaultSleep, type Sleep } from '../sleep.ts';

/** The people whose Homes are kept up to date. */
export interface HomeRefreshQueue {
  /** They opened their Home just now. */
  markOpened(person: SlackUserId): void;
  /** Something on this person's Home has changed; without a person, on anyone's. */
  invalidate(person?: SlackUserId): void;
  /** Stops updating their Home. */
  remove(person: SlackUserId): void;
  /** Resolves when every pending Home is up to date. */
  idle(): Promise<void>;
  /** Finishes the update in progress and starts no other. */
  stop(): Promise<void>;
}

export interface HomeRefreshQueueOptions {
  /** Updates one Home; returns whether that took a call to Slack. */
  readonly refresh: (person: SlackUserId) => Promise<boolean>;
  readonly log: Log;
  /** The machine's clock in milliseconds: a simulated week must not count as a real one. */
  readonly uptime?: () => number;
  readonly sleep?: Sleep;
  readonly debounceMs?: number;
  /** The size of a burst; then one after each pause. */
  readonly burst?: number;
  readonly intervalMs?: number;
  readonly maxTracked?: number;
}

/** Changes within this time become one update. */
const DEBOUNCE_MS = 400;
/** Slack allows 100 a minute or more, and people who open their Home need some of them: https://docs.slack.dev/reference/methods/views.publish */
const BURST = 15;
const INTERVAL_MS = 1_000;
const MAX_TRACKED = 200;
/** How long a Home is kept up to date: opening it again renders it again anyway. */
const FOLLOW_FOR_MS = 24 * 60 * 60_000;

/**
 * Updates recently opened Homes one by one, within Slack's rate limit.
 *
 * Viewers are kept in memory only: after a restart, a Home is updated again once it is opened.
 */
export function createHomeRefreshQueue({
  refresh,
  log,
  uptime = () => performance.now(),
  sleep = defaultSleep,
  debounceMs = DEBOUNCE_MS,
  burst = BURST,
  intervalMs = INTERVAL_MS,
  maxTracked = MAX_TRACKED,
}: HomeRefreshQueueOptions): HomeRefreshQueue {
  const openedAt = new Map<SlackUserId, number>();
  const stopController = new AbortController();
  const { signal } = stopController;
  let stale = new Set<SlackUserId>();
  let running: Promise<void> | null = null;

  const remove = (person: SlackUserId) => {
    openedAt.delete(person);
    stale.delete(person);
  };

  const tryRefresh = async (person: SlackUserId): Promise<boolean> => {
    try {
      return await refresh(person);
    } catch (error) {
      log.error({ user: person, err: error }, 'Could not refresh a Home');
      return true;
    }
  };

  let tokens = burst;
  let countedAt = uptime();
  /** Waits until the rate limit allows another update. */
  const takeToken = async () => {
    const at = uptime();
    tokens = Math.min(burst, tokens + (at - countedAt) / intervalMs) - 1;
    countedAt = at;
    if (tokens < 1) await sleep((1 - tokens) * intervalMs, signal);
  };

  const drainStale = async () => {
    await sleep(debounceMs, signal);
    for (let [person] = stale; person !== undefined && !signal.aborted; [person] = stale) {
      stale.delete(person);
      if (await tryRefresh(person)) await takeToken();
    }
  };
  const start = () => {
    if (stale.size === 0 || signal.aborted) return;
    running ??= drainStale().finally(() => {
      running = null;
      start();
    });
  };

  return {
    markOpened(person) {
      // Keep the order in which the Homes were opened.
      openedAt.delete(person);
      openedAt.set(person, uptime());
      const [oldest] = openedAt.keys();
      if (openedAt.size > maxTracked && oldest) remove(oldest);
    },
    invalidate(person) {
      for (const [tracked, at] of openedAt) if (uptime() - at > FOLLOW_FOR_MS) remove(tracked);
      if (person === undefined) stale = new Set([...stale, ...openedAt.keys()]);
      else if (openedAt.has(person)) stale = new Set([person, ...stale]);
      start();
    },
    remove,
    async idle() {
      while (running !== null) await running;
    },
    async stop() {
      stopController.abort();
      await running;
    },
  };
}
