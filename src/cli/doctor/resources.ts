import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WebClient } from '@slack/web-api';
import { type AwsClients, createAwsClients } from '../../aws/clients.ts';
import { type AwsCollector, openCollector } from '../../aws/collector.ts';
import { type Config, loadConfig } from '../../config/config.ts';
import type { Account } from '../../domain/account.ts';
import { createDispatcherClient } from '../../slack/outbox/client.ts';
import { createUserDirectory, type UserDirectory } from '../../slack/user-directory.ts';
import { createAccountCache } from '../../store/account-cache.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { createDecisionCache } from '../../store/decision-cache.ts';
import { appliedMigrations, readMigrations } from '../../store/migrate.ts';
import type { Context, Log } from '../../usecases/shared/context.ts';
import { type StoreLocation, storeLocation } from '../store-location.ts';
import { MissingResourceError } from './missing-resource-error.ts';
import { readOnlyDatabase } from './read-only-database.ts';

/** A resource shared by several checks, opened once on first use. */
export interface Resource<T> {
  /** Opens it for its own check: throws the reason it is unavailable. */
  open(): Promise<T>;
  /** Opens it for other checks: throws MissingResourceError if it is unavailable. */
  require(): Promise<T>;
}

/** What Slack returns for the bot token. */
export interface BotIdentity {
  readonly team: string;
  readonly teamId: string;
  readonly bot: string;
  /** Undefined if Slack does not return them. */
  readonly scopes: readonly string[] | undefined;
}

/** Everything the checks use. */
export interface DoctorResources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: StoreLocation;
  readonly now: () => Date;
  /** Whether webhooks get a test event. */
  readonly sendTestEvent: boolean;
  readonly slackApi: string;
  readonly config: Resource<Config>;
  /** Open, even if its tables are outdated. */
  readonly database: Resource<Database>;
  readonly slack: Resource<WebClient>;
  readonly botIdentity: Resource<BotIdentity>;
  readonly people: Resource<UserDirectory>;
  readonly aws: Resource<AwsClients>;
  readonly collector: Resource<AwsCollector>;
  /** The first accounts that the collector lists. */
  readonly accounts: Resource<{ readonly found: readonly Account[]; readonly more: boolean }>;
  /** An active member account to test access with. */
  readonly sample: Resource<Account>;
  /** Context for use cases that preview what the bot would do. */
  readonly context: Resource<Context>;
  close(): Promise<void>;
}

const MAX_PAGES = 5;
const CONCURRENCY = 4;

/** A log that writes nothing: doctor reports in its own words. */
export const SILENT_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Returns the resources for an environment; nothing is opened yet. */
export function createResources(
  env: DoctorResources['env'],
  { sendTestEvent = false, now = () => new Date() }: { sendTestEvent?: boolean; now?: () => Date } = {},
): DoctorResources {
  const cleanups: Cleanup[] = [];
  const onClose = (cleanup: Cleanup) => cleanups.push(cleanup);
  const store = storeLocation(env);
  const slackApi = (env['SLACK_API_URL'] || 'https://slack.com/api').replace(/\/*$/, '/');

  const config = createResource('a valid configuration', async () => loadConfig(env));
  const database = createResource('the database', async () => {
    if (!storeExists(store)) throw new MissingResourceError('an existing database');
    const db = await openDatabase(store);
    onClose(() => db.close());
    return db;
  });
  const slack = slackResources({ token: env['SLACK_BOT_TOKEN'], slackApi, database, now });
  const aws = awsResources({ config, now, onClose });
  const context = createResource('the database', () =>
    previewContext({ config, database, people: slack.people, collector: aws.collector, now }),
  );

  return {
    env,
    store,
    now,
    sendTestEvent,
    slackApi,
    config,
    database,
    ...slack,
    ...aws,
    context,
    async close() {
      for (const close of cleanups.splice(0).toReversed()) await close();
    },
  };
}

type Cleanup = () => Promise<void> | void;

function slackResources({
  token,
  slackApi,
  database,
  now,
}: Pick<DoctorResources, 'slackApi' | 'database' | 'now'> & { readonly token: string | undefined }): Pick<
  DoctorResources,
  'slack' | 'botIdentity' | 'people'
> {
  const slack = createResource('SLACK_BOT_TOKEN', async () => {
    if (!token) throw new MissingResourceError('SLACK_BOT_TOKEN');
    return createSlackClient(token, slackApi);
  });
  const botIdentity = createResource('a valid bot token', async (): Promise<BotIdentity> => {
    const client = await slack.require();
    const { team = '', team_id = '', user = '', response_metadata } = await client.auth.test();
    return { team, teamId: team_id, bot: user, scopes: response_metadata?.scopes };
  });
  const people = createResource('a valid bot token', async () => {
    const { teamId } = await botIdentity.require();
    const knownDatabase = await migratedDatabase(database).catch(() => undefined);
    return createUserDirectory({
      db: readOnlyDatabase(knownDatabase),
      client: await slack.require(),
      homeTeam: () => teamId,
      now,
    });
  });
  return { slack, botIdentity, people };
}

function awsResources({
  config,
  now,
  onClose,
}: Pick<DoctorResources, 'config' | 'now'> & { readonly onClose: (cleanup: Cleanup) => void }): Pick<
  DoctorResources,
  'aws' | 'collector' | 'accounts' | 'sample'
> {
  const aws = createResource('AWS', async () => {
    const clients = await createAwsClients({ concurrency: CONCURRENCY, maxAttempts: 2 });
    onClose(() => clients.close());
    return clients;
  });
  const collector = createResource('an AWS identity', async () =>
    openCollector((await config.require()).aws, { clients: await aws.require(), now }),
  );
  const accounts = createResource('a list of accounts', async () => {
    const found: Account[] = [];
    let pages = 0;
    for await (const page of (await collector.require()).accounts()) {
      found.push(...page);
      pages += 1;
      if (pages >= MAX_PAGES) return { found, more: true };
    }
    return { found, more: false };
  });
  const sample = createResource('an active account', async () => {
    const found = (await accounts.require()).found.find(
      ({ state, managementAccount }) => !managementAccount && (state === 'ACTIVE' || state === null),
    );
    if (!found) throw new MissingResourceError('an active member account');
    return found;
  });
  return { aws, collector, accounts, sample };
}

/** Returns the database if exactly the migrations of this version are applied. */
async function migratedDatabase(database: Resource<Database>): Promise<Database> {
  const db = await database.require();
  const applied = await appliedMigrations(db);
  const wanted = readMigrations().map(({ name }) => name);
  if (applied.join() !== wanted.join()) {
    throw new MissingResourceError('a database with all migrations applied');
  }
  return db;
}

/** Returns a context in which use cases read, but save and send nothing. */
async function previewContext({
  config,
  database,
  people,
  collector,
  now,
}: Pick<DoctorResources, 'config' | 'database' | 'people' | 'collector' | 'now'>): Promise<Context> {
  const db = readOnlyDatabase(await migratedDatabase(database));
  const knownPeople = await people.require().catch((error: unknown) => error as Error);
  return {
    db,
    config: await config.require(),
    accounts: createAccountCache(db),
    decisions: createDecisionCache(db),
    collector: collector.require,
    people: {
      byName: async (...names) => {
        if (knownPeople instanceof Error) throw knownPeople;
        return knownPeople.byName(...names);
      },
      admins: async () => [],
    },
    channels: { digest: null, tokens: null, channelBlockReason: async () => undefined },
    notificationsQueued: () => undefined,
    log: SILENT_LOG,
    now,
  };
}

/** Returns whether a database exists, so that opening it does not create one. */
export function storeExists({ url, dataDir }: StoreLocation): boolean {
  return url !== undefined || existsSync(join(dataDir, 'postgres', 'PG_VERSION'));
}

/** Returns a Slack client that does not retry: doctor reports the first failure. */
export function createSlackClient(token: string, slackApiUrl: string): WebClient {
  return createDispatcherClient({ token, slackApiUrl });
}

function createResource<T>(description: string, create: () => Promise<T>): Resource<T> {
  let opened: Promise<T> | undefined;
  const open = () => {
    opened ??= create();
    return opened;
  };
  return {
    open,
    require: () =>
      open().catch((error: unknown) => {
        // The underlying missing resource is the better explanation.
        throw error instanceof MissingResourceError ? error : new MissingResourceError(description);
      }),
  };
}
