import type { WebClient } from '@slack/web-api';
import type { Database } from '../../store/database.ts';
import {
  type ClaimedNotification,
  claimDue,
  type Notification,
  nextDueInMs,
  type Recipient,
} from '../../store/outbox.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { defaultSleep, type Sleep } from '../sleep.ts';
import { createDeliveryAttempts, type DeliveryOutcome, LEASE_MS } from './delivery-attempt.ts';
import { RateLimiter } from './rate-limiter.ts';
import { createSender, type MessageContent } from './sender.ts';

export interface DispatcherOptions {
  readonly db: Database;
  /** From `postmanClient`: one that never tries twice. */
  readonly client: WebClient;
  readonly render: (notification: Notification) => MessageContent;
  readonly now: () => Date;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock?: (() => Date) | undefined;
  readonly log: Log;
  /** Names this process among those on one database. */
  readonly instance: string;
  /** Why a channel or a person must not get anything: a sentence; undefined if they may. */
  readonly blockReason?: (recipient: Recipient) => Promise<string | undefined>;
  readonly sleep?: Sleep;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** How many attempts ended how. */
export type DeliveryReport = Readonly<Record<DeliveryOutcome, number>>;

export interface OutboxDispatcher {
  /** Delivers what is due, and what becomes due meanwhile. Throws if the database cannot be asked. */
  deliverDue(signal?: AbortSignal): Promise<DeliveryReport>;
  /** Delivers whatever is due whenever it is, until the signal; then ends what it began. */
  run(signal: AbortSignal): Promise<void>;
  /** Says that letters were written: call it after the transaction that wrote them. */
  wake(): void;
}

/** So many letters are on their way at once. */
const MAX_IN_FLIGHT = 8;

/** The outbox is asked at least that often: other instances write letters too, and clocks jump. */
const MAX_SLEEP_MS = 30_000;

/** Letters that wait for another one are due all the time. */
const MIN_SLEEP_MS = 1_000;

/** Delivers letters: each once, whatever Slack, the network and the machine do. */
export function createDispatcher({
  db,
  client,
  render,
  now,
  claimClock,
  log,
  instance,
  blockReason = async () => undefined,
  sleep = defaultSleep,
  random = Math.random,
}: DispatcherOptions): OutboxDispatcher {
  const sender = createSender(client, new RateLimiter(now, sleep));
  const attempts = createDeliveryAttempts({
    db,
    sender,
    render,
    blockReason,
    now,
    claimClock,
    log,
    instance,
    random,
  });
  const inFlight = new Set<number>();
  let wakeController = new AbortController();

  async function deliverDue(signal?: AbortSignal): Promise<DeliveryReport> {
    const report = { sent: 0, edited: 0, found: 0, failed: 0, uncertain: 0, dead: 0, kept: 0, lost: 0 };
    const slots = new Set<Promise<void>>();
    const errors: unknown[] = [];

    const start = (notification: ClaimedNotification) => {
      // A clock that jumps may end the lease of a letter that this very process has in hand.
      if (inFlight.has(notification.id)) return;
      inFlight.add(notification.id);
      const slot = attempts
        .attemptDelivery(notification, signal)
        .then((outcome) => {
          report[outcome] += 1;
        })
        .catch((error: unknown) => {
          errors.push(error);
        })
        .finally(() => {
          inFlight.delete(notification.id);
          slots.delete(slot);
        });
      slots.add(slot);
    };

    const claim = async (limit: number) => {
      try {
        const notifications = await claimDue(db, {
          by: instance,
          limit,
          leaseMs: LEASE_MS,
          at: claimClock?.(),
        });
        for (const notification of notifications) start(notification);
      } catch (error) {
        errors.push(error);
      }
    };

    for (;;) {
      const canClaim = !signal?.aborted && errors.length === 0 && attempts.pausedForMs() === 0;
      // Whoever had a letter on its way when we asked may have more: only an answer to the idle is the last.
      const isIdle = slots.size === 0;
      // To claim one letter costs as much as to claim several.
      if (canClaim && slots.size <= MAX_IN_FLIGHT / 2) await claim(MAX_IN_FLIGHT - slots.size);
      if (slots.size > 0) await Promise.race(slots);
      else if (isIdle) break;
    }
    if (errors.length > 0) throw errors[0];
    return report;
  }

  async function nextSleepMs(): Promise<number> {
    const dueInMs = (await nextDueInMs(db, claimClock?.())) ?? MAX_SLEEP_MS;
    return Math.min(MAX_SLEEP_MS, Math.max(dueInMs, attempts.pausedForMs(), MIN_SLEEP_MS));
  }

  return {
    deliverDue,

    async run(signal) {
      while (!signal.aborted) {
        wakeController = new AbortController();
        const sleepMs = await deliverDue(signal)
          .then(nextSleepMs)
          .catch((error: unknown) => {
            log.error({ error: errorText(error) }, 'Letters cannot be delivered for a while');
            return MAX_SLEEP_MS;
          });
        const stopOrWake = AbortSignal.any([signal, wakeController.signal]);
        if (!stopOrWake.aborted) await sleep(sleepMs, stopOrWake);
      }
    },

    wake() {
      wakeController.abort();
    },
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
