import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');

/** The layer of a folder; imports only run down, or stay within their own folder. */
const LAYERS: Readonly<Record<string, number>> = {
  'main.ts': 5,
  'bot.ts': 5,
  'shutdown.ts': 5,
  'log.ts': 5,
  cli: 5,
  metrics: 5,
  demo: 5,
  slack: 4,
  http: 4,
  jobs: 4,
  usecases: 3,
  aws: 2,
  store: 2,
  reports: 2,
  webhooks: 2,
  'concurrency.ts': 1,
  config: 1,
  domain: 1,
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const sourcesIn = (place: string): string[] =>
  readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(place, file));

/** What a file imports, types included, as it is written there. */
const importedBy = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, target = '']) => target,
  );

const files = sourcesIn(SRC);

const imports: readonly Import[] = files.flatMap((file) =>
  importedBy(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => ({ from: relative(SRC, file), to: relative(SRC, resolve(dirname(file), target)) })),
);

const folder = (path: string): string => path.split('/')[0] ?? '';
const layer = (path: string): number => LAYERS[folder(path)] ?? Number.NaN;
const format = ({ from, to }: Import) => `${from} imports ${to}`;

test('every file belongs to a layer', () => {
  expect(files.map((file) => relative(SRC, file)).filter((file) => Number.isNaN(layer(file)))).toEqual([]);
});

test('imports only run down', () => {
  const upward = imports.filter(({ from, to }) => layer(to) > layer(from));

  expect(upward.map(format)).toEqual([]);
});

test('no files import each other in a circle, not even types', () => {
  const importsOf = new Map<string, string[]>();
  for (const { from, to } of imports) importsOf.set(from, [...(importsOf.get(from) ?? []), to]);
  const circles: string[] = [];
  const done = new Set<string>();

  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const next of importsOf.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of importsOf.keys()) visit(file, []);

  expect(circles).toEqual([]);
});

test('pages, listeners, views and the Home never read the store: they take at most its types', () => {
  const screens = /^slack\/(pages\.ts|listeners\/|views\/|home\/)/;
  const readers = files
    .filter((file) => screens.test(relative(SRC, file)))
    .filter((file) => /^import (?!type )[^;]*from '[^']*\/store\//m.test(readFileSync(file, 'utf8')));

  expect(readers.map((file) => relative(SRC, file))).toEqual([]);
});

test('folders of one layer do not import each other, except on the lowest and the highest layer', () => {
  const across = imports.filter(
    ({ from, to }) =>
      layer(from) === layer(to) && folder(from) !== folder(to) && layer(from) > 1 && layer(from) < 5,
  );

  expect(across.map(format)).toEqual([]);
});

test('the bot imports neither its demo nor the packages of the demo', () => {
  const bot = files.filter((file) => folder(relative(SRC, file)) !== 'demo');
  const intoDemo = imports.filter(({ from, to }) => folder(to) === 'demo' && folder(from) !== 'demo');

  expect(intoDemo.map(format)).toEqual([]);
  expect(
    bot.filter((file) => importedBy(file).some((target) => target.startsWith('@root-mfa-bot/'))),
  ).toEqual([]);
});

test('examples import nothing of the bot, so that they work outside this repository', () => {
  const examples = join(ROOT, 'examples');
  const outward = readdirSync(examples, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => join(examples, file))
    .flatMap((file) =>
      importedBy(file)
        .filter((target) => target.startsWith('.'))
        .filter((target) => relative(examples, resolve(dirname(file), target)).startsWith('..'))
        .map((target) => `${relative(ROOT, file)} imports ${target}`),
    );

  expect(outward).toEqual([]);
});

const PACKAGES = readdirSync(join(ROOT, 'packages'));

test.each(PACKAGES)('the package %s imports nothing of the bot and of other packages', (name) => {
  const home = join(ROOT, 'packages', name);
  const outward = sourcesIn(home).flatMap((file) =>
    importedBy(file)
      .filter((target) =>
        target.startsWith('.')
          ? relative(home, resolve(dirname(file), target)).startsWith('..')
          : target.startsWith('@root-mfa-bot/'),
      )
      .map((target) => `${relative(ROOT, file)} imports ${target}`),
  );

  expect(outward).toEqual([]);
});

test('only the index of a package is imported from outside', () => {
  // The tests in a browser look at the page of the local Slack with the fixtures of its own tests.
  const outside = ['src', 'test', 'bench', 'scripts'].flatMap((place) => sourcesIn(join(ROOT, place)));
  const deep = outside
    .filter((file) => !file.startsWith(join(ROOT, 'test', 'browser')))
    .flatMap((file) =>
      importedBy(file)
        .filter((target) =>
          target.startsWith('.')
            ? relative(ROOT, resolve(dirname(file), target)).startsWith('packages')
            : /^@root-mfa-bot\/[^/]+\//.test(target),
        )
        .map((target) => `${relative(ROOT, file)} imports ${target}`),
    );

  expect(deep).toEqual([]);
});

test('use cases know neither Slack nor AWS, the domain knows no I/O and no clock', () => {
  const sources = (layerFolder: string) =>
    files
      .filter((file) => relative(SRC, file).startsWith(`${layerFolder}/`))
      .map((file) => readFileSync(file, 'utf8'));

  for (const source of sources('usecases'))
    expect(source).not.toMatch(/from '(@slack|@aws-sdk|(\.\.\/)+aws)/);
  for (const source of sources('domain')) {
    expect(source).not.toMatch(/from '(node:|@slack|@aws-sdk|pg|pino)|new Date\(\)|Date\.now\(\)/);
  }
});
