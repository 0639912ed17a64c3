import type { WebClient } from '@slack/web-api';
import { isPermanentError, SlackSetupError } from './retry.ts';
import { answerPart, isPlatformError } from './slack-errors.ts';
import { missingScopeText } from './workspace.ts';

/** The configured channels, each by ID or as `#name`; undefined if not set. */
export type ConfiguredChannels<Setting extends string> = Readonly<Record<Setting, string | undefined>>;

/**
 * Returns channel IDs by the setting that names them; `null` if not set. Throws a SlackSetupError that says what to do
 * about each channel that does not exist or that the bot is not in.
 */
export async function resolveChannels<Setting extends string>(
  client: WebClient,
  configured: ConfiguredChannels<Setting>,
): Promise<Readonly<Record<Setting, string | null>>> {
  const found: Partial<Record<Setting, string | null>> = {};
  const problems = new Map<string, string>();
  for (const [setting, name] of Object.entries(configured) as [Setting, string | undefined][]) {
    found[setting] = null;
    if (name === undefined) continue;
    const channel = name.startsWith('#') ? await byName(client, name.slice(1)) : await byId(client, name);
    // Two settings often name the same channel: report its problem once.
    if (channel?.is_member) found[setting] = channel.id ?? null;
    else if (!problems.has(name)) problems.set(name, `${setting} names ${name}, but ${problemText(channel)}`);
  }
  if (problems.size > 0) throw new SlackSetupError([...problems.values()].join('\n'));
  return found as Record<Setting, string | null>;
}

function problemText(channel: Channel | undefined): string {
  return channel
    ? 'I am not in it: invite me there with /invite'
    : 'I cannot see this channel: check its name, and invite me if it is private';
}

interface Channel {
  readonly id?: string;
  readonly name?: string;
  readonly is_member?: boolean;
}

async function byId(client: WebClient, id: string): Promise<Channel | undefined> {
  try {
    return answerPart((await client.conversations.info({ channel: id })).channel, 'the channel');
  } catch (error) {
    if (isPlatformError(error) && error.data.error === 'channel_not_found') return undefined;
    throw toSetupError(error);
  }
}

async function byName(client: WebClient, name: string): Promise<Channel | undefined> {
  let cursor: string | undefined;
  do {
    const { channels, response_metadata } = await client.conversations
      .list({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 1_000,
        ...(cursor && { cursor }),
      })
      .catch((error: unknown) => {
        throw toSetupError(error);
      });
    const found = answerPart(channels, 'the channels').find((channel) => channel.name === name);
    if (found) return found;
    cursor = response_metadata?.next_cursor || undefined;
  } while (cursor);
  return undefined;
}

function toSetupError(error: unknown): unknown {
  if (!isPlatformError(error) || !isPermanentError(error)) return error;
  const { error: code, needed } = error.data;
  return new SlackSetupError(
    code === 'missing_scope' && needed
      ? missingScopeText(needed)
      : `Slack does not tell me about channels (${code}): check the app under "OAuth & Permissions"`,
  );
}
