import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { actionsOf, readTemplate } from '../../deploy/lint/template.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');
const part = (text: string, title: string) => text.split(/^## /m).find((one) => one.startsWith(title)) ?? '';
/** What stands between backticks in the first column of a table. */
const explained = (text: string) =>
  [...text.matchAll(/^\| (`[^|]+) \| \S/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );

describe('docs/slack.md', () => {
  const page = read('docs/slack.md');
  const manifest = parse(read('manifest.yml'));

  test('explains every scope of the manifest, and no other', () => {
    expect(explained(part(page, 'Every scope')).sort()).toEqual([...manifest.oauth_config.scopes.bot].sort());
  });

  test('explains every event of the manifest, and no other', () => {
    expect(explained(part(page, 'Events')).sort()).toEqual(
      [...manifest.settings.event_subscriptions.bot_events].sort(),
    );
  });

  test('what it says is never asked for is not in the manifest', () => {
    const never = [...part(page, 'What is never').matchAll(/`(\w+(?:\.\w+)?:[\w.]+)`/g)].map(
      ([, scope]) => scope,
    );
    const { bot, user } = manifest.oauth_config.scopes;

    expect(never.length).toBeGreaterThan(5);
    expect(bot.filter((scope: string) => never.includes(scope) || scope.startsWith('admin'))).toEqual([]);
    expect(user).toBeUndefined();
  });
});

describe('docs/aws.md', () => {
  test('names every action that the roles allow', () => {
    const page = read('docs/aws.md');
    const principal = 'arn:aws:iam::111122223333:role/RootMfaBot';
    const all = { AllowCredentialReports: 'true' };
    const reader = readTemplate(read('deploy/aws/cloudformation/reader-role.yaml'), {
      ...all,
      TrustedPrincipalArn: principal,
    });
    const member = readTemplate(read('deploy/aws/cloudformation/member-role.yaml'), {
      ...all,
      ReaderPrincipalArn: principal,
    });

    const named = new Set(page.match(/\b(?:iam|sts|organizations|account):[A-Z]\w+/g));
    const allowed = actionsOf([...reader.permissions, ...member.permissions]);

    expect(allowed.filter((action) => !named.has(action))).toEqual([]);
  });
});

describe('every page', () => {
  const pages = [
    'README.md',
    'SECURITY.md',
    'deploy/aws/terraform/README.md',
    ...readdirSync(at('docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];

  test.each(pages)('%s links to files that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);

    expect(links.filter((target) => !existsSync(new URL(target, at(page))))).toEqual([]);
  });
});
