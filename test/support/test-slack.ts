import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import {
  type ChannelSeed,
  type LocalSlack,
  type LocalSlackOptions,
  type PersonSeed,
  startLocalSlack,
} from '@root-mfa-bot/local-slack';
import { parse, stringify } from 'yaml';

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

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Starts a local Slack with five people; the bot is in #security, #shared-with-partner and #old. Closed after the test. */
export async function startTestSlack(options: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> {
  const slack = await startLocalSlack({
    manifest: 'manifest.yml',
    people,
    channels,
    botIn: ['C01SECURITY', 'C03SHARED', 'C06OLD'],
    ackLimitMs: 1_000,
    ...options,
  });
  cleanups.push(() => slack.close());
  return slack;
}

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

/** Calls a Web API method as the bot, without a client that retries. Returns what Slack answered. */
export async function callApi(
  slack: LocalSlack,
  method: string,
  args: Record<string, unknown>,
  token = slack.botToken,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Record<string, unknown>;
}

interface ManifestFile {
  features: { app_home: { messages_tab_read_only_enabled: boolean } };
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] } };
}

/** Writes a changed copy of the bot's manifest and returns its path. Removed after the test. */
export async function writeManifest(change: (manifest: ManifestFile) => void): Promise<string> {
  const manifest = parse(await readFile('manifest.yml', 'utf8')) as ManifestFile;
  change(manifest);
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'manifest.yml');
  await writeFile(path, stringify(manifest));
  return path;
}
