import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Letter, SentMessage } from '../../store/outbox.ts';
import type { Pace, PacedMethod } from './rate-limiter.ts';

/** What a letter looks like. */
export interface Drawing {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** What the postman says to Slack, each call in its turn. */
export interface Mouth {
  /** The conversation that a letter goes to. */
  place(letter: Letter, signal?: AbortSignal): Promise<string>;
  say(what: Saying, signal?: AbortSignal): Promise<SentMessage>;
  change(message: SentMessage, what: Pick<Saying, 'letter' | 'drawing'>, signal?: AbortSignal): Promise<void>;
  /** The message that bears the letter's mark, if we said it already. */
  find(where: Place, letter: Letter, signal?: AbortSignal): Promise<SentMessage | undefined>;
  /** Whether Slack knows our token; throws when it cannot be asked. */
  isKnown(): Promise<boolean>;
}

/** A conversation, or a thread in it. */
export interface Place {
  readonly channel: string;
  readonly threadTs: string | undefined;
}

export interface Saying {
  readonly letter: Letter;
  readonly drawing: Drawing;
  readonly where: Place;
}

/** The clocks of Slack and of the bot's machine may differ by that much. */
const CLOCKS_APART_MS = 10 * 60_000;

const PAGE = 200;

/** The mouth that speaks with a client, at a pace. */
export function mouthOf(client: WebClient, pace: Pace): Mouth {
  const conversations = new Map<string, string>();
  let self: string | undefined;

  /** Makes a call when it is its turn, and remembers if Slack finds us too fast. */
  const inTurn = async <T>(
    method: PacedMethod,
    channel: string | undefined,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> => {
    await pace.turn(method, channel, signal);
    try {
      return await call();
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) pace.rest(method, channel, error.retryAfter * 1_000);
      throw error;
    }
  };

  const ourBotId = async (): Promise<string> => {
    self ??= (await client.auth.test()).bot_id;
    if (self === undefined) throw new Error('Cannot look for our own messages: the token is not of a bot');
    return self;
  };

  return {
    async place({ to }, signal) {
      if (to.kind === 'channel') return to.id;
      const known = conversations.get(to.id);
      if (known !== undefined) return known;
      const { channel } = await inTurn('conversations.open', undefined, signal, () =>
        client.conversations.open({ users: to.id }),
      );
      if (channel?.id === undefined) throw new Error('Slack opened a conversation without an id');
      conversations.set(to.id, channel.id);
      return channel.id;
    },

    async say({ letter, drawing, where }, signal) {
      const { channel, ts } = await inTurn('chat.postMessage', where.channel, signal, () =>
        client.chat.postMessage({
          channel: where.channel,
          ...(where.threadTs !== undefined && { thread_ts: where.threadTs }),
          text: drawing.text,
          ...(drawing.blocks.length > 0 && { blocks: [...drawing.blocks] }),
          metadata: { event_type: EVENT_TYPE, event_payload: { key: markOf(letter.key) } },
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (ts === undefined) throw new Error('Slack took the message, but did not name it');
      return { channel: channel ?? where.channel, ts };
    },

    async change({ channel, ts }, { letter, drawing }, signal) {
      await inTurn('chat.update', undefined, signal, () =>
        client.chat.update({
          channel,
          ts,
          text: drawing.text,
          // An empty list takes the old blocks away; no list would leave them.
          blocks: [...drawing.blocks],
          metadata: { event_type: EVENT_TYPE, event_payload: { key: markOf(letter.key) } },
        }),
      );
    },

    async find({ channel, threadTs }, { key, createdAt }, signal) {
      const mark = markOf(key);
      const botId = await ourBotId();
      const oldest = String((createdAt.getTime() - CLOCKS_APART_MS) / 1_000);
      const within = { channel, oldest, limit: PAGE, include_all_metadata: true };

      let cursor: string | undefined;
      do {
        const page = { ...within, ...(cursor !== undefined && { cursor }) };
        const { messages = [], response_metadata } =
          threadTs === undefined
            ? await inTurn('conversations.history', undefined, signal, () =>
                client.conversations.history(page),
              )
            : await inTurn('conversations.replies', undefined, signal, () =>
                client.conversations.replies({ ...page, ts: threadTs }),
              );
        const found = messages.find((message) => message.bot_id === botId && markIn(message) === mark);
        if (found?.ts !== undefined) return { channel, ts: found.ts };
        cursor = response_metadata?.next_cursor || undefined;
      } while (cursor !== undefined);
      return undefined;
    },

    async isKnown() {
      const { ok } = await client.auth.test();
      return ok;
    },
  };
}

const EVENT_TYPE = 'root_mfa_letter';

/** Marks a message as this letter. Everybody who sees the message can read it, so it tells nothing by itself. */
export function markOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function markIn(message: object): unknown {
  const { metadata } = message as {
    metadata?: { event_type?: string; event_payload?: { readonly key?: unknown } };
  };
  return metadata?.event_type === EVENT_TYPE ? metadata.event_payload?.key : undefined;
}
