import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { isPersonIdentifier } from '../../domain/owner.ts';
import { deliveryFailureOf } from '../../slack/outbox/delivery-failure.ts';
import { isPlatformError } from '../../slack/slack-errors.ts';
import { REQUIRED_SCOPES } from '../../slack/workspace.ts';
import { type Check, type CheckResult, fail, ok, skip, warn } from './check.ts';
import { checkClock } from './clock.ts';
import { formatCount } from './format-values.ts';
import { createSlackClient, type DoctorResources } from './resources.ts';

const MANIFEST = new URL('../../../manifest.yml', import.meta.url);
const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

const COPY_TOKEN_ADVICE =
  'Copy the bot token again from "OAuth & Permissions" of the app into SLACK_BOT_TOKEN.';
const REINSTALL_ADVICE =
  'Update the app from manifest.yml, then install it again under "OAuth & Permissions".';

export const slackChecks: readonly Check[] = [
  {
    name: 'bot token',
    async run({ botIdentity }) {
      try {
        const { bot, team } = await botIdentity.open();
        return ok(`@${bot} in ${team}`);
      } catch (error) {
        return resultForSlackError(error, 'SLACK_BOT_TOKEN', COPY_TOKEN_ADVICE);
      }
    },
  },
  {
    name: 'scopes',
    async run({ botIdentity }) {
      const { scopes: granted } = await botIdentity.require();
      if (!granted)
        return warn('Slack does not list the granted scopes', 'Compare them with manifest.yml yourself.');
      if (!existsSync(MANIFEST)) return skip('manifest.yml is not available for comparison');
      const expected = manifestSchema.parse(parse(readFileSync(MANIFEST, 'utf8'))).oauth_config.scopes.bot;
      const missing = expected.filter((scope) => !granted.includes(scope));
      const unused = granted.filter((scope) => !expected.includes(scope));
      if (missing.some((scope) => REQUIRED_SCOPES.includes(scope))) {
        return fail(`missing: ${missing.join(', ')}`, REINSTALL_ADVICE);
      }
      if (missing.length > 0) {
        return warn(`missing: ${missing.join(', ')}; docs/slack.md explains each scope`, REINSTALL_ADVICE);
      }
      if (unused.length > 0)
        return warn(`not needed: ${unused.join(', ')}`, 'Remove these scopes from the app.');
      return ok(`all ${expected.length} scopes of manifest.yml, no others`);
    },
  },
  {
    name: 'connection',
    async run({ env, slackApi }) {
      const token = env['SLACK_APP_TOKEN'];
      if (!token) {
        return env['SLACK_SIGNING_SECRET']
          ? ok('HTTP mode: the signing secret is verified with the first request')
          : fail(
              'neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set',
              'Set one of them; docs/slack.md explains both.',
            );
      }
      try {
        await createSlackClient(token, slackApi).apps.connections.open();
        return ok('Socket Mode: the app-level token opens a connection');
      } catch (error) {
        return resultForSlackError(
          error,
          'SLACK_APP_TOKEN',
          'Create an app-level token with connections:write under "Basic Information", and turn on Socket Mode.',
        );
      }
    },
  },
  {
    name: 'digest channel',
    run: async (resources) => {
      const { slack } = await resources.config.require();
      if (slack.channel) return checkChannel(resources, slack.channel);
      return warn('not set: no digest and no alerts', 'Set slack.channel to an internal channel.');
    },
  },
  { name: 'org unit channels', run: checkPartChannels },
  {
    name: 'key requests channel',
    run: async (resources) => {
      const { slack, tokens } = await resources.config.require();
      if (tokens.mode === 'link') return ok('not used: tokens.mode is link');
      if (tokens.channel && tokens.channel !== slack.channel) return checkChannel(resources, tokens.channel);
      return slack.channel
        ? ok('the same as the digest')
        : warn('not set: every admin is asked', 'Set tokens.channel or slack.channel.');
    },
  },
  { name: 'admins', run: checkAdmins },
  {
    name: 'clock and Slack',
    async run({ slackApi, now }) {
      try {
        const { headers } = await fetch(new URL('api.test', slackApi), {
          method: 'POST',
          signal: AbortSignal.timeout(10_000),
        });
        return checkClock('Slack', headers.get('date'), now());
      } catch (error) {
        const { code } = ((error as Error).cause ?? {}) as { code?: string };
        return fail(`Slack cannot be reached (${code ?? (error as Error).message})`, NETWORK_ADVICE);
      }
    },
  },
];

const NETWORK_ADVICE = 'Check the network, the proxy and the firewall: the bot must reach slack.com.';

/** Returns the check result for a failed Slack call. */
function resultForSlackError(error: unknown, subject: string, advice: string): CheckResult {
  if (isPlatformError(error)) return fail(`Slack rejected ${subject}: ${error.data.error}`, advice);
  if (error instanceof Error && error.name === 'MissingResourceError') throw error;
  const failure = deliveryFailureOf(error);
  if (failure.kind === 'rate-limited') return warn(failure.error, 'Try again in a minute.');
  return fail(failure.error, NETWORK_ADVICE);
}

interface Channel {
  readonly name?: string;
  readonly is_member?: boolean;
  readonly is_archived?: boolean;
  readonly is_ext_shared?: boolean;
  readonly is_pending_ext_shared?: boolean;
}

/** Names the channels of org units that cannot be used, worst first. */
async function checkPartChannels(resources: DoctorResources): Promise<CheckResult> {
  const { channels } = (await resources.config.require()).slack;
  const names = [...new Set(channels.map(({ channel }) => channel))];
  if (names.length === 0) return ok('none set');
  const results: CheckResult[] = [];
  for (const name of names) results.push(await checkChannel(resources, name));
  const problem =
    results.find(({ state }) => state === 'failed') ?? results.find(({ state }) => state === 'warning');
  return {
    ...(problem ?? ok(formatCount(names.length, 'channel'))),
    details: results.map(({ message }) => message),
  };
}

async function checkChannel(resources: DoctorResources, configuredName: string): Promise<CheckResult> {
  await resources.botIdentity.require();
  let channel: Channel | undefined;
  try {
    channel = await findChannel(resources, configuredName);
  } catch (error) {
    if (!isPlatformError(error) || error.data.error !== 'channel_not_found') {
      return resultForSlackError(error, configuredName, REINSTALL_ADVICE);
    }
  }
  if (!channel)
    return fail(`${configuredName} not found`, 'Check the name. If the channel is private, invite the bot.');
  const label = channel.name ? `#${channel.name}` : configuredName;
  if (channel.is_archived) return fail(`${label} is archived`, 'Unarchive it, or choose another channel.');
  if (channel.is_ext_shared || channel.is_pending_ext_shared) {
    return fail(
      `${label} is shared with another company, so the bot does not post there`,
      'Choose an internal channel; until then the digest goes to every admin.',
    );
  }
  if (!channel.is_member)
    return fail(`the bot is not in ${label}`, 'Invite it: type /invite in the channel.');
  return ok(`${label}: the bot is a member and the channel is internal`);
}

async function findChannel({ slack }: DoctorResources, configuredName: string): Promise<Channel | undefined> {
  const client = await slack.require();
  if (!configuredName.startsWith('#'))
    return (await client.conversations.info({ channel: configuredName })).channel;
  let cursor: string | undefined;
  do {
    const { channels = [], response_metadata } = await client.conversations.list({
      types: 'public_channel,private_channel',
      limit: 1_000,
      ...(cursor && { cursor }),
    });
    const found = channels.find(({ name }) => name === configuredName.slice(1));
    if (found) return found;
    cursor = response_metadata?.next_cursor || undefined;
  } while (cursor);
  return undefined;
}

async function checkAdmins({ config, people, slack }: DoctorResources): Promise<CheckResult> {
  const { admins } = (await config.require()).slack;
  if (admins.length === 0) {
    return warn(
      'not set: no one can start a scan, approve requests, or see who is reminded',
      'List people or a user group in slack.admins.',
    );
  }
  const peopleDirectory = await people.require();
  const client = await slack.require();
  const problems: string[] = [];
  let active = 0;
  for (const entry of admins) {
    try {
      const ids = isPersonIdentifier(entry)
        ? [entry]
        : ((await client.usergroups.users.list({ usergroup: entry })).users ?? []);
      if (ids.length === 0) problems.push(`${entry} is an empty user group`);
      for (const id of ids) {
        const person = await peopleDirectory.byName(id);
        if (person?.kind === 'member') active += 1;
        else
          problems.push(
            person ? `${id} is not an active member (${person.kind})` : `${id} was not found in Slack`,
          );
      }
    } catch (error) {
      if (!isPlatformError(error)) return resultForSlackError(error, entry, REINSTALL_ADVICE);
      problems.push(`${entry} cannot be looked up: ${error.data.error}`);
    }
  }
  if (active === 0) return fail('no active admin', 'List active members in slack.admins.', problems);
  const message = formatCount(active, 'active member');
  return problems.length === 0 ? ok(message) : warn(message, 'Correct slack.admins.', problems);
}
