import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { ClaimedNotification, Notification, SentMessage } from '../../store/outbox.ts';
import type { RateLimitedMethod, RateLimiter } from './rate-limiter.ts';

/** The text and layout of a message. */
export interface MessageContent {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** Sends messages to Slack within its rate limits. */
export interface SlackSender {
  /** Returns the conversation that a notification goes to. */
  resolveConversation(notification: Notification, signal?: AbortSignal): Promise<string>;
  send(message: OutgoingMessage, signal?: AbortSignal): Promise<SentMessage>;
  update(
    message: SentMessage,
    changes: Pick<OutgoingMessage, 'notification' | 'content'>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Finds the message of a notification by its mark, if it was sent already. */
  find(
    destination: Destination,
    notification: Pick<ClaimedNotification, 'key' | 'lookUpFrom'>,
    signal?: AbortSignal,
  ): Promise<SentMessage | undefined>;
  /** Whether Slack knows our token; throws when it cannot be asked. */
  verifyToken(): Promise<boolean>;
}

/** A conversation, or a thread in it. */
export interface Destination {
  readonly channel: string;
  readonly threadTs: string | undefined;
}

export interface OutgoingMessage {
  readonly notification: Notification;
  readonly content: MessageContent;
  readonly destination: Destination;
}

/** The clocks of Slack and of the bot's machine may differ by that much. */
const MAX_CLOCK_SKEW_MS = 10 * 60_000;

const PAGE_SIZE = 200;

/** Creates a sender that calls Slack within its rate limits. */
export function createSender(client: WebClient, rateLimiter: RateLimiter): SlackSender {
  const conversations = new Map<string, string>();
  let cachedBotId: string | undefined;

  /** Makes a call within the rate limit, and pauses when Slack limits us. */
  const callWithinRateLimit = async <T>(
    method: RateLimitedMethod,
    channel: string | undefined,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> => {
    await rateLimiter.acquire(method, channel, signal);
    try {
      return await call();
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError)
        rateLimiter.pauseCalls(method, channel, error.retryAfter * 1_000);
      throw error;
    }
  };

  const getBotId = async (): Promise<string> => {
    cachedBotId ??= (await client.auth.test()).bot_id;
    if (cachedBotId === undefined)
      throw new Error('Cannot look for our own messages: the token is not of a bot');
    return cachedBotId;
  };

  return {
    async resolveConversation({ to }, signal) {
      if (to.kind === 'channel') return to.id;
      const known = conversations.get(to.id);
      if (known !== undefined) return known;
      const { channel } = await callWithinRateLimit('conversations.open', undefined, signal, () =>
        client.conversations.open({ users: to.id }),
      );
      if (channel?.id === undefined) throw new Error('Slack opened a conversation without an id');
      conversations.set(to.id, channel.id);
      return channel.id;
    },

    async send({ notification, content, destination }, signal) {
      const { channel, ts } = await callWithinRateLimit('chat.postMessage', destination.channel, signal, () =>
        client.chat.postMessage({
          channel: destination.channel,
          ...(destination.threadTs !== undefined && { thread_ts: destination.threadTs }),
          text: content.text,
          ...(content.blocks.length > 0 && { blocks: [...content.blocks] }),
          metadata: { event_type: EVENT_TYPE, event_payload: { key: deliveryMarkOf(notification.key) } },
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (ts === undefined) throw new Error('Slack took the message, but did not name it');
      return { channel: channel ?? destination.channel, ts };
    },

    async update({ channel, ts }, { notification, content }, signal) {
      await callWithinRateLimit('chat.update', undefined, signal, () =>
        client.chat.update({
          channel,
          ts,
          text: content.text,
          // An empty list takes the old blocks away; no list would leave them.
          blocks: [...content.blocks],
          metadata: { event_type: EVENT_TYPE, event_payload: { key: deliveryMarkOf(notification.key) } },
        }),
      );
    },

    async find({ channel, threadTs }, { key, lookUpFrom }, signal) {
      const deliveryMark = deliveryMarkOf(key);
      const botId = await getBotId();
      const oldest = String((lookUpFrom.getTime() - MAX_CLOCK_SKEW_MS) / 1_000);
      const query = { channel, oldest, limit: PAGE_SIZE, include_all_metadata: true };

      let cursor: string | undefined;
      do {
        const page = { ...query, ...(cursor !== undefined && { cursor }) };
        const { messages = [], response_metadata } =
          threadTs === undefined
            ? await callWithinRateLimit('conversations.history', undefined, signal, () =>
                client.conversations.history(page),
              )
            : await callWithinRateLimit('conversations.replies', undefined, signal, () =>
                client.conversations.replies({ ...page, ts: threadTs }),
              );
        const found = messages.find(
          (message) => message.bot_id === botId && deliveryMarkIn(message) === deliveryMark,
        );
        if (found?.ts !== undefined) return { channel, ts: found.ts };
        cursor = response_metadata?.next_cursor || undefined;
      } while (cursor !== undefined);
      return undefined;
    },

    async verifyToken() {
      const { ok } = await client.auth.test();
      return ok;
    },
  };
}

const EVENT_TYPE = 'root_mfa_letter';

/** Returns the mark of a notification's message. Everyone who sees the message can read it, so it reveals nothing. */
export function deliveryMarkOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function deliveryMarkIn(message: object): unknown {
  const { metadata } = message as {
    metadata?: { event_type?: string; event_payload?: { readonly key?: unknown } };
  };
  return metadata?.event_type === EVENT_TYPE ? metadata.event_payload?.key : undefined;
}
