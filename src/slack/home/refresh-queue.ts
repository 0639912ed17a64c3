import type { SlackUserId } from '../../domain/person.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { defaultSleep, type Sleep } from '../sleep.ts';

/** Whose Home follows what changes. */
export interface HomeRefreshQueue {
  /** They are looking at it, or did a moment ago. */
  markOpened(person: SlackUserId): void;
  /** Something that this person may see there has changed; without one, that anybody may see. */
  invalidate(person?: SlackUserId): void;
  /** Their Home follows nothing any more. */
  remove(person: SlackUserId): void;
  /** Resolves when every Home that was to follow has followed. */
  idle(): Promise<void>;
  /** Lets what is under way finish, and begins nothing more. */
  stop(): Promise<void>;
}

export interface HomeRefreshQueueOptions {
  /** Brings one Home up to date; whether Slack had to be called for it. */
  readonly refresh: (person: SlackUserId) => Promise<boolean>;
  readonly log: Log;
  /** Milliseconds; the machine's own, so that a rehearsed week does not pass for one. */
  readonly uptime?: () => number;
  readonly sleep?: Sleep;
  readonly debounceMs?: number;
  /** So many at once, then one after each pause. */
  readonly burst?: number;
  readonly intervalMs?: number;
  readonly maxTracked?: number;
}

/** Several changes at once are one. */
const DEBOUNCE_MS = 400;
/** Slack allows a hundred a minute and more, and people who open theirs need some of them: https://docs.slack.dev/reference/methods/views.publish */
const BURST = 15;
const INTERVAL_MS = 1_000;
const MAX_TRACKED = 200;
/** Whoever opens their Home gets it anew anyway, so it need not follow for long. */
const FOLLOW_FOR_MS = 24 * 60 * 60_000;

/**
 * Brings Homes up to date that were opened lately, one after the other and never faster than Slack likes.
 *
 * Who opened theirs is remembered in memory: a restart forgets it, and the next opening repairs it.
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
  /** Waits until another may follow the one that was just sent. */
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
      // Whoever opened theirs last stands last.
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
