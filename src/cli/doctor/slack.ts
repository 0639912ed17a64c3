import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { isPerson } from '../../domain/owner.ts';
import { failureOf } from '../../slack/outbox/delivery-failure.ts';
import { isPlatformError } from '../../slack/slack-errors.ts';
import { NEEDED_SCOPES } from '../../slack/workspace.ts';
import { broken, type Check, doubtful, type Finding, ok, skipped } from './check.ts';
import { clockFinding } from './clock.ts';
import { type Patient, slackClientOf } from './resources.ts';
import { counted } from './format-values.ts';

const MANIFEST = new URL('../../../manifest.yml', import.meta.url);
const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

const COPY_AGAIN = 'Copy the bot token again from "OAuth & Permissions" of the app into SLACK_BOT_TOKEN.';
const REINSTALL = 'Update the app from manifest.yml, then install it again under "OAuth & Permissions".';

export const slackChecks: readonly Check[] = [
  {
    name: 'bot token',
    async look({ whoami }) {
      try {
        const { bot, team } = await whoami.look();
        return ok(`@${bot} in ${team}`);
      } catch (error) {
        return slackFinding(error, 'SLACK_BOT_TOKEN', COPY_AGAIN);
      }
    },
  },
  {
    name: 'scopes',
    async look({ whoami }) {
      const { scopes: granted } = await whoami.need();
      if (!granted)
        return doubtful('Slack does not say which it granted', 'Compare with manifest.yml by hand.');
      if (!existsSync(MANIFEST)) return skipped('manifest.yml is not here to compare with');
      const wanted = manifestSchema.parse(parse(readFileSync(MANIFEST, 'utf8'))).oauth_config.scopes.bot;
      const missing = wanted.filter((scope) => !granted.includes(scope));
      const idle = granted.filter((scope) => !wanted.includes(scope));
      if (missing.some((scope) => NEEDED_SCOPES.includes(scope))) {
        return broken(`missing: ${missing.join(', ')}`, REINSTALL);
      }
      if (missing.length > 0) {
        return doubtful(`missing: ${missing.join(', ')}; docs/slack.md says what each is for`, REINSTALL);
      }
      if (idle.length > 0)
        return doubtful(`more than it needs: ${idle.join(', ')}`, 'Take them away from the app.');
      return ok(`all ${wanted.length} of manifest.yml, and no other`);
    },
  },
  {
    name: 'how it is heard',
    async look({ env, slackApi }) {
      const token = env['SLACK_APP_TOKEN'];
      if (!token) {
        return env['SLACK_SIGNING_SECRET']
          ? ok('over HTTP, signed; whether the secret is right shows with the first request')
          : broken('neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set', 'docs/slack.md explains both.');
      }
      try {
        await slackClientOf(token, slackApi).apps.connections.open();
        return ok('Socket Mode: the app-level token opens a connection');
      } catch (error) {
        return slackFinding(
          error,
          'SLACK_APP_TOKEN',
          'Make an app-level token with connections:write under "Basic Information", and switch Socket Mode on.',
        );
      }
    },
  },
  {
    name: 'digest channel',
    look: async (patient) => {
      const { slack } = await patient.config.need();
      if (slack.channel) return channelFinding(patient, slack.channel);
      return doubtful('none is named: no digest, no alerts', 'Set slack.channel to a channel of your own.');
    },
  },
  {
    name: 'key requests channel',
    look: async (patient) => {
      const { slack, tokens } = await patient.config.need();
      if (tokens.mode === 'link') return ok('keys are asked for elsewhere: tokens.mode is link');
      if (tokens.channel && tokens.channel !== slack.channel) return channelFinding(patient, tokens.channel);
      return slack.channel
        ? ok('the same as the digest')
        : doubtful('none is named: each admin is asked', 'Set tokens.channel or slack.channel.');
    },
  },
  { name: 'admins', look: adminsFinding },
  {
    name: 'clock and Slack',
    async look({ slackApi, now }) {
      try {
        const { headers } = await fetch(new URL('api.test', slackApi), {
          method: 'POST',
          signal: AbortSignal.timeout(10_000),
        });
        return clockFinding('Slack', headers.get('date'), now());
      } catch (error) {
        const { code } = ((error as Error).cause ?? {}) as { code?: string };
        return broken(`Slack cannot be reached (${code ?? (error as Error).message})`, NETWORK);
      }
    },
  },
];

const NETWORK = 'Check the network, the proxy and the firewall: the bot must reach slack.com.';

/** What a failed call means for whoever set the bot up. */
function slackFinding(error: unknown, what: string, advice: string): Finding {
  if (isPlatformError(error)) return broken(`Slack refuses ${what}: ${error.data.error}`, advice);
  if (error instanceof Error && error.name === 'Missing') throw error;
  const failure = failureOf(error);
  if (failure.kind === 'too-fast') return doubtful(failure.error, 'Look again in a minute.');
  return broken(failure.error, NETWORK);
}

interface Channel {
  readonly name?: string;
  readonly is_member?: boolean;
  readonly is_archived?: boolean;
  readonly is_ext_shared?: boolean;
  readonly is_pending_ext_shared?: boolean;
}

async function channelFinding(patient: Patient, named: string): Promise<Finding> {
  await patient.whoami.need();
  let channel: Channel | undefined;
  try {
    channel = await findChannel(patient, named);
  } catch (error) {
    if (!isPlatformError(error) || error.data.error !== 'channel_not_found') {
      return slackFinding(error, named, REINSTALL);
    }
  }
  if (!channel)
    return broken(`${named} cannot be seen`, 'Check the name; invite the bot there if it is private.');
  const shown = channel.name ? `#${channel.name}` : named;
  if (channel.is_archived) return broken(`${shown} is archived`, 'Unarchive it, or name another channel.');
  if (channel.is_ext_shared || channel.is_pending_ext_shared) {
    return broken(
      `${shown} is shared with another company, so nothing is said there`,
      'Name a channel of your own; until then the digest goes to each admin.',
    );
  }
  if (!channel.is_member) return broken(`the bot is not in ${shown}`, `Invite it: /invite there.`);
  return ok(`${shown}: a member, and no stranger reads along`);
}

async function findChannel({ slack }: Patient, named: string): Promise<Channel | undefined> {
  const client = await slack.need();
  if (!named.startsWith('#')) return (await client.conversations.info({ channel: named })).channel;
  let cursor: string | undefined;
  do {
    const { channels = [], response_metadata } = await client.conversations.list({
      types: 'public_channel,private_channel',
      limit: 1_000,
      ...(cursor && { cursor }),
    });
    const found = channels.find(({ name }) => name === named.slice(1));
    if (found) return found;
    cursor = response_metadata?.next_cursor || undefined;
  } while (cursor);
  return undefined;
}

async function adminsFinding({ config, people, slack }: Patient): Promise<Finding> {
  const { admins } = (await config.need()).slack;
  if (admins.length === 0) {
    return doubtful(
      'none is named: nobody may scan, approve, or see who is reminded',
      'Name people or a user group under slack.admins.',
    );
  }
  const finder = await people.need();
  const client = await slack.need();
  const wrong: string[] = [];
  let active = 0;
  for (const who of admins) {
    try {
      const ids = isPerson(who)
        ? [who]
        : ((await client.usergroups.users.list({ usergroup: who })).users ?? []);
      if (ids.length === 0) wrong.push(`${who} is a group of nobody`);
      for (const id of ids) {
        const person = await finder.byName(id);
        if (person?.kind === 'member') active += 1;
        else
          wrong.push(person ? `${id} is no active member (${person.kind})` : `Slack knows nobody by ${id}`);
      }
    } catch (error) {
      if (!isPlatformError(error)) return slackFinding(error, who, REINSTALL);
      wrong.push(`${who} cannot be looked up: ${error.data.error}`);
    }
  }
  if (active === 0) return broken('nobody named can act', 'Name active members under slack.admins.', wrong);
  const says = counted(active, 'active member');
  return wrong.length === 0 ? ok(says) : doubtful(says, 'Correct slack.admins.', wrong);
}
