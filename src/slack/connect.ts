import type { WebClient } from '@slack/web-api';
import type { Config } from '../config/config.ts';
import type { LetterContent } from '../domain/notification.ts';
import type { Database } from '../store/database.ts';
import type { Context, Log } from '../usecases/shared/context.ts';
import { reachable } from '../usecases/owners/resolve-owners.ts';
import { unreachableOwners } from '../usecases/owners/find-unreachable-owners.ts';
import { FLAGS_MAX_AGE_MS, type Gate, openGate, refusalWords } from './authorizer.ts';
import { type SlackOptions, slackClient } from './app.ts';
import { findChannels } from './channels.ts';
import { openPeople, type People } from './user-directory.ts';
import { postmanClient } from './outbox/client.ts';
import type { Drawing } from './outbox/sender.ts';
import { openPostman, type Postman } from './outbox/dispatcher.ts';
import { drawLetter } from './views/notification.ts';
import { whenSlackAnswers } from './retry.ts';
import { enterWorkspace, type Workspace } from './workspace.ts';

/** What the bot has in its workspace before it listens: who is who, who may come in, where it speaks, who delivers. */
export interface Premises {
  readonly workspace: Workspace;
  readonly client: WebClient;
  readonly people: People;
  readonly gate: Gate;
  readonly postman: Postman;
  /** What use cases may know of Slack. */
  readonly known: Pick<Context, 'people' | 'channels'>;
}

export interface PremisesOptions {
  readonly slack: SlackOptions;
  readonly config: Config;
  readonly db: Database;
  readonly now: () => Date;
  readonly log: Log;
  readonly instance: string;
  /** Ends the wait for a Slack that does not answer. */
  readonly stops: AbortSignal;
}

/** The workspace that the token opens, once Slack answers; a SlackSetupError if it will not have us. */
export async function enterPremises(options: PremisesOptions): Promise<Premises> {
  const { slack, config, db, now, log, stops } = options;
  const client = slackClient(slack, log);
  const workspace = await whenSlackAnswers(() => enterWorkspace(client), log, stops);
  const homeTeam = () => workspace.teamId;
  const people = openPeople({ db, client, homeTeam, now });
  // Whoever Slack tells to wait, waits with every call of its client: jobs that ask for hundreds of owners have one
  // of their own, so that nobody who clicks waits for them.
  const owners = openPeople({ db, client: slackClient(slack, log), homeTeam, now });
  const unreachable = () => unreachableOwners(db, config);
  const gate = openGate({ client, people, config, homeTeam, unreachable, log });
  const named = { 'slack.channel': config.slack.channel, 'tokens.channel': config.tokens.channel };
  const channels = await whenSlackAnswers(() => findChannels(client, named), log, stops);
  const digest = channels['slack.channel'];

  const whyNot = async (channel: string): Promise<string | undefined> => {
    const because = await gate.refusesChannel(channel);
    if (because === 'cannot-ask') throw new Error('Slack did not say whether the channel is shared');
    return because && refusalWords(because);
  };
  // A letter may wait for hours, and its reader become a guest meanwhile.
  const whyNotPerson = async (id: string): Promise<string | undefined> => {
    const person = await owners.byId(id, FLAGS_MAX_AGE_MS);
    const isThere = person !== undefined && reachable(person, config) !== undefined;
    return isThere ? undefined : 'The reader is no full, active member of the workspace any more';
  };

  return {
    workspace,
    client,
    people,
    gate,
    postman: openPostman({
      db,
      client: postmanClient({ token: slack.botToken, slackApiUrl: slack.apiUrl, fetch: slack.fetch }),
      draw: ({ payload }) => drawLetter(payload as LetterContent) as Drawing,
      refuse: (reader) => (reader.kind === 'channel' ? whyNot(reader.id) : whyNotPerson(reader.id)),
      now,
      log,
      instance: options.instance,
    }),
    known: {
      people: { byName: owners.byName, admins: gate.admins },
      channels: { digest, tokens: channels['tokens.channel'] ?? digest, whyNot },
    },
  };
}
