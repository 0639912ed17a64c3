import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '@root-mfa-bot/local-slack';
import { demoCompany, organizationOf } from '../../src/demo/company.ts';
import { localSlackOptions } from '../../src/demo/slack-workspace.ts';
import { compiled } from './compiled.ts';

/** A loaded machine takes its time to start a process, and the embedded engine with it. */
const TIMEOUT_MS = 60_000;

/** A slow answer is no failure here; an answer whose connection is gone fails at once. */
const ACK_LIMIT_MS = 20_000;

/** The settings of the demo company, as its file. */
export const SETTINGS = `
slack: { channel: C01SECURITY, admins: [U01SAM, U02CHLOE] }
# Owners are known before the directory is read.
owners: { accounts: { 111122223333: U03ANA, 222233330002: U03ANA, 555566660002: U04BEN } }
schedule: { timezone: Europe/London, scan: "0 5 1 1 *", digest: "0 9 * * 1" }
reminders: { mode: "off" }
tokens: { channel: C04KEYS, offices: [London] }
`;

/** What is around a bot: the company's Slack and its AWS, on loopback. */
export interface TestEnvironment {
  readonly slack: LocalSlack;
  readonly aws: SimulatedAws;
}

/** Starts a Slack and an AWS for the processes of one test file, closed after its last test. Call it at the top of the file. */
export async function startTestEnvironment(
  options: Partial<LocalSlackOptions> = {},
): Promise<TestEnvironment> {
  const company = demoCompany();
  const organization = organizationOf(company);
  // Throttled accounts cost seconds of back-off that these tests do not wait for.
  for (const throttled of ['444455550004', '222233330010']) organization.clearFaults(throttled);
  const aws = await startSimulatedAws({ organization });
  const slack = await startLocalSlack({
    ...localSlackOptions(company),
    rateLimits: false,
    ackLimitMs: ACK_LIMIT_MS,
    ...options,
  });
  afterAll(async () => {
    await endProcesses();
    await slack.close();
    await aws.close();
  }, TIMEOUT_MS);
  return { slack, aws };
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What stands in `root-mfa.yml`. */
  readonly settings?: string;
}

/** One line that the process logged. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The bot, started as a host starts it. */
export interface BotProcess {
  /** Where its web server listens, as soon as it does. */
  port(): Promise<number>;
  readonly logged: readonly LogLine[];
  /** What it wrote to standard error. */
  stderr(): string;
  /** The line that it logs, or logged already. */
  waitForLog(message: string): Promise<LogLine>;
  /** What a path of its web server answers; status 0 while it does not listen. */
  get(path: '/healthz' | '/readyz'): Promise<{ readonly status: number; readonly text: string }>;
  /** Resolves when `/readyz` answers so. */
  waitForReadiness(status: 200 | 503): Promise<string>;
  send(signal: NodeJS.Signals): void;
  /** How it ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** How it ended, with its last lines if that was not clean: they say why. */
  exit(): Promise<Exit>;
}

export interface Exit {
  readonly code: number | NodeJS.Signals;
  readonly stderr: string;
  readonly lastLines: readonly string[];
}

/** The exit of a bot that was stopped. */
export const CLEAN_EXIT: Exit = { code: 0, stderr: '', lastLines: [] };

const runningProcesses = new Map<ChildProcess, Promise<unknown>>();

/** Ends the processes that tests left behind. */
export async function endProcesses(): Promise<void> {
  for (const [child, ended] of runningProcesses) {
    child.kill('SIGKILL');
    await ended;
  }
}

/** Starts the bot in this world. */
export async function startBotProcess(
  { slack, aws }: TestEnvironment,
  { env = {}, settings = SETTINGS }: ProcessOptions = {},
): Promise<BotProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'root-mfa-process-'));
  const config = join(folder, 'root-mfa.yml');
  await writeFile(config, settings);
  const child = spawn(process.execPath, [compiled('src/main.ts')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ...aws.environment('management'),
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      ROOT_MFA_CONFIG: config,
      // Any free one: it says which.
      PORT: '0',
      ...env,
    },
  });

  let stderrText = '';
  const logged: LogLine[] = [];
  const listeners = new Set<() => void>();
  const notifyListeners = () => {
    for (const wake of listeners) wake();
  };
  child.stderr.on('data', (chunk) => {
    stderrText += String(chunk);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    logged.push(JSON.parse(line) as LogLine);
    notifyListeners();
  });
  // Only when its pipes are closed, too, is all read that it wrote.
  const ended = once(child, 'close').then(async ([code, signal]: (number | NodeJS.Signals)[]) => {
    runningProcesses.delete(child);
    notifyListeners();
    await rm(folder, { recursive: true, force: true });
    return code ?? signal ?? 'SIGKILL';
  });
  runningProcesses.set(child, ended);

  const get: BotProcess['get'] = async (path) => {
    const port = findPort(logged);
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: '' };
    }
  };

  const waitForLog: BotProcess['waitForLog'] = (message) =>
    new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer);
        listeners.delete(listen);
        act();
      };
      const failWith = (what: string) => {
        const loggedMessages = logged.map(({ msg }) => msg).join('\n');
        finish(() =>
          reject(new Error(`${what} before it said “${message}”: ${stderrText}\n${loggedMessages}`)),
        );
      };
      const listen = () => {
        const line = logged.find(({ msg }) => msg === message);
        if (line) finish(() => resolve(line));
        else if (!runningProcesses.has(child)) failWith('The process ended');
      };
      const timer = setTimeout(() => failWith(`${TIMEOUT_MS} ms passed`), TIMEOUT_MS);
      listeners.add(listen);
      listen();
    });

  return {
    port: async () => findPort([await waitForLog('Listening')]),
    logged,
    stderr: () => stderrText,
    get,
    waitForLog,
    waitForReadiness: async (status) => {
      let last = '';
      await waitFor(async () => {
        const answer = await get('/readyz');
        last = answer.text;
        return answer.status === status;
      });
      return last;
    },
    send: (signal) => void child.kill(signal),
    ended,
    exit: async () => {
      const code = await ended;
      const isClean = code === 0 && stderrText === '';
      const lastLines = isClean ? [] : logged.slice(-20).map((line) => JSON.stringify(line));
      return { code, stderr: stderrText, lastLines };
    },
  };
}

function findPort(logged: readonly LogLine[]): number {
  return Number(logged.find(({ msg }) => msg === 'Listening')?.['port'] ?? 0);
}

/** Resolves when the condition holds: for state that sends no event when it changes. */
export async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + TIMEOUT_MS; !(await condition()); ) {
    if (Date.now() > deadline) throw new Error(`Waited ${TIMEOUT_MS} ms in vain for ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
