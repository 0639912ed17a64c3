import { fileURLToPath } from 'node:url';
import { startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import {
  buildPage,
  type LocalSlack,
  type LocalSlackOptions,
  startLocalSlack,
} from '@root-mfa-bot/local-slack';
import { createAwsClients } from '../aws/clients.ts';
import { openCollector } from '../aws/collector.ts';
import { type BotOptions, type RunningBot, startBot } from '../bot.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLogger } from '../log.ts';
import { saveTargetFigures } from '../store/target-figures.ts';
import { askToConfirmKeys } from '../usecases/keys/ask-to-confirm-keys.ts';
import { importKeys } from '../usecases/keys/import-keys.ts';
import { scanAccounts } from '../usecases/scan/scan-accounts.ts';
import { readAccounts } from '../usecases/shared/read-accounts.ts';
import { reportTargets } from '../usecases/targets/read-targets.ts';
import { advanceClock } from './advance-clock.ts';
import { awsPanel } from './aws-panel.ts';
import { demoCompany, organizationOf } from './company.ts';
import { companyKeys } from './company-keys.ts';
import { demoConfig } from './demo-config.ts';
import { type DemoFolder, prepareDemoFolder } from './demo-folder.ts';
import { createFastForward } from './fast-forward.ts';
import { demoStartAfter, historyStartBefore, playHistory } from './history.ts';
import { movableClock } from './movable-clock.ts';
import { createRootActivity } from './root-activity.ts';
import { localSlackOptions } from './slack-workspace.ts';
import { startTicketSystem } from './ticket-system.ts';
import { waitForDelivery } from './wait-for-delivery.ts';

export interface DemoOptions {
  /** The port of the page; another free one if the default is taken. */
  readonly port?: number;
  /** It opens on the last Monday morning before; by default before now. */
  readonly today?: Date;
  /** So much time passes at once, in milliseconds. */
  readonly fastForward?: number;
  /** Where it keeps its database, if that is prepared already. It is removed in the end. */
  readonly folder?: DemoFolder;
}

const AWS_PANEL = fileURLToPath(new URL('./page/aws-panel.tsx', import.meta.url));
const DEFAULT_PORT = 4000;
/** What AWS takes to answer, about. */
const LATENCY_MS = 15;

/** A running demo. */
export interface Demo {
  readonly url: string;
  readonly slack: LocalSlack;
  readonly bot: RunningBot;
  close(): Promise<void>;
}

/**
 * Starts the whole thing on this machine: a simulated organization, a local Slack with a page, and the bot between them.
 * Makes no call to the outside and leaves nothing behind.
 */
export async function startDemo(
  { port, today = new Date(), fastForward = 0, folder: preparedFolder }: DemoOptions,
  print: (line: string) => void,
): Promise<Demo> {
  const startsAt = demoStartAfter(demoConfig(), today);
  const clock = movableClock(historyStartBefore(startsAt));
  const company = demoCompany();
  const organization = organizationOf(company, clock.now);
  const folder = preparedFolder ?? (await prepareDemoFolder());
  const cleanups: (() => Promise<void>)[] = [folder.remove];
  const close = async () => {
    for (const closeOne of cleanups.splice(0).toReversed()) await closeOne();
  };

  try {
    const aws = await startSimulatedAws({ organization, latencyMs: LATENCY_MS, now: () => new Date() });
    cleanups.push(() => aws.close());
    const ticketSystem = await startTicketSystem({ now: clock.now });
    cleanups.push(() => ticketSystem.close());
    const config = demoConfig({ queueUrl: aws.rootEventQueueUrl, ticketSystem, startsAt });
    const rootActivity = createRootActivity({ organization, queue: aws.rootEventQueue, now: clock.now });
    const fastForwarder = createFastForward(company, aws, clock.now);
    let bot: RunningBot | undefined;
    const scan = async () => {
      if (bot) await scanAccounts(bot.ctx, { startedBy: 'schedule', instance: 'demo' });
    };
    const scanAndReport = async () => {
      await scan();
      if (bot) await saveTargetReport(bot.ctx);
    };
    const tick = async () => {
      if (!bot) return;
      await rootActivity.tick();
      await ticketSystem.tick();
      await bot.tick();
      await waitForDelivery(bot.ctx);
    };
    const minuteTimer = deferredTimer();
    const panel = awsPanel({
      company,
      organization,
      rootActivity,
      ticketSystem,
      context: () => bot?.ctx,
      now: clock.now,
      advance: (milliseconds) => fastForwarder.run(() => advanceClock(clock, milliseconds, tick)),
      scan,
    });
    const slack = await startSlack(
      {
        ...localSlackOptions(company),
        now: clock.now,
        // Time limits of interactions are real time, also while simulated time passes.
        expiry: () => new Date(),
        // Slack's limits go by the same clock, or weeks that pass in seconds would be far too fast for it.
        rateLimits: () => clock.now().getTime(),
        panel,
        page: await buildPage({ extension: AWS_PANEL }),
      },
      port,
    );
    cleanups.push(() => slack.close());

    // The SDK reads its credentials from the environment, and must find no others there.
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, aws.environment('management'));

    const environment = readEnvironment({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DATA_DIR: folder.path,
      PORT: '0',
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    });
    const collector = fastForwarder.accelerate(async () => {
      const clients = await createAwsClients({ concurrency: config.aws.concurrency, maxAttempts: 3 });
      return openCollector(config.aws, { clients, now: clock.now });
    });
    const log = createLogger(environment.LOG_LEVEL);
    const { everyMinute } = minuteTimer;
    bot = await startBot({
      config,
      environment,
      webhooks: [ticketSystem.webhook],
      ticketSystem: ticketSystem.caller,
      log,
      now: clock.now,
      collector,
      everyMinute,
    });
    const runningBot = bot;
    ticketSystem.connect(runningBot.port);
    cleanups.push(() => runningBot.stop());

    await fastForwarder.run(async () => {
      await playHistory({ organization, clock, scan: scanAndReport, db: runningBot.ctx.db });
      await importKeys(runningBot.ctx, { rows: companyKeys(clock.now()), dryRun: false });
      // Asks no one yet, but looks the holders up: one of them has left.
      await askToConfirmKeys(runningBot.ctx);
      await waitForDelivery(runningBot.ctx);
      clock.advance(startsAt.getTime() - clock.now().getTime());
      await tick();
    });
    print(`Demo running at ${slack.url.replace('127.0.0.1', 'localhost')}`);
    minuteTimer.release();
    if (fastForward > 0) {
      await fastForwarder.run(() => advanceClock(clock, fastForward, tick));
      print(
        `It is now ${clock.now().toISOString().slice(0, 10)}: the messages sent along the way are in the channels.`,
      );
    }
    return { url: slack.url, slack, bot: runningBot, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Saves what a digest of that week would have reported of the targets. */
async function saveTargetReport(ctx: RunningBot['ctx']): Promise<void> {
  const { figures } = await reportTargets(ctx, { key: '', views: await readAccounts(ctx) }, ctx.now());
  for (const one of figures) await saveTargetFigures(ctx.db, '', one);
}

/** A timer that rings only once it is let go: nothing is due while the past is played. */
function deferredTimer(): Required<Pick<BotOptions, 'everyMinute'>> & { release(): void } {
  let onTick: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    everyMinute: (onMinute) => {
      onTick = onMinute;
      return () => clearInterval(timer);
    },
    release: () => {
      timer = setInterval(onTick, 60_000);
    },
  };
}

async function startSlack(options: LocalSlackOptions, port: number | undefined): Promise<LocalSlack> {
  try {
    return await startLocalSlack({ ...options, port: port ?? DEFAULT_PORT });
  } catch (error) {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startLocalSlack({ ...options, port: 0 });
  }
}
