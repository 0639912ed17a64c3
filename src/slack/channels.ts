import type { WebClient } from '@slack/web-api';
import { isPlatformError } from './slack-errors.ts';
import { SlackSetupError } from './workspace.ts';

/**
 * The id of a channel that the configuration names, by id or as `#name`; `null` where it names none. Throws a
 * SlackSetupError that says what to do when there is no such channel, or the bot is not in it.
 */
export async function findChannel(
  client: WebClient,
  named: string | undefined,
  setting: string,
): Promise<string | null> {
  if (named === undefined) return null;
  const channel = named.startsWith('#') ? await byName(client, named.slice(1)) : await byId(client, named);
  if (!channel) {
    throw new SlackSetupError(
      `${setting} names ${named}, but I cannot see such a channel: check its name, and invite me if it is private`,
    );
  }
  if (!channel.is_member) {
    throw new SlackSetupError(`${setting} names ${named}, but I am not in it: invite me there with /invite`);
  }
  return channel.id ?? null;
}

interface Channel {
  readonly id?: string;
  readonly name?: string;
  readonly is_member?: boolean;
}

async function byId(client: WebClient, id: string): Promise<Channel | undefined> {
  try {
    return (await client.conversations.info({ channel: id })).channel;
  } catch (error) {
    if (isPlatformError(error)) return undefined;
    throw error;
  }
}

async function byName(client: WebClient, name: string): Promise<Channel | undefined> {
  let cursor: string | undefined;
  do {
    const { channels = [], response_metadata } = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 1_000,
      ...(cursor && { cursor }),
    });
    const found = channels.find((channel) => channel.name === name);
    if (found) return found;
    cursor = response_metadata?.next_cursor || undefined;
  } while (cursor);
  return undefined;
}
