import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClients } from '../aws/clients.ts';
import { openCollector } from '../aws/collector.ts';
import { type RunningBot, startBot } from '../bot.ts';
import { startSimulatedAws } from '../demo/aws/server.ts';
import { awsPanel } from '../demo/aws-panel.ts';
import { movableClock } from '../demo/clock.ts';
import { demoCompany, organizationOf } from '../demo/company.ts';
import { rehearsalConfig } from '../demo/rehearsal-config.ts';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../demo/slack/local-slack.ts';
import { pageBundle } from '../demo/slack/page-bundle.ts';
import { workspaceOf } from '../demo/workspace.ts';
import { readEnvironment } from '../environment.ts';
import { openLog } from '../log.ts';
import { refreshDirectory } from '../usecases/refresh-directory.ts';
import { scanAccounts } from '../usecases/scan-accounts.ts';

export interface DemoOptions {
  /** Where the page is; another free one when it is taken and nobody asked for it. */
  readonly port?: number;
}

const USUAL_PORT = 4000;
/** What AWS takes to answer, about. */
const LATENCY_MS = 15;

/** A rehearsal that runs. */
export interface Demo {
  readonly url: string;
  readonly slack: LocalSlack;
  readonly bot: RunningBot;
  close(): Promise<void>;
}

/**
 * Starts the whole thing on this machine: a simulated organization, a local Slack with a page, and the bot between them.
 * Nothing is asked of anybody outside, and nothing is left behind.
 */
export async function startDemo({ port }: DemoOptions, say: (line: string) => void): Promise<Demo> {
  const clock = movableClock();
  const company = demoCompany();
  const organization = organizationOf(company, clock.now);
  const config = rehearsalConfig();
  const dataDir = await mkdtemp(join(tmpdir(), 'root-mfa-demo-'));
  const closers: (() => Promise<void>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };

  try {
    const aws = await startSimulatedAws({ organization, latencyMs: LATENCY_MS, now: () => new Date() });
    closers.push(() => aws.close());
    let bot: RunningBot | undefined;
    const scan = async () => {
      if (bot) await scanAccounts(bot.ctx, { startedBy: 'schedule', instance: 'rehearsal' });
    };
    const panel = awsPanel({
      organization,
      context: () => bot?.ctx,
      now: clock.now,
      advance: async (milliseconds) => clock.advance(milliseconds),
      scan,
    });
    const slack = await startSlack(
      { ...workspaceOf(company), now: clock.now, panel, page: await pageBundle() },
      port,
    );
    closers.push(() => slack.close());

    // The SDK reads its credentials from the environment, and must find no others there.
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, aws.environment('management'));

    const environment = readEnvironment({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    });
    const collector = async () =>
      openCollector(config.aws, {
        clients: await openClients({ concurrency: config.aws.concurrency, maxAttempts: 3 }),
        now: clock.now,
      });
    const log = openLog(environment.LOG_LEVEL);
    bot = await startBot({ config, environment, log, now: clock.now, collector });
    const running = bot;
    closers.push(() => running.stop());

    say(`The rehearsal is open: ${slack.url.replace('127.0.0.1', 'localhost')}`);
    await scan();
    await refreshDirectory(running.ctx);
    return { url: slack.url, slack, bot: running, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startSlack(options: LocalSlackOptions, port: number | undefined): Promise<LocalSlack> {
  try {
    return await startLocalSlack({ ...options, port: port ?? USUAL_PORT });
  } catch (error) {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startLocalSlack({ ...options, port: 0 });
  }
}

/** Runs the rehearsal until somebody ends it, and gives the exit code. */
export async function runDemo(options: DemoOptions, { stdout, stderr }: NodeJS.Process): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  stdout.write(
    'Starting a rehearsal: a simulated AWS organization, a local Slack, and the bot between them…\n',
  );
  try {
    const demo = await startDemo(options, (line) => stdout.write(`${line}\n`));
    stdout.write(
      'Type /mfa-status there, and play AWS at the right. Ctrl+C ends it and leaves nothing behind.\n',
    );
    await stopped;
    await demo.close();
    return 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    stderr.write(`Port ${options.port} is taken: choose another with --port, or leave it out\n`);
    return 1;
  }
}
