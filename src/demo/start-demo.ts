import type { LocalSlack } from '@root-mfa-bot/local-slack';
import { createAwsClients } from '../aws/clients.ts';
import { openCollector } from '../aws/collector.ts';
import { type BotOptions, type RunningBot, startBot } from '../bot.ts';
import { readEnvironment } from '../config/environment.ts';
import { createLogger } from '../log.ts';
import { saveTargetFigures } from '../store/target-figures.ts';
import { askToConfirmKeys } from '../usecases/keys/ask-to-confirm-keys.ts';
import { importKeys } from '../usecases/keys/import-keys.ts';
import { readAccounts } from '../usecases/shared/read-accounts.ts';
import { reportTargets } from '../usecases/targets/read-targets.ts';
import { companyKeys } from './company-keys.ts';
import { demoConfig } from './demo-config.ts';
import { type DemoFolder, prepareDemoFolder } from './demo-folder.ts';
import { demoStartAfter, historyStartBefore, playHistory } from './history.ts';
import { waitForDelivery } from './wait-for-delivery.ts';
import { type DemoWorld, startWorld } from './world.ts';

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
  const opensAt = demoStartAfter(demoConfig(), today);
  const folder = preparedFolder ?? (await prepareDemoFolder());
  const cleanups: (() => Promise<void>)[] = [folder.remove];
  const close = async () => {
    for (const closeOne of cleanups.splice(0).toReversed()) await closeOne();
  };

  try {
    const world = await startWorld({
      startsAt: historyStartBefore(opensAt),
      port,
      onClose: (closeOne) => cleanups.push(closeOne),
    });
    const { slack, clock } = world;
    const minuteTimer = deferredTimer();
    const bot = await startBotIn(world, {
      opensAt,
      dataDir: folder.path,
      everyMinute: minuteTimer.everyMinute,
    });
    cleanups.push(() => bot.stop());

    await playUntil(opensAt, world, bot);
    print(`Demo running at ${slack.url.replace('127.0.0.1', 'localhost')}`);
    minuteTimer.release();
    if (fastForward > 0) {
      await world.advance(fastForward);
      print(
        `It is now ${clock.now().toISOString().slice(0, 10)}: the messages sent along the way are in the channels.`,
      );
    }
    return { url: slack.url, slack, bot, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface DemoBotOptions extends Required<Pick<BotOptions, 'everyMinute'>> {
  readonly opensAt: Date;
  readonly dataDir: string;
}

async function startBotIn(
  world: DemoWorld,
  { opensAt, dataDir, everyMinute }: DemoBotOptions,
): Promise<RunningBot> {
  const { aws, slack, ticketSystem, fastForward, clock } = world;
  // The SDK reads its credentials from the environment, and must find no others there.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, aws.environment('management'));

  const config = demoConfig({ queueUrl: aws.rootEventQueueUrl, ticketSystem, startsAt: opensAt });
  const environment = readEnvironment({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
  });
  const bot = await startBot({
    config,
    environment,
    webhooks: [ticketSystem.webhook],
    ticketSystem: ticketSystem.caller,
    log: createLogger(environment.LOG_LEVEL),
    now: clock.now,
    collector: fastForward.accelerate(async () => {
      const clients = await createAwsClients({ concurrency: config.aws.concurrency, maxAttempts: 3 });
      return openCollector(config.aws, { clients, now: clock.now });
    }),
    everyMinute,
  });
  world.bot = bot;
  ticketSystem.connect(bot.port);
  return bot;
}

/** Plays the company's past up to the moment in which the demo opens. */
async function playUntil(opensAt: Date, world: DemoWorld, { ctx }: RunningBot): Promise<void> {
  const { organization, clock } = world;
  const scan = async () => {
    await world.scan();
    await saveTargetReport(ctx);
  };
  await world.fastForward.run(async () => {
    await playHistory({ organization, clock, scan, db: ctx.db });
    await importKeys(ctx, { rows: companyKeys(clock.now()), dryRun: false });
    // Asks no one yet, but looks the holders up: one of them has left.
    await askToConfirmKeys(ctx);
    await waitForDelivery(ctx);
    clock.advance(opensAt.getTime() - clock.now().getTime());
    await world.tick();
  });
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
