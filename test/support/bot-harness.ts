import { afterAll } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '@root-mfa-bot/local-slack';
import { createAwsClients } from '../../src/aws/clients.ts';
import { openCollector } from '../../src/aws/collector.ts';
import { type RunningBot, startBot } from '../../src/bot.ts';
import type { Config } from '../../src/config/config.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import type { TicketSystem, WebhookEndpoint } from '../../src/config/webhook-endpoints.ts';
import { type Company, demoCompany, organizationOf } from '../../src/demo/company.ts';
import { demoConfig } from '../../src/demo/demo-config.ts';
import { directoryOf } from '../../src/demo/directory-entries.ts';
import { type MovableClock, movableClock } from '../../src/demo/movable-clock.ts';
import { localSlackOptions } from '../../src/demo/slack-workspace.ts';
import { saveDirectoryEntries } from '../../src/store/accounts.ts';
import { scanAccounts } from '../../src/usecases/scan/scan-accounts.ts';
import type { Log } from '../../src/usecases/shared/context.ts';
import { migratedDataDir } from './database.ts';

/** The bot with everything around it: a simulated organization, a local Slack, an empty store, a clock. */
export interface BotHarness {
  readonly bot: RunningBot;
  readonly slack: LocalSlack;
  readonly aws: SimulatedAws;
  readonly clock: MovableClock;
  /** Everything that was logged, with its level. */
  readonly logged: readonly LoggedLine[];
  scan(): Promise<void>;
}

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface BotHarnessOptions {
  readonly company?: Company;
  readonly config?: Config;
  readonly slack?: Partial<LocalSlackOptions>;
  /** The bot reads root events from the queue of the simulation. */
  readonly rootEvents?: boolean;
  /** Over signed HTTP instead of Socket Mode. */
  readonly http?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Addresses and secrets of the webhooks that the configuration names. */
  readonly webhooks?: readonly WebhookEndpoint[];
  /** Whose calls take token requests further. */
  readonly ticketSystem?: TicketSystem;
  /** Default: the company was scanned once, and its directory read. */
  readonly scanned?: boolean;
}

/** Starts all of it, for the tests of one file; closed after the last of them. Call it at the top of the file. */
export async function startBotHarness(options: BotHarnessOptions = {}): Promise<BotHarness> {
  const { company = demoCompany(), http = false, scanned = true } = options;
  const clock = movableClock();
  // The bot goes before its database: hooks run in the order in which they were asked for.
  const closers: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closers) await close();
  }, 120_000);
  const organization = organizationOf(company, clock.now);
  // Throttled accounts cost seconds of back-off that these tests do not wait for.
  for (const throttled of ['444455550004', '222233330010']) organization.clearFaults(throttled);
  const aws = await startSimulatedAws({ organization, now: () => new Date() });
  const given = options.config ?? demoConfig();
  const config = options.rootEvents
    ? { ...given, rootEvents: { ...given.rootEvents, queueUrl: aws.rootEventQueueUrl } }
    : given;
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, aws.environment('management'));

  const port = http ? await findFreePort() : 0;
  const slack = await startLocalSlack({
    ...localSlackOptions(company),
    now: clock.now,
    // Slack's limits go by the same clock, or weeks that pass in seconds would be far too fast for it.
    rateLimits: () => clock.now().getTime(),
    ackLimitMs: 3_000,
    ...(http && { mode: { requestUrl: `http://127.0.0.1:${port}/slack/events` } }),
    ...options.slack,
  });
  const logged: LoggedLine[] = [];
  const bot = await startBot({
    config,
    environment: readEnvironment({
      SLACK_BOT_TOKEN: slack.botToken,
      ...(http ? { SLACK_SIGNING_SECRET: slack.signingSecret } : { SLACK_APP_TOKEN: slack.appToken }),
      SLACK_API_URL: slack.apiUrl,
      DATA_DIR: await migratedDataDir(),
      PORT: String(port),
      ...options.env,
    }),
    ...(options.webhooks && { webhooks: options.webhooks }),
    ticketSystem: options.ticketSystem,
    log: recordingLog(logged),
    now: clock.now,
    // Jobs run when a test says so.
    everyMinute: () => () => undefined,
    collector: async () => {
      const clients = await createAwsClients({ concurrency: 50, maxAttempts: 2 });
      const opened = await openCollector(config.aws, { clients, now: clock.now });
      // The directory sits behind small quotas, and has tests of its own.
      return { ...opened, organization: false };
    },
  });
  // Vacuuming takes a third of a second at every scan, and nothing here grows large enough to need it.
  Object.assign(bot.ctx.db, { maintain: async () => undefined });
  closers.push(async () => {
    await bot.stop();
    if (slack.connections() !== null) await slack.waitUntil(() => slack.connections() === 0);
    await slack.close();
    await aws.close();
  });

  const scan = async () => {
    await scanAccounts(bot.ctx, { startedBy: 'schedule', instance: 'rehearsal' });
    await saveDirectoryEntries(bot.ctx.db, directoryOf(organization), clock.now());
  };
  if (scanned) await scan();
  return { bot, slack, aws, clock, logged, scan };
}

function recordingLog(lines: LoggedLine[]): Log {
  const write = (level: LoggedLine['level']) => (fields: object, message: string) => {
    lines.push({ level, message, fields: fields as Record<string, unknown> });
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

async function findFreePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
