import type { Database } from '../../store/database.ts';
import { DatabaseError } from '../../store/database.ts';
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
import { type DeliveryFailure, deliveryFailureOf } from './delivery-failure.ts';
import type { Destination, MessageContent, SlackSender } from './sender.ts';

/** How an attempt ended. `kept`: the edit can never be made, and the message stays as it was sent. */
export type DeliveryOutcome = 'sent' | 'edited' | 'found' | 'failed' | 'uncertain' | 'dead' | 'kept' | 'lost';

export interface AttemptOptions {
  readonly db: Database;
  readonly sender: SlackSender;
  readonly render: (notification: Notification) => MessageContent;
  readonly blockReason: (recipient: Recipient) => Promise<string | undefined>;
  readonly now: () => Date;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock?: (() => Date) | undefined;
  readonly log: Log;
  readonly instance: string;
  readonly random: () => number;
}

export interface DeliveryAttempts {
  /** One attempt to deliver a claimed letter, and what became of it. Throws only if that cannot be written down. */
  attemptDelivery(notification: ClaimedNotification, signal?: AbortSignal): Promise<DeliveryOutcome>;
  /** For how long no letter can be delivered, because it needs whoever runs the bot. */
  pausedForMs(): number;
}

/** Long enough for a letter's turn in the pace, and for calls that each time out. */
export const LEASE_MS = 120_000;

/** No message is begun when so little is left of the lease: another instance may take over in the middle. */
const LEASE_RESERVE_MS = 45_000;

const INITIAL_BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 15 * 60_000;

/** A call that got no answer may still be at work in Slack; looking too early would find nothing, and say it twice. */
const UNCERTAIN_DELAY_MS = 30_000;

/** Refusals that nobody knows are believed after that many attempts: some hours. */
const MAX_REFUSED_ATTEMPTS = 20;

const MAX_PLAIN_TEXT_LENGTH = 4_000;

/** Attempts to deliver: one call after the other until the letter is there, or somebody must wait or give up. */
export function createDeliveryAttempts({
  db,
  sender,
  render,
  blockReason,
  now,
  claimClock,
  log,
  instance,
  random,
}: AttemptOptions): DeliveryAttempts {
  let paused: { readonly until: Date; readonly times: number } | undefined;

  const after = (milliseconds: number) => new Date(now().getTime() + milliseconds);

  /** Doubles with every attempt; the jitter keeps letters that failed together apart. */
  const backoff = (attempts: number) =>
    Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** Math.max(0, attempts - 1)) * (0.5 + random() / 2);

  const logFields = (notification: Notification) => ({
    letter: notification.key,
    to: notification.to.id,
    attempt: notification.attempts,
  });

  async function deadLetter(notification: Notification, error: string): Promise<DeliveryOutcome> {
    if (!(await markDead(db, notification.id, instance, error))) return leaseLost(notification);
    if (notification.message) {
      log.warn({ ...logFields(notification), error }, 'A message stays as it was sent');
      return 'kept';
    }
    log.error({ ...logFields(notification), error }, 'A letter cannot be delivered');
    return 'dead';
  }

  function leaseLost(notification: Notification): DeliveryOutcome {
    log.warn(logFields(notification), 'A letter took so long that another instance took it over');
    return 'lost';
  }

  /** Gives the letter back for another attempt. In doubt, that one looks first. */
  async function release(
    notification: Notification,
    error: string,
    delayMs: number,
    uncertain: boolean,
  ): Promise<DeliveryOutcome> {
    const mark = uncertain ? markUncertain : markFailed;
    const isHeld = await mark(db, notification.id, instance, {
      error,
      retryInMs: delayMs,
      at: claimClock?.(),
    });
    if (!isHeld) return leaseLost(notification);
    return uncertain ? 'uncertain' : 'failed';
  }

  async function markDelivered(
    notification: Notification,
    message: SentMessage,
    revision: number,
  ): Promise<boolean> {
    paused = undefined;
    return markSent(db, notification.id, instance, { message, revision, at: now() });
  }

  /** What to do after a failure. `doubt`: the letter may have arrived, now or earlier. */
  async function handleFailure(
    notification: ClaimedNotification,
    failure: DeliveryFailure,
    uncertain: boolean,
  ): Promise<DeliveryOutcome> {
    const { error } = failure;
    const retry = (delayMs: number) => release(notification, error, delayMs, uncertain);
    const fields = { ...logFields(notification), error };
    switch (failure.kind) {
      case 'stopped':
        return retry(0);
      case 'retry-later':
        return retry(failure.until.getTime() - now().getTime());
      case 'rate-limited':
        log.warn(fields, 'Slack finds us too fast');
        return retry(failure.retryAfterMs);
      case 'permanent':
        return deadLetter(notification, uncertain ? `${error}. An earlier attempt may have arrived` : error);
      case 'operator': {
        if (failure.all) pauseAll();
        log.error(fields, 'Letters wait for somebody who runs the bot');
        return retry(Math.max(backoff(notification.attempts), failure.all ? pausedForMs() : 0));
      }
      case 'inactive':
        // The SDK's caller cannot tell; a call that is about nobody can.
        return handleFailure(notification, await classifyInactive(failure), uncertain);
      case 'layout':
      case 'no-thread':
      case 'refused':
        if (notification.attempts >= MAX_REFUSED_ATTEMPTS) return deadLetter(notification, error);
        log.warn(fields, 'Slack refused a letter');
        return retry(backoff(notification.attempts));
      case 'not-sent':
        log.warn(fields, 'A letter could not be sent yet');
        return retry(backoff(notification.attempts));
      case 'unknown':
        log.warn(
          fields,
          uncertain ? 'Nobody knows whether a letter arrived' : 'A letter could not be sent yet',
        );
        return retry(
          uncertain
            ? Math.max(UNCERTAIN_DELAY_MS, backoff(notification.attempts))
            : backoff(notification.attempts),
        );
    }
  }

  async function classifyInactive(failure: DeliveryFailure): Promise<DeliveryFailure> {
    try {
      await sender.verifyToken();
      return { kind: 'permanent', error: failure.error, code: 'account_inactive' };
    } catch (error) {
      const tokenFailure = deliveryFailureOf(error);
      if (tokenFailure.kind !== 'inactive') return tokenFailure;
      const advice = 'The app was taken out of the workspace: install it again and set SLACK_BOT_TOKEN anew';
      return { kind: 'operator', error: `${advice} (account_inactive)`, all: true };
    }
  }

  function pauseAll(): void {
    // Letters on their way at once fail at once; that is one time.
    if (paused && paused.until > now()) return;
    const times = (paused?.times ?? 0) + 1;
    paused = { times, until: after(Math.min(MAX_BACKOFF_MS, 30_000 * 2 ** times)) };
  }

  const pausedForMs = () => Math.max(0, (paused?.until.getTime() ?? 0) - now().getTime());

  /** Says it, and once more without the layout or the thread that Slack cannot take. */
  async function send(
    notification: ClaimedNotification,
    content: MessageContent,
    destination: Destination,
    signal: AbortSignal | undefined,
  ): Promise<SentMessage> {
    try {
      return await sender.send({ notification, content, destination }, signal);
    } catch (error) {
      const failure = deliveryFailureOf(error);
      if (failure.kind === 'layout') {
        log.error(
          { ...logFields(notification), ...failure },
          'Slack cannot read a layout: the letter goes as plain text',
        );
        return sender.send({ notification, content: toPlainText(content), destination }, signal);
      }
      if (failure.kind === 'no-thread' && destination.threadTs !== undefined) {
        log.warn(
          { ...logFields(notification), error: failure.error },
          'A thread is gone: the letter stands by itself',
        );
        return sender.send(
          { notification, content, destination: { ...destination, threadTs: undefined } },
          signal,
        );
      }
      throw error;
    }
  }

  async function update(
    notification: ClaimedNotification,
    message: SentMessage,
    content: MessageContent,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      await sender.update(message, { notification, content }, signal);
    } catch (error) {
      const failure = deliveryFailureOf(error);
      if (failure.kind !== 'layout') throw error;
      log.error(
        { ...logFields(notification), ...failure },
        'Slack cannot read a layout: the message becomes plain text',
      );
      await sender.update(message, { notification, content: toPlainText(content) }, signal);
    }
  }

  /** The message of an earlier attempt. It may stand by itself if its thread is gone. */
  async function findExisting(
    notification: ClaimedNotification,
    destination: Destination,
    signal: AbortSignal | undefined,
  ) {
    try {
      return await sender.find(destination, notification, signal);
    } catch (error) {
      if (deliveryFailureOf(error).kind !== 'no-thread') throw error;
      return sender.find({ ...destination, threadTs: undefined }, notification, signal);
    }
  }

  async function edit(
    notification: ClaimedNotification,
    message: SentMessage,
    signal: AbortSignal | undefined,
  ): Promise<DeliveryOutcome> {
    const refusal = await blockReason(recipientOf(notification, message.channel));
    if (refusal !== undefined) return deadLetter(notification, refusal);
    await update(notification, message, render(notification), signal);
    return (await markDelivered(notification, message, notification.revision))
      ? 'edited'
      : leaseLost(notification);
  }

  /** One attempt. */
  async function attemptDelivery(
    notification: ClaimedNotification,
    signal: AbortSignal | undefined,
  ): Promise<DeliveryOutcome> {
    const deadline = after(LEASE_MS - LEASE_RESERVE_MS);
    let uncertain = notification.uncertain;
    let sending = false;
    try {
      if (notification.message) return await edit(notification, notification.message, signal);

      const channel = await sender.resolveConversation(notification, signal);
      const { threadMessage } = notification;
      const destination = {
        channel,
        threadTs: threadMessage?.channel === channel ? threadMessage.ts : undefined,
      };
      if (uncertain) {
        const found = await findExisting(notification, destination, signal);
        if (found) {
          log.info(logFields(notification), 'A letter had arrived already');
          return (await markDelivered(notification, found, 0)) ? 'found' : leaseLost(notification);
        }
        uncertain = false;
      }

      const refusal = await blockReason(recipientOf(notification, channel));
      if (refusal !== undefined) return await deadLetter(notification, refusal);
      const content = render(notification);
      if (now() > deadline) return await release(notification, 'It took too long to send', 0, uncertain);
      sending = true;
      const message = await send(notification, content, destination, signal);
      return (await markDelivered(notification, message, notification.revision))
        ? 'sent'
        : leaseLost(notification);
    } catch (error) {
      // What could not be written down comes back when the lease ends, in doubt.
      if (error instanceof DatabaseError) throw error;
      const failure = deliveryFailureOf(error);
      return handleFailure(notification, failure, uncertain || (sending && failure.kind === 'unknown'));
    }
  }

  return { attemptDelivery, pausedForMs };
}

/** Who reads it in that conversation. */
function recipientOf({ to }: Notification, channel: string): Recipient {
  return to.kind === 'channel' ? { kind: 'channel', id: channel } : to;
}

function toPlainText({ text }: MessageContent): MessageContent {
  const characters = [...text];
  const truncated =
    characters.length > MAX_PLAIN_TEXT_LENGTH
      ? `${characters.slice(0, MAX_PLAIN_TEXT_LENGTH - 1).join('')}…`
      : text;
  return { text: truncated, blocks: [] };
}
