import { type Database, DatabaseError } from '../../store/database.ts';
import {
  type ClaimedNotification,
  markDead,
  markFailed,
  markSent,
  markUncertain,
  type Notification,
  type Recipient,
  type SentMessage,
} from '../../store/outbox.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { type ClassifiedFailure, decideAfterFailure, type NextStep } from './decide-after-failure.ts';
import { type DeliveryFailure, deliveryFailureOf } from './delivery-failure.ts';
import type { DeliveryPause } from './delivery-pause.ts';
import type { Destination, MessageContent, SlackSender } from './sender.ts';

/** How an attempt ended. `kept`: the edit can never be made, and the message stays as it was sent. */
export type DeliveryOutcome = 'sent' | 'edited' | 'found' | 'failed' | 'uncertain' | 'dead' | 'kept' | 'lost';

export interface AttemptOptions {
  readonly db: Database;
  readonly sender: SlackSender;
  readonly render: (notification: Notification) => MessageContent;
  /** Returns why a recipient must not get anything; undefined when they can. */
  readonly blockReason: (recipient: Recipient) => Promise<string | undefined>;
  readonly pause: DeliveryPause;
  readonly now: () => Date;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock?: (() => Date) | undefined;
  readonly log: Log;
  readonly instance: string;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Long enough to wait for the rate limit, and for calls that each time out. */
export const LEASE_MS = 120_000;

/** No message is sent when so little is left of the lease: another instance could take over in the middle. */
const LEASE_RESERVE_MS = 45_000;

const MAX_PLAIN_TEXT_LENGTH = 4_000;

/** One attempt to deliver a claimed notification: calls Slack, and saves how it ended. */
export class DeliveryAttempt {
  readonly #options: AttemptOptions;
  readonly #notification: ClaimedNotification;
  readonly #signal: AbortSignal | undefined;
  readonly #mustStartBy: Date;
  /** The message may have arrived. */
  #uncertain: boolean;
  #sending = false;

  constructor(options: AttemptOptions, notification: ClaimedNotification, signal?: AbortSignal) {
    this.#options = options;
    this.#notification = notification;
    this.#signal = signal;
    this.#mustStartBy = this.#after(LEASE_MS - LEASE_RESERVE_MS);
    this.#uncertain = notification.uncertain;
  }

  /** Makes the attempt. Throws only when its end cannot be saved: then the lease ends, and the next attempt looks. */
  async run(): Promise<DeliveryOutcome> {
    const { message } = this.#notification;
    try {
      return message ? await this.#edit(message) : await this.#deliver();
    } catch (error) {
      if (error instanceof DatabaseError) throw error;
      const failure = deliveryFailureOf(error);
      if (this.#sending && failure.kind === 'unknown') this.#uncertain = true;
      return this.#handleFailure(failure);
    }
  }

  async #deliver(): Promise<DeliveryOutcome> {
    const { log, render, sender } = this.#options;
    const notification = this.#notification;
    const channel = await sender.resolveConversation(notification, this.#signal);
    const { threadMessage } = notification;
    const threadTs = threadMessage?.channel === channel ? threadMessage.ts : undefined;
    const destination = { channel, threadTs };

    if (this.#uncertain) {
      const existing = await this.#findExisting(destination);
      if (existing) {
        log.info(this.#logFields(), 'Notification already delivered');
        return this.#saveSent('found', existing, 0);
      }
      this.#uncertain = false;
    }

    const reason = await this.#blockReasonIn(channel);
    if (reason !== undefined) return this.#giveUp(reason);
    const content = render(notification);
    if (this.#options.now() > this.#mustStartBy) return this.#release('The lease was about to end', 0);
    this.#sending = true;
    const message = await this.#send(content, destination);
    return this.#saveSent('sent', message, notification.revision);
  }

  async #edit(message: SentMessage): Promise<DeliveryOutcome> {
    const { render, sender } = this.#options;
    const notification = this.#notification;
    const reason = await this.#blockReasonIn(message.channel);
    if (reason !== undefined) return this.#giveUp(reason);
    const update = (content: MessageContent) =>
      sender.update(message, { notification, content }, this.#signal);
    await this.#withPlainTextFallback(render(notification), update);
    return this.#saveSent('edited', message, notification.revision);
  }

  /** Sends the message, without the thread or the layout if Slack cannot take them. */
  async #send(content: MessageContent, destination: Destination): Promise<SentMessage> {
    const { log, sender } = this.#options;
    const notification = this.#notification;
    const sendTo = (target: Destination) =>
      this.#withPlainTextFallback(content, (shown) =>
        sender.send({ notification, content: shown, destination: target }, this.#signal),
      );
    try {
      return await sendTo(destination);
    } catch (error) {
      const failure = deliveryFailureOf(error);
      if (failure.kind !== 'no-thread' || destination.threadTs === undefined) throw error;
      log.warn({ ...this.#logFields(), error: failure.error }, 'Thread not found, sending outside it');
      return sendTo({ ...destination, threadTs: undefined });
    }
  }

  async #withPlainTextFallback<T>(
    content: MessageContent,
    call: (content: MessageContent) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(content);
    } catch (error) {
      const failure = deliveryFailureOf(error);
      if (failure.kind !== 'layout') throw error;
      this.#options.log.error({ ...this.#logFields(), ...failure }, 'Layout refused, sending plain text');
      return call(toPlainText(content));
    }
  }

  /** Finds the message of an earlier attempt. It may be outside its thread, if that is gone. */
  async #findExisting(destination: Destination): Promise<SentMessage | undefined> {
    const find = (target: Destination) => this.#options.sender.find(target, this.#notification, this.#signal);
    try {
      return await find(destination);
    } catch (error) {
      if (deliveryFailureOf(error).kind !== 'no-thread') throw error;
      return find({ ...destination, threadTs: undefined });
    }
  }

  async #handleFailure(failure: DeliveryFailure): Promise<DeliveryOutcome> {
    const { now, pause, random } = this.#options;
    const classified = failure.kind === 'inactive' ? await this.#classifyInactive(failure) : failure;
    const step = decideAfterFailure(classified, {
      attempts: this.#notification.attempts,
      uncertain: this.#uncertain,
      now: now(),
      random: random(),
    });
    this.#logFailure(classified, step);
    if (step.kind === 'give-up') return this.#giveUp(step.error);
    if (step.pauseAll) pause.begin();
    const delayMs = step.pauseAll ? Math.max(step.delayMs, pause.remainingMs()) : step.delayMs;
    return this.#release(failure.error, delayMs);
  }

  /** Slack says `account_inactive` of a person and of a token: a call that is about no one tells them apart. */
  async #classifyInactive({ error }: DeliveryFailure): Promise<ClassifiedFailure> {
    try {
      await this.#options.sender.verifyToken();
      return { kind: 'permanent', error, code: 'account_inactive' };
    } catch (tokenError) {
      const failure = deliveryFailureOf(tokenError);
      if (failure.kind !== 'inactive') return failure;
      const advice =
        'The app was removed from the workspace: install it again and set the new SLACK_BOT_TOKEN';
      return { kind: 'operator', error: `${advice} (account_inactive)`, all: true };
    }
  }

  #logFailure({ kind, error }: ClassifiedFailure, step: NextStep): void {
    const { log } = this.#options;
    const fields = { ...this.#logFields(), error };
    if (step.kind === 'give-up' || kind === 'stopped' || kind === 'retry-later') return;
    if (kind === 'operator') log.error(fields, 'Outbox needs operator action');
    else if (kind === 'rate-limited') log.warn(fields, 'Rate limited by Slack');
    else if (step.uncertain && kind === 'unknown') log.warn(fields, 'Delivery uncertain');
    else log.warn(fields, 'Delivery failed, retrying');
  }

  /** Never tries again. A message that was sent before stays as it is. */
  async #giveUp(error: string): Promise<DeliveryOutcome> {
    const { db, instance, log } = this.#options;
    const notification = this.#notification;
    if (!(await markDead(db, notification.id, instance, error))) return this.#leaseLost();
    if (notification.message) {
      log.warn({ ...this.#logFields(), error }, 'Message cannot be edited');
      return 'kept';
    }
    log.error({ ...this.#logFields(), error }, 'Notification undeliverable');
    return 'dead';
  }

  /** Releases the notification for another attempt, which looks for the message first if this one is uncertain. */
  async #release(error: string, delayMs: number): Promise<DeliveryOutcome> {
    const { claimClock, db, instance } = this.#options;
    const mark = this.#uncertain ? markUncertain : markFailed;
    const failure = { error, retryInMs: delayMs, at: claimClock?.() };
    if (!(await mark(db, this.#notification.id, instance, failure))) return this.#leaseLost();
    return this.#uncertain ? 'uncertain' : 'failed';
  }

  async #saveSent(
    outcome: DeliveryOutcome,
    message: SentMessage,
    revision: number,
  ): Promise<DeliveryOutcome> {
    const { db, instance, now, pause } = this.#options;
    pause.end();
    const saved = await markSent(db, this.#notification.id, instance, { message, revision, at: now() });
    return saved ? outcome : this.#leaseLost();
  }

  #leaseLost(): DeliveryOutcome {
    this.#options.log.warn(this.#logFields(), 'Notification lease lost');
    return 'lost';
  }

  #blockReasonIn(channel: string): Promise<string | undefined> {
    const { to } = this.#notification;
    return this.#options.blockReason(to.kind === 'channel' ? { kind: 'channel', id: channel } : to);
  }

  #logFields(): object {
    const { key, to, attempts } = this.#notification;
    return { notification: key, to: to.id, attempt: attempts };
  }

  #after(milliseconds: number): Date {
    return new Date(this.#options.now().getTime() + milliseconds);
  }
}

function toPlainText({ text }: MessageContent): MessageContent {
  const characters = [...text];
  const truncated =
    characters.length > MAX_PLAIN_TEXT_LENGTH
      ? `${characters.slice(0, MAX_PLAIN_TEXT_LENGTH - 1).join('')}…`
      : text;
  return { text: truncated, blocks: [] };
}
