import type { Database } from '../../store/database.ts';
import { type ClaimedNotification, claimDue, nextDueInMs, type Transport } from '../../store/outbox.ts';
import type { Log } from '../../usecases/shared/context.ts';
import type { Sleep } from '../sleep.ts';
import { type DeliveryOutcome, LEASE_MS } from './delivery-attempt.ts';

export interface DeliveryLoopOptions {
  readonly db: Database;
  /** Notifications to others are not claimed. */
  readonly transport: Transport;
  /** Makes one attempt, and saves how it ended. */
  readonly deliver: (notification: ClaimedNotification, signal?: AbortSignal) => Promise<DeliveryOutcome>;
  /** Returns for how long nothing can be delivered. */
  readonly pauseMs: () => number;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock: (() => Date) | undefined;
  readonly log: Log;
  /** Names this process among those on one database. */
  readonly instance: string;
  readonly sleep: Sleep;
}

/** Notifications that are being delivered at the same time. */
const MAX_IN_FLIGHT = 8;

/** A claim costs as much for one notification as for several: it waits until this many slots are free. */
const FREE_SLOTS_BEFORE_CLAIM = MAX_IN_FLIGHT / 2;

/** The longest that a claim waits for slots: calls that hang must not keep the other slots empty. */
const MAX_WAIT_FOR_SLOTS_MS = 250;

/** The longest time between two claims: other instances queue notifications too, and clocks jump. */
const MAX_SLEEP_MS = 30_000;

/** A notification that waits for another one is due all the time. */
const MIN_SLEEP_MS = 1_000;

/** Claims and delivers the notifications to one transport. */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  /** The attempts in flight, by the notification's id. They never reject. */
  readonly #inFlight = new Map<number, Promise<AttemptResult>>();
  #endedAttempts = 0;
  #wakeController = new AbortController();

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
  }

  /** Delivers what is due, and what becomes due meanwhile; reports each outcome. Throws what could not be saved. */
  async deliverDue(onOutcome: (outcome: DeliveryOutcome) => void, signal?: AbortSignal): Promise<void> {
    let failure: AttemptResult['error'];
    const count = ({ outcome, error }: AttemptResult) => {
      if (outcome) onOutcome(outcome);
      failure ??= error;
    };
    for (;;) {
      // A recipient that was busy at the claim may have more: only a claim of an idle loop is the last one.
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
  }

  /** Delivers whatever becomes due, until the signal; then finishes what it began. */
  async run(signal: AbortSignal): Promise<void> {
    let sleepMs = 0;
    let mustClaim = true;
    while (!signal.aborted) {
      this.#wakeController = new AbortController();
      const ended = this.#endedAttempts;
      if (mustClaim || this.#hasFreeSlots()) sleepMs = await this.#claimAndPlan(signal);
      else sleepMs = Math.min(sleepMs, MAX_WAIT_FOR_SLOTS_MS);
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
    const { db, transport, claimClock, pauseMs } = this.#options;
    try {
      for (const attempt of await this.#claim(signal)) void attempt.then(({ error }) => this.#report(error));
      const dueInMs = (await nextDueInMs(db, claimClock?.(), transport)) ?? MAX_SLEEP_MS;
      return Math.min(MAX_SLEEP_MS, Math.max(dueInMs, pauseMs(), MIN_SLEEP_MS));
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
    const sleeping = this.#options.sleep(sleepMs, AbortSignal.any([stopOrWake, attemptEnded.signal]));
    const first = await Promise.race([
      sleeping.then(() => 'time'),
      ...[...this.#inFlight.values()].map((attempt) => attempt.then(() => 'attempt')),
    ]);
    attemptEnded.abort();
    return first === 'time' || stopOrWake.aborted;
  }

  /** Claims as much as there are free slots for, and starts the attempts. */
  async #claim(signal: AbortSignal | undefined): Promise<readonly Promise<AttemptResult>[]> {
    const { db, transport, pauseMs, instance, claimClock } = this.#options;
    const limit = MAX_IN_FLIGHT - this.#inFlight.size;
    if (limit <= 0 || signal?.aborted || pauseMs() > 0) return [];
    const notifications = await claimDue(db, {
      by: instance,
      limit,
      leaseMs: LEASE_MS,
      transport,
      at: claimClock?.(),
    });
    // A clock that jumps can end the lease of a notification that this very process is delivering.
    return notifications
      .filter(({ id }) => !this.#inFlight.has(id))
      .map((notification) => this.#start(notification, signal));
  }

  #start(notification: ClaimedNotification, signal: AbortSignal | undefined): Promise<AttemptResult> {
    const attempt = this.#options
      .deliver(notification, signal)
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
    if (error) this.#options.log.error({ error: errorText(error.cause) }, 'Delivery paused');
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
