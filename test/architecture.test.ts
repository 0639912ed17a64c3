import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Which floor a file stands on; imports only run down, or stay on their floor within their own folder. */
const FLOORS: Readonly<Record<string, number>> = {
  'main.ts': 5,
  'bot.ts': 5,
  'shutdown.ts': 5,
  'log.ts': 5,
  cli: 5,
  watch: 5,
  slack: 4,
  jobs: 4,
  demo: 4,
  usecases: 3,
  aws: 2,
  store: 2,
  reports: 2,
  'config.ts': 1,
  'environment.ts': 1,
  domain: 1,
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('demo/slack/page/'))
  .map((file) => join(SRC, file));

const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target = '']) => ({
    from: relative(SRC, file),
    to: relative(SRC, resolve(dirname(file), target)),
  })),
);

const room = (path: string): string => path.split('/')[0] ?? '';
const floor = (path: string): number => FLOORS[room(path)] ?? Number.NaN;
const spell = ({ from, to }: Import) => `${from} imports ${to}`;

test('every file stands on a floor', () => {
  expect(files.map((file) => relative(SRC, file)).filter((file) => Number.isNaN(floor(file)))).toEqual([]);
});

test('imports only run down', () => {
  const climbing = imports.filter(({ from, to }) => floor(to) > floor(from));

  expect(climbing.map(spell)).toEqual([]);
});

test('rooms of one floor do not know each other, but for the lowest', () => {
  const across = imports.filter(
    ({ from, to }) =>
      floor(from) === floor(to) && room(from) !== room(to) && floor(from) > 1 && floor(from) < 5,
  );

  expect(across.map(spell)).toEqual([]);
});

test('the rehearsal is entered only by those who start it', () => {
  const visitors = imports.filter(
    ({ from, to }) => room(to) === 'demo' && !['demo', 'cli', 'main.ts'].includes(room(from)),
  );

  expect(visitors.map(spell)).toEqual([]);
});

test('use cases know neither Slack nor AWS, the domain knows no I/O and no clock', () => {
  const text = (folder: string) =>
    files
      .filter((file) => relative(SRC, file).startsWith(`${folder}/`))
      .map((file) => readFileSync(file, 'utf8'));

  for (const source of text('usecases')) expect(source).not.toMatch(/from '(@slack|@aws-sdk|\.\.\/aws)/);
  for (const source of text('domain')) {
    expect(source).not.toMatch(/from '(node:|@slack|@aws-sdk|pg|pino)|new Date\(\)|Date\.now\(\)/);
  }
});
