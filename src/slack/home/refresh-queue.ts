import type { SlackUserId } from '../../domain/person.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { type Pause, patiently } from '../sleep.ts';

/** Whose Home follows what changes. */
export interface HomeQueue {
  /** They are looking at it, or did a moment ago. */
  opened(person: SlackUserId): void;
  /** Something that this person may see there has changed; without one, that anybody may see. */
  changed(person?: SlackUserId): void;
  /** Their Home follows nothing any more. */
  forget(person: SlackUserId): void;
  /** Resolves when every Home that was to follow has followed. */
  idle(): Promise<void>;
  /** Lets what is under way finish, and begins nothing more. */
  stop(): Promise<void>;
}

export interface HomeQueueOptions {
  /** Brings one Home up to date; whether Slack had to be called for it. */
  readonly refresh: (person: SlackUserId) => Promise<boolean>;
  readonly log: Log;
  /** Milliseconds; the machine's own, so that a rehearsed week does not pass for one. */
  readonly uptime?: () => number;
  readonly pause?: Pause;
  readonly settleMs?: number;
  /** So many at once, then one after each pause. */
  readonly burst?: number;
  readonly everyMs?: number;
  readonly most?: number;
}

/** Several changes at once are one. */
const SETTLE_MS = 400;
/** Slack allows a hundred a minute and more, and people who open theirs need some of them: https://docs.slack.dev/reference/methods/views.publish */
const BURST = 15;
const EVERY_MS = 1_000;
const MOST = 200;
/** Whoever opens their Home gets it anew anyway, so it need not follow for long. */
const LATELY_MS = 24 * 60 * 60_000;

/**
 * Brings Homes up to date that were opened lately, one after the other and never faster than Slack likes.
 *
 * Who opened theirs is remembered in memory: a restart forgets it, and the next opening repairs it.
 */
export function keepHomesFresh({
  refresh,
  log,
  uptime = () => performance.now(),
  pause = patiently,
  settleMs = SETTLE_MS,
  burst = BURST,
  everyMs = EVERY_MS,
  most = MOST,
}: HomeQueueOptions): HomeQueue {
  const openedAt = new Map<SlackUserId, number>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let stale = new Set<SlackUserId>();
  let running: Promise<void> | null = null;

  const forget = (person: SlackUserId) => {
    openedAt.delete(person);
    stale.delete(person);
  };

  const refreshed = async (person: SlackUserId): Promise<boolean> => {
    try {
      return await refresh(person);
    } catch (error) {
      log.error({ user: person, err: error }, 'Could not bring a Home up to date');
      return true;
    }
  };

  let left = burst;
  let countedAt = uptime();
  /** Waits until another may follow the one that was just sent. */
  const takeOne = async () => {
    const at = uptime();
    left = Math.min(burst, left + (at - countedAt) / everyMs) - 1;
    countedAt = at;
    if (left < 1) await pause((1 - left) * everyMs, signal);
  };

  const work = async () => {
    await pause(settleMs, signal);
    for (let [person] = stale; person !== undefined && !signal.aborted; [person] = stale) {
      stale.delete(person);
      if (await refreshed(person)) await takeOne();
    }
  };
  const wake = () => {
    if (stale.size === 0 || signal.aborted) return;
    running ??= work().finally(() => {
      running = null;
      wake();
    });
  };

  return {
    opened(person) {
      // Whoever opened theirs last stands last.
      openedAt.delete(person);
      openedAt.set(person, uptime());
      const [longestAgo] = openedAt.keys();
      if (openedAt.size > most && longestAgo) forget(longestAgo);
    },
    changed(person) {
      for (const [known, at] of openedAt) if (uptime() - at > LATELY_MS) forget(known);
      if (person === undefined) stale = new Set([...stale, ...openedAt.keys()]);
      else if (openedAt.has(person)) stale = new Set([person, ...stale]);
      wake();
    },
    forget,
    async idle() {
      while (running !== null) await running;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
