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
import { type AttemptOptions, DeliveryAttempt, type DeliveryOutcome, LEASE_MS } from './delivery-attempt.ts';
import { DeliveryPause } from './delivery-pause.ts';
import { RateLimiter } from './rate-limiter.ts';
import { createSender, type MessageContent } from './sender.ts';

export interface DispatcherOptions {
  readonly db: Database;
  /** From `createDispatcherClient`: one that never tries twice. */
  readonly client: WebClient;
  readonly render: (notification: Notification) => MessageContent;
  readonly now: () => Date;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock?: (() => Date) | undefined;
  readonly log: Log;
  /** Names this process among those on one database. */
  readonly instance: string;
  /** Returns why a recipient must not get anything, as a sentence; undefined when they can. */
  readonly blockReason?: (recipient: Recipient) => Promise<string | undefined>;
  /** Delivers what goes to a webhook. */
  readonly deliverWebhook?: WebhookDelivery | undefined;
  readonly sleep?: Sleep;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** One attempt to deliver a notification to a webhook; saves how it ended. */
export type WebhookDelivery = (
  notification: ClaimedNotification,
  signal?: AbortSignal,
) => Promise<Extract<DeliveryOutcome, 'sent' | 'failed' | 'dead' | 'lost'>>;

/** How many attempts ended how. */
export type DeliveryReport = Readonly<Record<DeliveryOutcome, number>>;

export interface OutboxDispatcher {
  /** Delivers what is due, and what becomes due meanwhile. Throws when the database cannot be reached. */
  deliverDue(signal?: AbortSignal): Promise<DeliveryReport>;
  /** Delivers whatever becomes due, until the signal; then finishes what it began. */
  run(signal: AbortSignal): Promise<void>;
  /** Says that notifications were queued: call it after the transaction that queued them. */
  wake(): void;
}

/** Notifications that are being delivered at the same time. */
const MAX_IN_FLIGHT = 8;

/** A claim costs as much for one notification as for several: it waits until this many slots are free. */
const FREE_SLOTS_BEFORE_CLAIM = MAX_IN_FLIGHT / 2;

/** The longest time between two claims: other instances queue notifications too, and clocks jump. */
const MAX_SLEEP_MS = 30_000;

/** A notification that waits for another one is due all the time. */
const MIN_SLEEP_MS = 1_000;

/** Creates the dispatcher: it delivers each notification once, whatever Slack, the network and the machine do. */
export function createDispatcher(options: DispatcherOptions): OutboxDispatcher {
  return new Dispatcher(options);
}

class Dispatcher implements OutboxDispatcher {
  readonly #db: Database;
  readonly #claimClock: (() => Date) | undefined;
  readonly #log: Log;
  readonly #instance: string;
  readonly #sleep: Sleep;
  readonly #pause: DeliveryPause;
  readonly #attemptOptions: AttemptOptions;
  readonly #deliverWebhook: WebhookDelivery | undefined;
  /** The attempts in flight, by the notification's id. They never reject. */
  readonly #inFlight = new Map<number, Promise<AttemptResult>>();
  #endedAttempts = 0;
  #wakeController = new AbortController();

  constructor(options: DispatcherOptions) {
    const { db, client, now, claimClock, log, instance, deliverWebhook, sleep = defaultSleep } = options;
    this.#db = db;
    this.#claimClock = claimClock;
    this.#log = log;
    this.#instance = instance;
    this.#sleep = sleep;
    this.#deliverWebhook = deliverWebhook;
    this.#pause = new DeliveryPause(now);
    this.#attemptOptions = {
      blockReason: async () => undefined,
      random: Math.random,
      ...options,
      sender: createSender(client, new RateLimiter(now, sleep)),
      pause: this.#pause,
    };
  }

  async deliverDue(signal?: AbortSignal): Promise<DeliveryReport> {
    const report = { sent: 0, edited: 0, found: 0, failed: 0, uncertain: 0, dead: 0, kept: 0, lost: 0 };
    let failure: AttemptResult['error'];
    const count = ({ outcome, error }: AttemptResult) => {
      if (outcome) report[outcome] += 1;
      failure ??= error;
    };
    for (;;) {
      // A recipient that was busy at the claim may have more: only a claim of an idle dispatcher is the last one.
      const isIdle = this.#inFlight.size === 0;
      if (!failure && this.#hasFreeSlots()) {
        try {
          for (const attempt of await this.#claim(signal)) void attempt.then(count);
        } catch (error) {
          failure = { cause: error };
        }
      }
      if (this.#inFlight.size > 0) await Promise.race(this.#inFlight.values());
      else if (isIdle) break;
    }
    if (failure) throw failure.cause;
    return report;
  }

  async run(signal: AbortSignal): Promise<void> {
    let sleepMs = 0;
    let mustClaim = true;
    while (!signal.aborted) {
      this.#wakeController = new AbortController();
      const ended = this.#endedAttempts;
      if (mustClaim || this.#hasFreeSlots()) sleepMs = await this.#claimAndPlan(signal);
      // A recipient that was busy when we claimed may be free since.
      mustClaim = this.#endedAttempts !== ended || (await this.#waitForChange(sleepMs, signal));
    }
    await Promise.all(this.#inFlight.values());
  }

  wake(): void {
    this.#wakeController.abort();
  }

  /** Starts what is due, and returns how long to sleep until something else is. */
  async #claimAndPlan(signal: AbortSignal): Promise<number> {
    try {
      for (const attempt of await this.#claim(signal)) void attempt.then(({ error }) => this.#report(error));
      const dueInMs = (await nextDueInMs(this.#db, this.#claimClock?.())) ?? MAX_SLEEP_MS;
      return Math.min(MAX_SLEEP_MS, Math.max(dueInMs, this.#pause.remainingMs(), MIN_SLEEP_MS));
    } catch (error) {
      this.#report({ cause: error });
      return MAX_SLEEP_MS;
    }
  }

  /** Returns whether time or a wake-up was first, and not an attempt that ended. */
  async #waitForChange(sleepMs: number, signal: AbortSignal): Promise<boolean> {
    const attemptEnded = new AbortController();
    const stopOrWake = AbortSignal.any([signal, this.#wakeController.signal]);
    if (stopOrWake.aborted) return true;
    const sleeping = this.#sleep(sleepMs, AbortSignal.any([stopOrWake, attemptEnded.signal]));
    const first = await Promise.race([
      sleeping.then(() => 'time'),
      ...[...this.#inFlight.values()].map((attempt) => attempt.then(() => 'attempt')),
    ]);
    attemptEnded.abort();
    return first === 'time' || stopOrWake.aborted;
  }

  /** Claims as much as there are free slots for, and starts the attempts. */
  async #claim(signal: AbortSignal | undefined): Promise<readonly Promise<AttemptResult>[]> {
    const limit = MAX_IN_FLIGHT - this.#inFlight.size;
    if (limit <= 0 || signal?.aborted) return [];
    const isPaused = this.#pause.remainingMs() > 0;
    if (isPaused && !this.#deliverWebhook) return [];
    // A token that Slack refuses stops messages, not webhooks.
    const only = isPaused ? ('webhook' as const) : undefined;
    const claim = { by: this.#instance, limit, leaseMs: LEASE_MS, only, at: this.#claimClock?.() };
    const notifications = await claimDue(this.#db, claim);
    // A clock that jumps can end the lease of a notification that this very process is delivering.
    return notifications
      .filter(({ id }) => !this.#inFlight.has(id))
      .map((notification) => this.#start(notification, signal));
  }

  #start(notification: ClaimedNotification, signal: AbortSignal | undefined): Promise<AttemptResult> {
    const delivery =
      notification.to.kind === 'webhook' && this.#deliverWebhook
        ? this.#deliverWebhook(notification, signal)
        : new DeliveryAttempt(this.#attemptOptions, notification, signal).run();
    const attempt = delivery
      .then(
        (outcome): AttemptResult => ({ outcome }),
        (error: unknown): AttemptResult => ({ error: { cause: error } }),
      )
      .finally(() => {
        this.#inFlight.delete(notification.id);
        this.#endedAttempts += 1;
      });
    this.#inFlight.set(notification.id, attempt);
    return attempt;
  }

  #hasFreeSlots(): boolean {
    return this.#inFlight.size <= FREE_SLOTS_BEFORE_CLAIM;
  }

  #report(error: AttemptResult['error']): void {
    if (error) this.#log.error({ error: errorText(error.cause) }, 'Delivery paused');
  }
}

interface AttemptResult {
  readonly outcome?: DeliveryOutcome;
  /** Why the end of the attempt could not be saved. */
  readonly error?: { readonly cause: unknown };
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
