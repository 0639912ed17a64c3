import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { actionsOf, readTemplate } from '../../deploy/lint/template.ts';
import { compiled } from '../support/compiled.ts';

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

  test('scopes listed as never requested are not in the manifest', () => {
    const never = [...part(page, 'What is never requested').matchAll(/`(\w+(?:\.\w+)?:[\w.]+)`/g)].map(
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

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'deploy/aws/terraform/README.md',
  'examples/ticket-adapter/README.md',
  'packages/aws-simulator/README.md',
  'packages/local-slack/README.md',
  ...readdirSync(at('docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

const FOLDERS = ['bench', 'chaos', 'deploy', 'docs', 'examples', 'packages', 'scripts', 'src', 'test'];
/** Every file of these folders, with a slash in front. */
const repositoryFiles = FOLDERS.flatMap((folder) =>
  readdirSync(at(folder), { recursive: true, encoding: 'utf8' }).map((file) => `/${folder}/${file}`),
);
/** Whether a file or a folder, named in full or from any folder on, exists. */
const exists = (path: string) =>
  repositoryFiles.some(
    (file) => file.endsWith(`/${path}`) || file.includes(path.endsWith('/') ? `/${path}` : `/${path}/`),
  );

describe('every page', () => {
  test.each(pages)('%s names files and folders that exist', (page) => {
    const named = [...read(page).matchAll(/`((?:[\w-]+\/)+[\w.-]*|[\w-]+\.(?:ts|tsx|mjs|sql))`/g)].map(
      ([, path = '']) => path,
    );

    expect(named.filter((path) => !exists(path))).toEqual([]);
  });

  test.each(pages)('%s links to files that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);

    expect(links.filter((target) => !existsSync(new URL(target, at(page))))).toEqual([]);
  });
});

describe('the commands that are written down', () => {
  const everything = [...pages, 'Procfile', '.ci/run', '.env.example', 'compose.yaml'].map(read).join('\n');
  const found = (pattern: RegExp) => new Set([...everything.matchAll(pattern)].map(([, name = '']) => name));
  const help = (...command: string[]) => {
    const args = [compiled('src/cli/main.ts'), ...command, '--help'];
    return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
  };
  const optionsIn = (text: string) => new Set(text.match(/--[a-z][a-z-]*/g));
  const subcommands = new Set([...help().matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name));

  test('each npm script exists', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...found(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g), ...found(/\bnpm (start|test)\b/g)];

    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('each subcommand of the built program exists', () => {
    const named = [...found(/\bdist\/cli\/main\.js ([a-z-]+)/g)];

    expect(named).toEqual(expect.arrayContaining(['doctor', 'migrate']));
    expect(named.filter((name) => !subcommands.has(name))).toEqual([]);
  });

  test('each option of a documented command exists', () => {
    const used = [
      ...everything.matchAll(
        /(?:npm run (?:--silent )?|main\.js )([a-z-]+) (?:-- )?(?:([a-z-]+) )?(?:\w+\.[a-z]+ )?(--[^\n`#]*)/g,
      ),
    ].filter(([, name = '']) => subcommands.has(name));

    expect(used.length).toBeGreaterThan(3);
    const commandOf = ([, name = '', nested]: RegExpMatchArray) => (nested ? `${name} ${nested}` : name);
    for (const command of new Set(used.map(commandOf))) {
      const options = used
        .filter((match) => commandOf(match) === command)
        .flatMap(([, , , rest = '']) => [...optionsIn(rest)]);
      expect([...optionsIn(help(...command.split(' ')))]).toEqual(expect.arrayContaining(options));
    }
  });

  test('the README explains every option of a scan, and no other', () => {
    const options = optionsIn(help('scan'));
    options.delete('--help');

    const table = [...part(read('README.md'), 'From the shell').matchAll(/^\| `(--[a-z-]+)/gm)];

    expect(table.map(([, option]) => option).sort()).toEqual([...options].sort());
  });
});
