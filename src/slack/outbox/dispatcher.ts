import type { WebClient } from '@slack/web-api';
import type { Database } from '../../store/database.ts';
import type { ClaimedNotification, Notification, Recipient } from '../../store/outbox.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { defaultSleep, type Sleep } from '../sleep.ts';
import { type AttemptOptions, DeliveryAttempt, type DeliveryOutcome } from './delivery-attempt.ts';
import { DeliveryLoop } from './delivery-loop.ts';
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

/**
 * Creates the dispatcher: it delivers each notification once, whatever Slack, the network and the machine do. Webhooks
 * have slots of their own, so receivers that hang delay no message.
 */
export function createDispatcher(options: DispatcherOptions): OutboxDispatcher {
  const { db, client, now, claimClock, log, instance, deliverWebhook, sleep = defaultSleep } = options;
  const pause = new DeliveryPause(now);
  const attemptOptions: AttemptOptions = {
    blockReason: async () => undefined,
    random: Math.random,
    ...options,
    sender: createSender(client, new RateLimiter(now, sleep)),
    pause,
  };
  const common = { db, claimClock, log, instance, sleep };
  const loops = [
    new DeliveryLoop({
      ...common,
      transport: 'slack',
      deliver: (notification, signal) => new DeliveryAttempt(attemptOptions, notification, signal).run(),
      pauseMs: () => pause.remainingMs(),
    }),
  ];
  if (deliverWebhook) {
    loops.push(
      new DeliveryLoop({ ...common, transport: 'webhook', deliver: deliverWebhook, pauseMs: () => 0 }),
    );
  }

  return {
    async deliverDue(signal) {
      const report = { sent: 0, edited: 0, found: 0, failed: 0, uncertain: 0, dead: 0, kept: 0, lost: 0 };
      const count = (outcome: DeliveryOutcome) => {
        report[outcome] += 1;
      };
      const ends = await Promise.allSettled(loops.map((loop) => loop.deliverDue(count, signal)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return report;
    },
    async run(signal) {
      await Promise.all(loops.map((loop) => loop.run(signal)));
    },
    wake() {
      for (const loop of loops) loop.wake();
    },
  };
}
