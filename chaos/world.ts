import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { type LocalSlack, startLocalSlack } from '@root-mfa-bot/local-slack';
import { type Company, demoCompany, organizationOf } from '../src/demo/company.ts';
import { localSlackOptions } from '../src/demo/slack-workspace.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { BotProcess } from './bot-process.ts';
import { startTcpProxy, type TcpProxy, type TcpTarget } from './tcp-proxy.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

export interface WorldOptions {
  readonly processes: number;
  /** A PostgreSQL server; without it each bot has an embedded database. */
  readonly databaseUrl: string | undefined;
  /** Slack sends signed HTTP requests instead of using Socket Mode. */
  readonly http: boolean;
}

/** The bots with everything around them, on loopback. */
export interface World {
  readonly company: Company;
  readonly slack: LocalSlack;
  readonly aws: SimulatedAws;
  readonly bots: readonly BotProcess[];
  /** Between the bots and their PostgreSQL server. */
  readonly databaseProxy: TcpProxy | undefined;
  /** Between Slack and the bots, in HTTP mode. */
  readonly requestProxy: TcpProxy | undefined;
  /** What the bots send webhook events to. */
  readonly webhookReceiver: WebhookReceiver;
  /** Opens the bots' own database; an embedded one only while no bot runs. */
  openDatabase(): Promise<Database>;
  close(): Promise<void>;
}

/** The owner of every account; the approvers are the admins. */
export const OWNER = 'U03ANA';
export const ADMINS = ['U01SAM', 'U02CHLOE'] as const;

export async function startWorld({ processes, databaseUrl, http }: WorldOptions): Promise<World> {
  const company = demoCompany();
  const organization = organizationOf(company);
  organization.clearFaults();
  const aws = await startSimulatedAws({ organization });
  // Twice, in any order, and never given up: as bad as SQS can be.
  Object.assign(aws.rootEventQueue.behavior, { duplicateRate: 0.2, order: 'any', maxReceives: 1_000 });
  const bots: BotProcess[] = [];
  const webhookReceiver = await startWebhookReceiver();
  const requestProxy = http ? await startTcpProxy(balance(bots)) : undefined;
  const slack = await startLocalSlack({
    ...localSlackOptions(company),
    rateLimits: false,
    ...(requestProxy && { mode: { requestUrl: `http://127.0.0.1:${requestProxy.port}/slack/events` } }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'root-mfa-chaos-'));
  const store = await createStore(folder, databaseUrl);
  await writeFile(join(folder, 'root-mfa.yml'), settingsFor(organization.accountIds, aws.rootEventQueueUrl));
  const env = {
    HOME: folder,
    ...aws.environment('management'),
    SLACK_BOT_TOKEN: slack.botToken,
    ...(http ? { SLACK_SIGNING_SECRET: slack.signingSecret } : { SLACK_APP_TOKEN: slack.appToken }),
    SLACK_API_URL: slack.apiUrl,
    TICKETS_URL: webhookReceiver.url,
    TICKETS_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    ROOT_MFA_CONFIG: join(folder, 'root-mfa.yml'),
    ...store.env,
  };
  for (let number = 1; number <= processes; number += 1)
    bots.push(new BotProcess(`bot-${number}`, folder, env));
  return {
    company,
    slack,
    aws,
    bots,
    databaseProxy: store.proxy,
    requestProxy,
    webhookReceiver,
    openDatabase: store.open,
    async close() {
      for (const bot of bots) await bot.end('SIGKILL');
      await slack.close();
      await requestProxy?.close();
      await aws.close();
      await webhookReceiver.close();
      await store.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns one listening bot after the other, as a load balancer does. */
function balance(bots: readonly BotProcess[]): () => TcpTarget | undefined {
  let turn = 0;
  return () => {
    const listening = bots.filter(({ port }) => port !== 0);
    turn += 1;
    const bot = listening[turn % listening.length];
    return bot && { host: '127.0.0.1', port: bot.port };
  };
}

function settingsFor(accountIds: readonly string[], queueUrl: string): string {
  const owners = accountIds.map((id) => `"${id}": ${OWNER}`).join(', ');
  return `
slack: { channel: C01SECURITY, admins: [${ADMINS.join(', ')}] }
owners: { accounts: { ${owners} } }
schedule: { timezone: Europe/London, scan: "* * * * *", digest: "0 9 * * 1" }
reminders: { mode: "off" }
rootEvents: { queueUrl: "${queueUrl}" }
tokens: { channel: C04KEYS, offices: [London] }
webhooks:
  - name: tickets
    urlVariable: TICKETS_URL
    secretVariable: TICKETS_SECRET
    events: [token.requested, token.approved, token.declined, token.withdrawn]
`;
}

async function createStore(folder: string, databaseUrl: string | undefined) {
  const dataDir = join(folder, 'data');
  if (databaseUrl === undefined) {
    return {
      env: { DATA_DIR: dataDir },
      proxy: undefined,
      open: () => openDatabase({ dataDir }),
      drop: async () => {},
    };
  }
  const name = `root_mfa_chaos_${process.pid}`;
  const admin = await openDatabase({ url: databaseUrl, dataDir: '' });
  await admin.query(`create database ${name}`);
  const direct = new URL(databaseUrl);
  direct.pathname = `/${name}`;
  const proxy = await startTcpProxy(() => ({ host: direct.hostname, port: Number(direct.port || 5432) }));
  const proxied = new URL(direct);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(proxy.port);
  return {
    env: { DATABASE_URL: proxied.href },
    proxy,
    open: () => openDatabase({ url: direct.href, dataDir: '' }),
    async drop() {
      await proxy.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}
