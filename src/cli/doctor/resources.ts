import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WebClient } from '@slack/web-api';
import { type Clients, openClients } from '../../aws/clients.ts';
import { type Collector, openCollector } from '../../aws/collector.ts';
import { type Config, loadConfig } from '../../config/config.ts';
import type { Account } from '../../domain/account.ts';
import { openPeople, type People } from '../../slack/user-directory.ts';
import { postmanClient } from '../../slack/outbox/client.ts';
import { keepBook } from '../../store/account-cache.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { keepDecisions } from '../../store/decision-cache.ts';
import { landedMigrations, readMigrations } from '../../store/migrate.ts';
import type { Context } from '../../usecases/shared/context.ts';
import { type StorePlace, storePlace } from '../store-location.ts';
import { Missing } from './check.ts';
import { forgetful } from './read-only-database.ts';

/** Something that several checks need: opened once, when the first asks. */
export interface Shared<T> {
  /** For the check that looks at it: throws why it cannot be had. */
  look(): Promise<T>;
  /** For all others: throws Missing when it cannot be had. */
  need(): Promise<T>;
}

/** What Slack says of our bot token. */
export interface Whoami {
  readonly team: string;
  readonly teamId: string;
  readonly bot: string;
  /** Undefined where Slack does not say. */
  readonly scopes: readonly string[] | undefined;
}

/** What is looked at. */
export interface Patient {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: StorePlace;
  readonly now: () => Date;
  readonly slackApi: string;
  readonly config: Shared<Config>;
  /** Open, whatever its tables are like. */
  readonly database: Shared<Database>;
  readonly slack: Shared<WebClient>;
  readonly whoami: Shared<Whoami>;
  readonly people: Shared<People>;
  readonly aws: Shared<Clients>;
  readonly collector: Shared<Collector>;
  /** Some accounts, as the collector lists them first. */
  readonly accounts: Shared<{ readonly found: readonly Account[]; readonly more: boolean }>;
  /** An ordinary account to try every way on. */
  readonly sample: Shared<Account>;
  /** What use cases need, to read what would happen. */
  readonly context: Shared<Context>;
  close(): Promise<void>;
}

const MOST_PAGES = 5;
const AT_ONCE = 4;

/** Everything there is to look at, by the environment. Nothing is opened yet. */
export function patientOf(env: Patient['env'], now: () => Date = () => new Date()): Patient {
  const closers: (() => Promise<void> | void)[] = [];
  const store = storePlace(env);
  const slackApi = (env['SLACK_API_URL'] || 'https://slack.com/api').replace(/\/*$/, '/');

  const config = shared('a configuration that can be read', async () => loadConfig(env));
  const database = shared('the database', async () => {
    if (!wasUsed(store)) throw new Missing('a database that was used before');
    const db = await openDatabase(store);
    closers.push(() => db.close());
    return db;
  });
  const slack = shared('SLACK_BOT_TOKEN', async () => {
    const token = env['SLACK_BOT_TOKEN'];
    if (!token) throw new Missing('SLACK_BOT_TOKEN');
    return slackClientOf(token, slackApi);
  });
  const whoami = shared('a bot token that Slack knows', async (): Promise<Whoami> => {
    const client = await slack.need();
    const { team = '', team_id = '', user = '', response_metadata } = await client.auth.test();
    return { team, teamId: team_id, bot: user, scopes: response_metadata?.scopes };
  });
  const people = shared('a bot token that Slack knows', async () => {
    const { teamId } = await whoami.need();
    const known = await readableDatabase().catch(() => undefined);
    return openPeople({ db: forgetful(known), client: await slack.need(), homeTeam: () => teamId, now });
  });
  const aws = shared('AWS', async () => {
    const clients = await openClients({ concurrency: AT_ONCE, maxAttempts: 2 });
    closers.push(() => clients.close());
    return clients;
  });
  const collector = shared('an AWS identity', async () =>
    openCollector((await config.need()).aws, { clients: await aws.need(), now }),
  );
  const accounts = shared('a list of accounts', async () => {
    const found: Account[] = [];
    let pages = 0;
    for await (const page of (await collector.need()).accounts()) {
      found.push(...page);
      pages += 1;
      if (pages >= MOST_PAGES) return { found, more: true };
    }
    return { found, more: false };
  });
  const sample = shared('an account that is active', async () => {
    const found = (await accounts.need()).found.find(
      ({ state, managementAccount }) => !managementAccount && (state === 'ACTIVE' || state === null),
    );
    if (!found) throw new Missing('an account that is active, and not the management account');
    return found;
  });

  /** The database, if its tables are those that this version knows. */
  async function readableDatabase(): Promise<Database> {
    const db = await database.need();
    const landed = await landedMigrations(db);
    if (
      landed.join() !==
      readMigrations()
        .map(({ name }) => name)
        .join()
    ) {
      throw new Missing('a database with all its tables');
    }
    return db;
  }

  const context = shared('the database', async (): Promise<Context> => {
    const db = forgetful(await readableDatabase());
    const known = await people.need().catch((error: unknown) => error as Error);
    return {
      db,
      config: await config.need(),
      book: keepBook(db),
      decisions: keepDecisions(db),
      collector: collector.need,
      people: {
        byName: async (...who) => {
          if (known instanceof Error) throw known;
          return known.byName(...who);
        },
        admins: async () => [],
      },
      channels: { digest: null, tokens: null, whyNot: async () => undefined },
      lettersWritten: () => undefined,
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
    whoami,
    people,
    aws,
    collector,
    accounts,
    sample,
    context,
    async close() {
      for (const close of closers.splice(0).toReversed()) await close();
    },
  };
}

/** Whether there is a database that opening would not make. */
export function wasUsed({ url, dataDir }: StorePlace): boolean {
  return url !== undefined || existsSync(join(dataDir, 'postgres', 'PG_VERSION'));
}

/** A client that tries once: a doctor tells of what fails. */
export function slackClientOf(token: string, slackApiUrl: string): WebClient {
  return postmanClient({ token, slackApiUrl });
}

function shared<T>(what: string, open: () => Promise<T>): Shared<T> {
  let opened: Promise<T> | undefined;
  const look = () => {
    opened ??= open();
    return opened;
  };
  return {
    look,
    need: () =>
      look().catch((error: unknown) => {
        // What was missing at the root is the better answer.
        throw error instanceof Missing ? error : new Missing(what);
      }),
  };
}
