import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COMMAND, SUBCOMMANDS } from '../../src/slack/command.ts';

const manifest = parse(readFileSync('manifest.yml', 'utf8'));
const bot: readonly string[] = manifest.oauth_config.scopes.bot;
const sources = readdirSync('src/slack', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('src/slack', file), 'utf8'))
  .join('\n');

/**
 * What each method of the Web API asks for: https://docs.slack.dev/reference/methods. A list: any of them, by the kind of
 * conversation, is needed for conversations of that kind.
 */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'files.uploadV2': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.push': [],
  'views.publish': [],
  'views.update': [],
};

describe('manifest.yml', () => {
  test('has the one command that the code answers, and hints at no word that it does not', () => {
    expect(manifest.features.slash_commands.map(({ command }: { command: string }) => command)).toEqual([
      COMMAND,
    ]);
    const { usage_hint: hint } = manifest.features.slash_commands[0];
    const words = SUBCOMMANDS.map(({ word }) => word as string);
    const hinted = [...hint.matchAll(/[a-z]{3,}/g)]
      .map(([word]) => word)
      .filter((word) => word !== 'account');
    expect(hinted.filter((word) => !words.includes(word))).toEqual([]);
  });

  test('listens to the events that the code acts on, and to no other', () => {
    const handled = [...sources.matchAll(/router\s*\.(?:event|userEvent)\(\s*'(\w+)'/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(handled)].sort()).toEqual(
      [...manifest.settings.event_subscriptions.bot_events].sort(),
    );
  });

  test('asks for the scopes of the methods that the code calls, and for no other', () => {
    const called = [
      ...sources.matchAll(/\bclient\s*\.(auth|chat|conversations|users|usergroups\.users|views)\.(\w+)\(/g),
    ].map(([, family, method]) => `${family}.${method}`);
    if (sources.includes('client.files.uploadV2(')) called.push('files.uploadV2');
    const unknown = called.filter((method) => !(method in SCOPES));
    // `commands` is what a slash command asks for.
    const needed = new Set(['commands', ...called.flatMap((method) => SCOPES[method] ?? [])]);

    expect(unknown).toEqual([]);
    expect([...needed].sort()).toEqual([...bot].sort());
  });

  test('keeps to the lengths of https://docs.slack.dev/reference/app-manifest', () => {
    const { name, description, long_description: long } = manifest.display_information;
    expect(name.length).toBeLessThanOrEqual(35);
    expect(description.length).toBeLessThanOrEqual(140);
    expect(long.length).toBeGreaterThanOrEqual(174);
    expect(long.length).toBeLessThanOrEqual(4_000);
    expect(manifest.features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    expect(manifest.features.slash_commands[0].description.length).toBeLessThanOrEqual(2_000);
    expect(manifest.features.slash_commands[0].usage_hint.length).toBeLessThanOrEqual(1_000);
  });
});
