import type { WebClient } from '@slack/web-api';
import type { Config } from '../config/config.ts';
import type { NotificationContent } from '../domain/notification.ts';
import type { Database } from '../store/database.ts';
import { findUnreachableOwners } from '../usecases/owners/find-unreachable-owners.ts';
import { toReachablePerson } from '../usecases/owners/resolve-owners.ts';
import type { Context, Log } from '../usecases/shared/context.ts';
import { createSlackClient, type SlackOptions } from './app.ts';
import { type Authorizer, createAuthorizer, denialText, PERSON_MAX_AGE_MS } from './authorizer.ts';
import { resolveChannels } from './channels.ts';
import { createDispatcherClient } from './outbox/client.ts';
import { createDispatcher, type OutboxDispatcher } from './outbox/dispatcher.ts';
import type { MessageContent } from './outbox/sender.ts';
import { retryUntilSlackResponds } from './retry.ts';
import { createUserDirectory, type UserDirectory } from './user-directory.ts';
import { renderNotification } from './views/notification.ts';
import { identifyWorkspace, type WorkspaceIdentity } from './workspace.ts';

/** What the bot has in its workspace before it listens: who is who, who may come in, where it speaks, who delivers. */
export interface SlackServices {
  readonly workspace: WorkspaceIdentity;
  readonly client: WebClient;
  readonly people: UserDirectory;
  readonly authorizer: Authorizer;
  readonly dispatcher: OutboxDispatcher;
  /** What use cases may know of Slack. */
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
  /** Ends the wait for a Slack that does not answer. */
  readonly stops: AbortSignal;
}

/** The workspace that the token opens, once Slack answers; a SlackSetupError if it will not have us. */
export async function connectSlack(options: ConnectOptions): Promise<SlackServices> {
  const { slack, config, db, now, log, stops } = options;
  const client = createSlackClient(slack, log);
  const workspace = await retryUntilSlackResponds(() => identifyWorkspace(client), log, stops);
  const homeTeam = () => workspace.teamId;
  const people = createUserDirectory({ db, client, homeTeam, now });
  // Whoever Slack tells to wait, waits with every call of its client: jobs that ask for hundreds of owners have one
  // of their own, so that nobody who clicks waits for them.
  const owners = createUserDirectory({ db, client: createSlackClient(slack, log), homeTeam, now });
  const unreachable = () => findUnreachableOwners(db, config);
  const authorizer = createAuthorizer({ client, people, config, homeTeam, unreachable, log });
  const configuredChannels = {
    'slack.channel': config.slack.channel,
    'tokens.channel': config.tokens.channel,
  };
  const channels = await retryUntilSlackResponds(
    () => resolveChannels(client, configuredChannels),
    log,
    stops,
  );
  const digest = channels['slack.channel'];

  const channelBlockReason = async (channel: string): Promise<string | undefined> => {
    const reason = await authorizer.channelDenialReason(channel);
    if (reason === 'lookup-failed') throw new Error('Slack did not say whether the channel is shared');
    return reason && denialText(reason);
  };
  // A letter may wait for hours, and its reader become a guest meanwhile.
  const personBlockReason = async (id: string): Promise<string | undefined> => {
    const person = await owners.byId(id, PERSON_MAX_AGE_MS);
    const isReachable = person !== undefined && toReachablePerson(person, config) !== undefined;
    return isReachable ? undefined : 'The reader is no full, active member of the workspace any more';
  };

  return {
    workspace,
    client,
    people,
    authorizer,
    dispatcher: createDispatcher({
      db,
      client: createDispatcherClient({
        token: slack.botToken,
        slackApiUrl: slack.apiUrl,
        fetch: slack.fetch,
      }),
      render: ({ payload }) => renderNotification(payload as NotificationContent) as MessageContent,
      blockReason: (reader) =>
        reader.kind === 'channel' ? channelBlockReason(reader.id) : personBlockReason(reader.id),
      now,
      claimClock: options.claimClock,
      log,
      instance: options.instance,
    }),
    contextServices: {
      people: { byName: owners.byName, admins: authorizer.admins },
      channels: { digest, tokens: channels['tokens.channel'] ?? digest, channelBlockReason },
    },
  };
}
