import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LocalSlack, startLocalSlack } from '@root-mfa-bot/local-slack';
import Table from 'cli-table3';
import { localSlackOptions } from '../src/demo/slack-workspace.ts';
import { syntheticCompany } from '../src/demo/synthetic-company.ts';
import { run, runSimulation } from './processes.ts';
import { seedYear } from './seed-year.ts';

const ACCOUNTS = 10_000;
const AWS_LATENCY_MS = 30;
const QUESTIONS_PER_RUN = 200;
/** So long after a scan a process that is left alone has collected its garbage. */
const IDLE_AFTER_SCAN_MS = 30_000;
/** What the people of a large company ask, over and over. */
const QUESTIONS = ['', 'failing', 'all', 'mine', 'trend', 'acct 4417', 'ou /Production'];

/**
 * Measures the bot as a process, with 10,000 accounts and a year of history: how soon it is ready, how soon it answers,
 * also while it scans them, and what memory it takes. `--database URL` takes PostgreSQL instead of the
 * embedded store.
 */
export async function botBench(args: readonly string[]): Promise<void> {
  const url = args[0] === '--database' ? args[1] : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'root-mfa-bench-'));
  const company = syntheticCompany(ACCOUNTS);
  const slack = await startLocalSlack({ ...localSlackOptions(company), rateLimits: false });
  const { simulation, environment } = await runSimulation(ACCOUNTS, AWS_LATENCY_MS);
  const table = new Table({ head: ['what', 'measured'], style: { head: [], border: [], compact: true } });
  try {
    const seeded = await seedYear({ url, dataDir: folder, company });
    table.push([
      'history',
      `${ACCOUNTS} accounts, ${seeded.scans} scans, ${seeded.changes} changed verdicts`,
    ]);

    const bot = await startBuiltBot(slack, { folder, url, environment });
    table.push(['start to ready, second start', seconds(bot.readyMs)]);
    table.push(['memory when ready', megabytes(bot.child)]);

    const idleAnswers = await measureAnswers(slack);
    table.push(['answer, nothing else going on', quantiles(idleAnswers)]);
    for (const question of QUESTIONS) {
      const matching = idleAnswers.filter((answer) => answer.question === question);
      table.push([`  /mfa-status ${question}`.trimEnd(), quantiles(matching)]);
    }

    // Each reading of the metrics starts the next one's interval.
    table.push(['event loop delay until then', await eventLoopDelay(bot.port)]);
    await slack.as('U01SAM').command('#security', '/mfa-status scan');
    const busyAnswers = await measureAnswers(slack, () => isScanning(slack));
    table.push([
      `answer while ${ACCOUNTS} accounts are scanned`,
      `${quantiles(busyAnswers)} (${busyAnswers.length} answers)`,
    ]);
    table.push(['event loop delay while they are scanned', await eventLoopDelay(bot.port)]);
    table.push(['memory when they are scanned', megabytes(bot.child)]);
    await pause(IDLE_AFTER_SCAN_MS);
    table.push(['memory half a minute later', megabytes(bot.child)]);

    bot.child.kill('SIGTERM');
    await once(bot.child, 'exit');
  } finally {
    simulation.kill();
    await slack.close();
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    `Node ${process.version}, ${url ? 'PostgreSQL' : 'embedded store'}\n${table.toString()}\n`,
  );
}

interface StartedBot {
  readonly child: ChildProcess;
  readonly port: number;
  readonly readyMs: number;
}

/** Starts the built bot with jobs that are never due, and waits until it is ready. */
export async function startBuiltBot(
  slack: LocalSlack,
  {
    folder,
    url,
    environment,
    settings = '',
  }: {
    folder: string;
    url: string | undefined;
    environment: Readonly<Record<string, string>>;
    /** More lines of `root-mfa.yml`. */
    settings?: string;
  },
): Promise<StartedBot> {
  const config = join(folder, 'root-mfa.yml');
  // Jobs are far away: what is measured is started here.
  await writeFile(
    config,
    `slack: { channel: C01SECURITY, admins: [U01SAM] }\nschedule: { scan: "0 0 29 2 *", reminders: "0 0 29 2 *" }\n${settings}`,
  );
  const port = await findFreePort();
  const began = performance.now();
  const child = run('../dist/main.js', [], {
    ...environment,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    ROOT_MFA_CONFIG: config,
    DATA_DIR: folder,
    ...(url && { DATABASE_URL: url }),
    PORT: String(port),
    LOG_LEVEL: 'error',
  });
  child.stdout?.resume();
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error('The bot ended before it was ready');
    await pause(50);
  }
  return { child, port, readyMs: performance.now() - began };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
  } catch {
    return false;
  }
}

/** Asks question after question, each when the one before was answered, and gives how long each took in ms. */
export async function measureAnswers(
  slack: LocalSlack,
  shouldContinue: () => boolean = () => false,
): Promise<Answer[]> {
  const sam = slack.as('U01SAM');
  const timings: Answer[] = [];
  for (let n = 0; n < QUESTIONS_PER_RUN || shouldContinue(); n += 1) {
    const before = slack.messagesIn('#security').length;
    const began = performance.now();
    const question = QUESTIONS[n % QUESTIONS.length] ?? '';
    const response = await sam.command('#security', `/mfa-status ${question}`.trim());
    if (!response.ok)
      throw new Error(`Slack says: ${response.error}, ${(performance.now() - began).toFixed(0)} ms`);
    await slack.waitUntil(() => slack.messagesIn('#security').length > before, 30_000);
    timings.push({ question, ms: performance.now() - began });
  }
  return timings;
}

function isScanning(slack: LocalSlack): boolean {
  return !slack.messagesIn('U01SAM').some(({ text }) => text.startsWith('Scan finished'));
}

export interface Answer {
  readonly question: string;
  readonly ms: number;
}

export function quantiles(answers: readonly Pick<Answer, 'ms'>[]): string {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

async function eventLoopDelay(port: number): Promise<string> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const milliseconds = (name: string) => {
    const [, value] = new RegExp(`^nodejs_eventloop_lag_${name}_seconds ([\\d.e-]+)$`, 'm').exec(text) ?? [];
    return value === undefined ? 'not measured' : `${(Number(value) * 1_000).toFixed(0)} ms`;
  };
  return `p50 ${milliseconds('p50')}, p99 ${milliseconds('p99')}, max ${milliseconds('max')}`;
}

export function megabytes({ pid }: ChildProcess): string {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? 'not measured' : `${Math.round(Number(kilobytes) / 1024)} MB`;
  } catch {
    return 'not measured';
  }
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
