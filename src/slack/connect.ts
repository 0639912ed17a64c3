import type { WebClient } from '@slack/web-api';
import type { Config } from '../config/config.ts';
import type { NotificationContent } from '../domain/notification.ts';
import type { Database } from '../store/database.ts';
import { findUnreachableOwners } from '../usecases/owners/find-unreachable-owners.ts';
import { toReachablePerson } from '../usecases/owners/resolve-owners.ts';
import type { ChannelOfPart, Context, Log } from '../usecases/shared/context.ts';
import { createAdmins } from './admins.ts';
import { createSlackClient, type SlackOptions } from './app.ts';
import { type Authorizer, createAuthorizer, PERSON_MAX_AGE_MS } from './authorizer.ts';
import { type ChannelPolicy, createChannelPolicy } from './channel-policy.ts';
import { resolveChannels } from './channels.ts';
import { denialText } from './denial.ts';
import { createTeamCheck } from './membership.ts';
import { createDispatcherClient } from './outbox/client.ts';
import { createDispatcher, type OutboxDispatcher, type WebhookDelivery } from './outbox/dispatcher.ts';
import type { MessageContent } from './outbox/sender.ts';
import { retryUntilSlackResponds } from './retry.ts';
import { createUserDirectory, type UserDirectory } from './user-directory.ts';
import { renderNotification } from './views/notification.ts';
import { identifyWorkspace, type WorkspaceIdentity } from './workspace.ts';

/** A setting that names a channel. */
type ChannelSetting = 'slack.channel' | 'tokens.channel' | ReturnType<typeof partSetting>;

/** What the bot needs of its workspace before it listens. */
export interface SlackServices {
  readonly workspace: WorkspaceIdentity;
  readonly client: WebClient;
  readonly people: UserDirectory;
  readonly authorizer: Authorizer;
  readonly channelPolicy: ChannelPolicy;
  readonly dispatcher: OutboxDispatcher;
  /** What use cases know of Slack. */
  readonly contextServices: Pick<Context, 'people' | 'channels'>;
}

export interface ConnectOptions {
  readonly slack: SlackOptions;
  readonly config: Config;
  readonly db: Database;
  readonly now: () => Date;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock?: (() => Date) | undefined;
  readonly log: Log;
  readonly instance: string;
  /** Delivers what goes to a webhook. */
  readonly deliverWebhook?: WebhookDelivery | undefined;
  /** Ends the wait for a Slack that does not answer. */
  readonly signal: AbortSignal;
}

/** Connects to the workspace of the bot token, once Slack answers. Throws a SlackSetupError when Slack refuses it. */
export async function connectSlack(options: ConnectOptions): Promise<SlackServices> {
  const { slack, config, db, now, log, signal } = options;
  const client = createSlackClient(slack, log);
  const workspace = await retryUntilSlackResponds(() => identifyWorkspace(client), log, signal);
  const homeTeam = () => workspace.teamId;
  const people = createUserDirectory({ db, client, homeTeam, now });
  // A client that Slack rate-limits waits with all its calls: jobs that look up hundreds of owners have their own, so
  // that people who click do not wait for them.
  const owners = createUserDirectory({ db, client: createSlackClient(slack, log), homeTeam, now });
  const unreachable = () => findUnreachableOwners(db, config);
  const isOurTeam = createTeamCheck(homeTeam, config.slack.enterpriseTeams);
  const admins = createAdmins({ client, people, config, isOurTeam, log });
  const authorizer = createAuthorizer({ people, admins, config, isOurTeam, unreachable, log });
  const channelPolicy = createChannelPolicy({ client, db, log });
  const configuredChannels: Record<ChannelSetting, string | undefined> = {
    'slack.channel': config.slack.channel,
    'tokens.channel': config.tokens.channel,
    ...Object.fromEntries(config.slack.channels.map(({ channel }, n) => [partSetting(n), channel])),
  };
  const channels = await retryUntilSlackResponds(
    () => resolveChannels(client, configuredChannels),
    log,
    signal,
  );
  const digest = channels['slack.channel'];

  const channelBlockReason = async (channel: string): Promise<string | undefined> => {
    const reason = await channelPolicy.denialReason(channel);
    if (reason === 'channel-lookup-failed' || reason === 'database-unavailable')
      throw new Error('Could not look up whether the channel is shared');
    return reason && denialText(reason);
  };
  // A notification can wait for hours, and its recipient become a guest meanwhile.
  const personBlockReason = async (id: string): Promise<string | undefined> => {
    const person = await owners.byId(id, PERSON_MAX_AGE_MS);
    const isReachable = person !== undefined && toReachablePerson(person, config) !== undefined;
    return isReachable ? undefined : 'The recipient is no longer a full, active member of the workspace';
  };

  return {
    workspace,
    client,
    people,
    authorizer,
    channelPolicy,
    dispatcher: createDispatcher({
      db,
      client: createDispatcherClient({
        token: slack.botToken,
        slackApiUrl: slack.apiUrl,
        fetch: slack.fetch,
      }),
      render: ({ payload }) => renderNotification(payload as NotificationContent) as MessageContent,
      blockReason: ({ kind, id }) => (kind === 'channel' ? channelBlockReason(id) : personBlockReason(id)),
      now,
      claimClock: options.claimClock,
      log,
      instance: options.instance,
      deliverWebhook: options.deliverWebhook,
    }),
    contextServices: {
      people: { byName: owners.byName, admins: admins.list },
      channels: {
        digest,
        tokens: channels['tokens.channel'] ?? digest,
        parts: channelParts(config, (n) => channels[partSetting(n)]),
        channelBlockReason,
      },
    },
  };
}

function partSetting(index: number): `slack.channels.${number}` {
  return `slack.channels.${index}`;
}

/** Returns the channels of parts of the company: one for each channel, however many entries name it. */
function channelParts(
  { slack }: Pick<Config, 'slack'>,
  channelIdOf: (index: number) => string | null | undefined,
): ChannelOfPart[] {
  const orgUnits = new Map<string, string[]>();
  for (const [index, part] of slack.channels.entries()) {
    const channel = channelIdOf(index);
    if (channel) orgUnits.set(channel, [...(orgUnits.get(channel) ?? []), ...part.orgUnits]);
  }
  return [...orgUnits].map(([channel, patterns]) => ({ channel, orgUnits: patterns }));
}
