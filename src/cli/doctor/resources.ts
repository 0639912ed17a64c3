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
import type { Context } from '../../usecases/shared/context.ts';
import { type StoreLocation, storeLocation } from '../store-location.ts';
import { MissingResourceError } from './check.ts';
import { readOnlyDatabase } from './read-only-database.ts';

/** Something that several checks need: opened once, when the first asks. */
export interface Resource<T> {
  /** For the check that looks at it: throws why it cannot be had. */
  open(): Promise<T>;
  /** For all others: throws Missing when it cannot be had. */
  require(): Promise<T>;
}

/** What Slack says of our bot token. */
export interface BotIdentity {
  readonly team: string;
  readonly teamId: string;
  readonly bot: string;
  /** Undefined where Slack does not say. */
  readonly scopes: readonly string[] | undefined;
}

/** What is looked at. */
export interface DoctorResources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: StoreLocation;
  readonly now: () => Date;
  readonly slackApi: string;
  readonly config: Resource<Config>;
  /** Open, whatever its tables are like. */
  readonly database: Resource<Database>;
  readonly slack: Resource<WebClient>;
  readonly botIdentity: Resource<BotIdentity>;
  readonly people: Resource<UserDirectory>;
  readonly aws: Resource<AwsClients>;
  readonly collector: Resource<AwsCollector>;
  /** Some accounts, as the collector lists them first. */
  readonly accounts: Resource<{ readonly found: readonly Account[]; readonly more: boolean }>;
  /** An ordinary account to try every way on. */
  readonly sample: Resource<Account>;
  /** What use cases need, to read what would happen. */
  readonly context: Resource<Context>;
  close(): Promise<void>;
}

const MAX_PAGES = 5;
const CONCURRENCY = 4;

/** Everything there is to look at, by the environment. Nothing is opened yet. */
export function createResources(
  env: DoctorResources['env'],
  now: () => Date = () => new Date(),
): DoctorResources {
  const cleanups: (() => Promise<void> | void)[] = [];
  const store = storeLocation(env);
  const slackApi = (env['SLACK_API_URL'] || 'https://slack.com/api').replace(/\/*$/, '/');

  const config = createResource('a configuration that can be read', async () => loadConfig(env));
  const database = createResource('the database', async () => {
    if (!storeExists(store)) throw new MissingResourceError('a database that was used before');
    const db = await openDatabase(store);
    cleanups.push(() => db.close());
    return db;
  });
  const slack = createResource('SLACK_BOT_TOKEN', async () => {
    const token = env['SLACK_BOT_TOKEN'];
    if (!token) throw new MissingResourceError('SLACK_BOT_TOKEN');
    return createSlackClient(token, slackApi);
  });
  const botIdentity = createResource('a bot token that Slack knows', async (): Promise<BotIdentity> => {
    const client = await slack.require();
    const { team = '', team_id = '', user = '', response_metadata } = await client.auth.test();
    return { team, teamId: team_id, bot: user, scopes: response_metadata?.scopes };
  });
  const people = createResource('a bot token that Slack knows', async () => {
    const { teamId } = await botIdentity.require();
    const knownDatabase = await readableDatabase().catch(() => undefined);
    return createUserDirectory({
      db: readOnlyDatabase(knownDatabase),
      client: await slack.require(),
      homeTeam: () => teamId,
      now,
    });
  });
  const aws = createResource('AWS', async () => {
    const clients = await createAwsClients({ concurrency: CONCURRENCY, maxAttempts: 2 });
    cleanups.push(() => clients.close());
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
  const sample = createResource('an account that is active', async () => {
    const found = (await accounts.require()).found.find(
      ({ state, managementAccount }) => !managementAccount && (state === 'ACTIVE' || state === null),
    );
    if (!found) throw new MissingResourceError('an account that is active, and not the management account');
    return found;
  });

  /** The database, if its tables are those that this version knows. */
  async function readableDatabase(): Promise<Database> {
    const db = await database.require();
    const applied = await appliedMigrations(db);
    if (
      applied.join() !==
      readMigrations()
        .map(({ name }) => name)
        .join()
    ) {
      throw new MissingResourceError('a database with all its tables');
    }
    return db;
  }

  const context = createResource('the database', async (): Promise<Context> => {
    const db = readOnlyDatabase(await readableDatabase());
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
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      now,
    };
  });

  return {
    env,
    store,
    now,
    slackApi,
    config,
    database,
    slack,
    botIdentity,
    people,
    aws,
    collector,
    accounts,
    sample,
    context,
    async close() {
      for (const close of cleanups.splice(0).toReversed()) await close();
    },
  };
}

/** Whether there is a database that opening would not make. */
export function storeExists({ url, dataDir }: StoreLocation): boolean {
  return url !== undefined || existsSync(join(dataDir, 'postgres', 'PG_VERSION'));
}

/** A client that tries once: a doctor tells of what fails. */
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
        // What was missing at the root is the better answer.
        throw error instanceof MissingResourceError ? error : new MissingResourceError(description);
      }),
  };
}
