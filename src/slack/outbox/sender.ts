import { createHash } from 'node:crypto';
import type { KnownBlock, MessageMetadata } from '@slack/types';
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
  return new RateLimitedSender(client, rateLimiter);
}

class RateLimitedSender implements SlackSender {
  readonly #client: WebClient;
  readonly #rateLimiter: RateLimiter;
  readonly #conversations = new Map<string, string>();
  #knownBotId: string | undefined;

  constructor(client: WebClient, rateLimiter: RateLimiter) {
    this.#client = client;
    this.#rateLimiter = rateLimiter;
  }

  async resolveConversation({ to }: Notification, signal?: AbortSignal): Promise<string> {
    if (to.kind === 'channel') return to.id;
    const known = this.#conversations.get(to.id);
    if (known !== undefined) return known;
    const { channel } = await this.#call({ method: 'conversations.open', signal }, () =>
      this.#client.conversations.open({ users: to.id }),
    );
    if (channel?.id === undefined) throw new Error('Slack opened a conversation without an id');
    this.#conversations.set(to.id, channel.id);
    return channel.id;
  }

  async send(
    { notification, content, destination }: OutgoingMessage,
    signal?: AbortSignal,
  ): Promise<SentMessage> {
    const limits = { method: 'chat.postMessage', channel: destination.channel, signal } as const;
    const { channel, ts } = await this.#call(limits, () =>
      this.#client.chat.postMessage({
        channel: destination.channel,
        ...(destination.threadTs !== undefined && { thread_ts: destination.threadTs }),
        text: content.text,
        ...(content.blocks.length > 0 && { blocks: [...content.blocks] }),
        metadata: metadataOf(notification),
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    if (ts === undefined) throw new Error('Slack accepted the message but returned no timestamp');
    return { channel: channel ?? destination.channel, ts };
  }

  async update(
    { channel, ts }: SentMessage,
    { notification, content }: Pick<OutgoingMessage, 'notification' | 'content'>,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#call({ method: 'chat.update', signal }, () =>
      this.#client.chat.update({
        channel,
        ts,
        text: content.text,
        // An empty list takes the old blocks away; no list would leave them.
        blocks: [...content.blocks],
        metadata: metadataOf(notification),
      }),
    );
  }

  async find(
    { channel, threadTs }: Destination,
    { key, lookUpFrom }: Pick<ClaimedNotification, 'key' | 'lookUpFrom'>,
    signal?: AbortSignal,
  ): Promise<SentMessage | undefined> {
    const deliveryMark = deliveryMarkOf(key);
    const botId = await this.#botId();
    const oldest = String((lookUpFrom.getTime() - MAX_CLOCK_SKEW_MS) / 1_000);
    const query = { channel, oldest, limit: PAGE_SIZE, include_all_metadata: true };

    let cursor: string | undefined;
    do {
      const page = { ...query, ...(cursor !== undefined && { cursor }) };
      const { messages = [], response_metadata } =
        threadTs === undefined
          ? await this.#call({ method: 'conversations.history', signal }, () =>
              this.#client.conversations.history(page),
            )
          : await this.#call({ method: 'conversations.replies', signal }, () =>
              this.#client.conversations.replies({ ...page, ts: threadTs }),
            );
      const found = messages.find(
        (message) => message.bot_id === botId && deliveryMarkIn(message) === deliveryMark,
      );
      if (found?.ts !== undefined) return { channel, ts: found.ts };
      cursor = response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    return undefined;
  }

  async verifyToken(): Promise<boolean> {
    const { ok } = await this.#client.auth.test();
    return ok;
  }

  /** Makes a call within the rate limit, and pauses when Slack limits us. */
  async #call<T>({ method, channel, signal }: CallLimits, call: () => Promise<T>): Promise<T> {
    await this.#rateLimiter.acquire(method, channel, signal);
    try {
      return await call();
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError)
        this.#rateLimiter.pauseCalls(method, channel, error.retryAfter * 1_000);
      throw error;
    }
  }

  async #botId(): Promise<string> {
    this.#knownBotId ??= (await this.#client.auth.test()).bot_id;
    if (this.#knownBotId === undefined)
      throw new Error('Cannot look for our own messages: the token is not a bot token');
    return this.#knownBotId;
  }
}

/** Which limit a call counts towards, and what ends its wait. */
interface CallLimits {
  readonly method: RateLimitedMethod;
  readonly channel?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

const EVENT_TYPE = 'root_mfa_letter';

function metadataOf({ key }: Notification): MessageMetadata {
  return { event_type: EVENT_TYPE, event_payload: { key: deliveryMarkOf(key) } };
}

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
