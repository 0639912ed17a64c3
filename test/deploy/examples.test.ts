import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse as parseDotenv } from 'dotenv';
import { parse as parseYaml } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { readEnvironment } from '../../src/config/environment.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

const knownSettings = [...read('src/config/environment.ts').matchAll(/^ {4}([A-Z_]+): setting\(/gm)].map(
  ([, name]) => name,
);
const withoutHashes = read('.env.example').replaceAll(/^#(?=[A-Z_]+=)/gm, '');
/** The example once its placeholders are filled in. */
const filledIn = (text: string) => text.replaceAll('replace-me', '0123456789abcdef');

/** Every path of keys in a tree, down to its lists and values. */
function keysOf(tree: unknown, path = ''): string[] {
  if (tree === null || typeof tree !== 'object' || Array.isArray(tree)) return [path];
  const keys = Object.entries(tree).flatMap(([key, inner]) => keysOf(inner, path ? `${path}.${key}` : key));
  return keys.length > 0 ? keys : [path];
}

test('the example environment is refused until its placeholders are filled in', () => {
  const example = read('.env.example');

  expect(() => readEnvironment(parseDotenv(example))).toThrow('SLACK_BOT_TOKEN is still the placeholder');
  expect(readEnvironment(parseDotenv(filledIn(example)))).toMatchObject({ PORT: 3000, LOG_LEVEL: 'info' });
});

test('the example environment names every setting, and each is valid', () => {
  const named = parseDotenv(filledIn(withoutHashes));

  expect(knownSettings.length).toBeGreaterThan(5);
  expect(Object.keys(named)).toEqual(expect.arrayContaining(knownSettings));
  expect(() => readEnvironment(named)).not.toThrow();
});

test('the example configuration is valid', () => {
  const config = parseConfig(read('root-mfa.example.yml'), 'root-mfa.example.yml');

  expect(config.policy.rules).toHaveLength(3);
});

test('the example configuration names every key, with its default unless it is marked as an example', () => {
  const examples = ['policy.rules', 'targets', 'owners.fallback', 'slack.channel', 'slack.admins'];
  const defaults = parseConfig('');
  const config = parseConfig(read('root-mfa.example.yml'));
  const schema = JSON.parse(read('root-mfa.schema.json'));
  const declared = Object.entries<{ properties?: object }>(schema.properties).flatMap(
    ([section, { properties }]) =>
      properties ? Object.keys(properties).map((key) => `${section}.${key}`) : [section],
  );

  expect(keysOf(parseYaml(read('root-mfa.example.yml'))).sort()).toEqual(declared.sort());
  for (const path of declared.filter((key) => !examples.includes(key))) {
    const value = (tree: object) =>
      path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], tree);
    expect([path, value(config)]).toEqual([path, value(defaults)]);
  }
});

test('every host starts a file that the build creates', () => {
  const sources = ['Procfile', 'Dockerfile', 'deploy/systemd/root-mfa-bot.service'].flatMap((file) =>
    [...read(file).matchAll(/\bdist\/([\w/]+)\.js/g)].map(([, path]) => `src/${path}.ts`),
  );

  expect(new Set(sources)).toEqual(new Set(['src/main.ts', 'src/cli/main.ts']));
  expect(sources.filter((source) => !existsSync(at(source)))).toEqual([]);
  expect(read('src/cli/main.ts')).toContain(".command('migrate')");
});

test('the image copies only files that exist and are in the build context', () => {
  const includedPaths = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );

  expect(copied.filter((file) => !existsSync(at(file)))).toEqual([]);
  expect([...new Set(copied)].sort()).toEqual(includedPaths.sort());
});

test('the image runs as an unprivileged user, and its last stage has no build tools', () => {
  const [lastStage = ''] = read('Dockerfile')
    .split(/^FROM /m)
    .slice(-1);

  expect(lastStage).toMatch(/^USER node$/m);
  expect(lastStage).not.toMatch(/^RUN npm/m);
  expect(read('Dockerfile')).toMatch(/npm ci --omit=dev --ignore-scripts/);
});

test('what hosts ask for is what the bot reads', () => {
  const sdk = /^(AWS_\w+|PGSSLMODE|POSTGRES_PASSWORD|ROOT_MFA_CONFIG|NODE_ENV)$/;
  const { services } = parseYaml(read('compose.yaml')) as {
    services: { bot: { environment: object; read_only: boolean; cap_drop: string[] } };
  };
  const requestedVariables = [
    ...Object.keys(JSON.parse(read('app.json')).env),
    ...Object.keys(services.bot.environment),
  ];

  expect(requestedVariables.filter((name) => !sdk.test(name) && !knownSettings.includes(name))).toEqual([]);
  expect(services.bot).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
});
