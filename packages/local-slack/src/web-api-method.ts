import type { Core } from './core.ts';
import type { Json } from './json.ts';
import type { RATES } from './rate-limiter.ts';
import { SlackError } from './slack-error.ts';
import type { StoredConversation } from './workspace.ts';

/** One method of the Web API. */
export interface Method {
  /** Any one of these will do; none: no scope is needed. May depend on what the call is about. */
  readonly scope: readonly string[] | ((args: Json, core: Core) => readonly string[]);
  readonly tier: keyof typeof RATES;
  /** Default: the bot's. */
  readonly token?: 'bot' | 'app' | 'any';
  readonly handler: (args: Json, core: Core) => Json;
}

export type Methods = { readonly [method: string]: Method };

/** The conversation that a call names; refuses those that the bot cannot know. */
export function findConversation(args: Json, core: Core): StoredConversation {
  const conversation = core.workspace.conversations.get(String(args['channel'] ?? ''));
  const hidden = conversation?.private === true && !conversation.members.has(core.workspace.app.botUserId);
  if (!conversation || hidden) throw new SlackError('channel_not_found');
  return conversation;
}

/** The scope of that kind for the conversation that a call names: `channels:read`, `groups:history`, … */
export function scopeByKind(kind: 'read' | 'history') {
  return (args: Json, core: Core): readonly string[] => {
    const conversation = core.workspace.conversations.get(String(args['channel'] ?? ''));
    if (conversation?.kind === 'im') return [`im:${kind}`];
    return conversation?.private ? [`groups:${kind}`] : [`channels:${kind}`];
  };
}

/** Yes or no as it comes in a form (`true`, `1`) or in JSON. */
export function parseFlag(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1;
}

/** One page of a list, and the cursor to the next: an empty string at the end. */
export function page<T>(
  all: readonly T[],
  args: Json,
  max: number,
  defaultLimit: number,
): { items: readonly T[]; next: string } {
  const limit = args['limit'] === undefined ? defaultLimit : Number(args['limit']);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) throw new SlackError('invalid_limit');
  const cursor = String(args['cursor'] ?? '');
  const start =
    cursor === ''
      ? 0
      : Number(/^page:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new SlackError('invalid_cursor');
  const end = start + limit;
  return {
    items: all.slice(start, end),
    next: end < all.length ? Buffer.from(`page:${end}`).toString('base64') : '',
  };
}
