import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { parse, stringify } from 'yaml';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../src/local-slack.ts';
import type { ChannelSeed, PersonSeed } from '../src/people.ts';

const MANIFEST = fileURLToPath(new URL('./manifest.yml', import.meta.url));

export const ANA = 'U03ANA';
export const BEN = 'U04BEN';
export const FRANK = 'U07FRANK';
export const GUS = 'U08GUS';
export const XENA = 'U09XENA';

const people: readonly PersonSeed[] = [
  { id: ANA, name: 'Ana Souza', email: 'ana@example.com', timezone: 'America/Sao_Paulo' },
  {
    id: BEN,
    name: 'Ben Carter',
    email: 'ben@example.com',
    status: { emoji: ':palm_tree:', text: 'On vacation', until: '2026-12-01T00:00:00Z' },
  },
  { id: FRANK, name: 'Frank Weber', email: 'frank@example.com', kind: 'deactivated' },
  { id: GUS, name: 'Gus Lindqvist', email: 'gus@contractor.example', kind: 'guest' },
  { id: XENA, name: 'Xena Papadaki', email: 'xena@partner.example', kind: 'external' },
];

const channels: readonly ChannelSeed[] = [
  { id: 'C01SECURITY', name: 'security' },
  { id: 'C02GENERAL', name: 'general' },
  { id: 'C03SHARED', name: 'shared-with-partner', externallyShared: true },
  { id: 'C05SECRET', name: 'secret', private: true, members: [ANA] },
  { id: 'C06OLD', name: 'old', archived: true },
];

/** A clock that stands still until it is moved. */
export interface TestClock {
  now(): Date;
  advance(milliseconds: number): void;
}

export function createTestClock(start = '2026-11-24T09:00:00Z'): TestClock {
  let time = new Date(start).getTime();
  return {
    now: () => new Date(time),
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A small company on a local Slack: the bot is in #security and in #shared-with-partner. Closed after the test. */
export async function startTestSlack(options: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> {
  const slack = await startLocalSlack({
    manifest: MANIFEST,
    people,
    channels,
    botIn: ['C01SECURITY', 'C03SHARED', 'C06OLD'],
    ackLimitMs: 1_000,
    userGroups: [{ id: 'S1', handle: 'admins', name: 'Admins', members: [ANA] }],
    ...options,
  });
  cleanups.push(() => slack.close());
  return slack;
}

/** Writes a changed copy of the sample app's manifest and returns its path. Removed after the test. */
export async function writeManifest(change: (manifest: ManifestFile) => void): Promise<string> {
  const manifest = parse(await readFile(MANIFEST, 'utf8')) as ManifestFile;
  change(manifest);
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'manifest.yml');
  await writeFile(path, stringify(manifest));
  return path;
}

interface ManifestFile {
  features: { app_home: { messages_tab_read_only_enabled: boolean } };
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] } };
}

const quick = { retryConfig: { retries: 0 }, timeout: 5_000 };

/** A Bolt app over Socket Mode, connected. Stopped after the test. */
export async function socketApp(slack: LocalSlack, register: (app: App) => void): Promise<App> {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = await startApp(slack, receiver, register);
  await app.start();
  cleanups.push(async () => {
    await app.stop();
    await slack.waitUntil(() => slack.connections() === 0);
  });
  return app;
}

/** A local Slack and a Bolt app that speak over signed HTTP. */
export async function httpApp(
  register: (app: App) => void,
  options: Partial<LocalSlackOptions> = {},
): Promise<{ slack: LocalSlack; app: App }> {
  const port = await findFreePort();
  const slack = await startTestSlack({
    ...options,
    mode: { requestUrl: `http://127.0.0.1:${port}/slack/events` },
  });
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
  const app = await startApp(slack, receiver, register);
  await receiver.start({ port, host: '127.0.0.1' });
  cleanups.push(() => receiver.stop());
  return { slack, app };
}

async function startApp(
  slack: LocalSlack,
  receiver: SocketModeReceiver | HTTPReceiver,
  register: (app: App) => void,
): Promise<App> {
  const app = new App({
    token: slack.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    convoStore: false,
    deferInitialization: true,
    clientOptions: { slackApiUrl: slack.apiUrl, ...quick },
  });
  register(app);
  await app.init();
  return app;
}

async function findFreePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Calls a method as the bot does, without a client that would retry; answers what Slack said. */
export async function callApi(
  slack: LocalSlack,
  method: string,
  args: Record<string, unknown> = {},
  token = slack.botToken,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  if (response.status !== 200)
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  return (await response.json()) as Record<string, unknown>;
}

export const plainTextObject = (text: string) => ({ type: 'plain_text' as const, text });

export const buttonElement = (actionId: string, text: string, value?: string) => ({
  type: 'button' as const,
  action_id: actionId,
  text: plainTextObject(text),
  ...(value !== undefined && { value }),
});

export const actionsBlock = (...elements: ReturnType<typeof buttonElement>[]) => ({
  type: 'actions' as const,
  elements,
});
