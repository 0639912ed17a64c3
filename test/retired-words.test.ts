import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Words that once named things here; each now has a standard term. Compared with the parts of a camelCase name. */
const RETIRED_IN_NAMES = [
  'postman',
  'mouth',
  'premises',
  'door',
  'letter',
  'letters',
  'sighting',
  'sightings',
  'nudge',
  'nudges',
  'chase',
  'chased',
  'chases',
  'ward',
  'wards',
  'patient',
  'pencil',
  'forgetful',
  'rehearsal',
  'rehearse',
  'hurry',
  'hasty',
  'breath',
  'bury',
  'lanes',
  'whoever',
  'somebody',
  'nobody',
  'toldnothing',
  'unmet',
  'standing',
];

/** What a busy native speaker would not write; never in a text on screen or in the docs. */
const RETIRED_IN_TEXTS = new RegExp(
  [
    'whoever (?:asked|runs|holds|has|learns|manages)',
    'somebody',
    'nobody',
    'anew',
    'so many',
    'falls? short',
    'falling short',
    'lies about',
    'what is asked of',
    'and the like',
    'postman',
    'rehears(?:al|ed|e)',
    'letters? (?:was|were|is|are|can|could)',
    'not known',
    'given up',
    '(?:not|accounts) wired',
  ]
    .map((words) => `\\b${words}\\b`)
    .join('|'),
  'i',
);

/** Where a retired word is right, with the reason. */
const ALLOWED_NAMES: readonly { readonly file: RegExp; readonly name: RegExp; readonly because: string }[] = [
  {
    file: /^src\/store\//,
    name: /^(unmet_since|letter_key|chased_at|chases)$/,
    because: 'a column in the database',
  },
  { file: /account-list-query/, name: /^standing$/, because: 'a key in buttons of older messages' },
  { file: /^test\/store\/upgrade/, name: /^(standing|unmet)$/, because: 'words in older databases' },
];
const ALLOWED_TEXTS: readonly { readonly file: RegExp; readonly because: string }[] = [
  { file: /^src\/store\//, because: 'SQL names columns and values of released migrations' },
  { file: /^CHANGELOG/, because: 'names what was renamed' },
];

const codeFiles = ['src', 'packages', 'bench', 'scripts', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx)$/.test(file) && !file.includes('node_modules'))
    .map((file) => `${folder}/${file}`),
);
const shownFiles = codeFiles.filter((file) => /^(src|packages\/[\w-]+\/src)\//.test(file));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'manifest.yml',
  'root-mfa.example.yml',
  '.env.example',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const mayNotHoldRetiredTexts = (file: string) => !ALLOWED_TEXTS.some((allowed) => allowed.file.test(file));

/** Returns the parts of a name: `deadLetterCount` has `dead`, `letter` and `count`. */
const partsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .map((part) => part.toLowerCase());

const isRetired = (name: string) =>
  // A dead letter is the standard term for a message that could not be delivered.
  !/dead[-_]?letter/i.test(name) && partsOf(name).some((part) => RETIRED_IN_NAMES.includes(part));

/** Returns the names that a file declares: types, functions, constants, parameters and properties. */
function declaredNames(source: string): string[] {
  const withoutTexts = source
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  return [
    ...withoutTexts.matchAll(
      /\b(?:const|let|function|class|interface|type|enum)\s+(\w+)|\breadonly (\w+)\??:|[({,]\s*(\w+)\??:/g,
    ),
  ].map(([, declared, property, parameter]) => declared ?? property ?? parameter ?? '');
}

/** Returns the texts in a source: string literals and templates with at least two words. */
function textsIn(source: string): string[] {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...withoutComments.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)]
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .filter((text) => /\w \w/.test(text));
}

describe('retired words stay retired', () => {
  test('in names of files', () => {
    expect(codeFiles.filter((file) => isRetired(basename(file).replace(/\.\w+$/, '')))).toEqual([]);
  });

  test('in names in the code', () => {
    const found = codeFiles.flatMap((file) =>
      [...new Set(declaredNames(read(file)).filter(isRetired))]
        .filter(
          (name) => !ALLOWED_NAMES.some((allowed) => allowed.file.test(file) && allowed.name.test(name)),
        )
        .map((name) => `${file}: ${name}`),
    );

    expect(found).toEqual([]);
  });

  test('in texts on screen', () => {
    const found = shownFiles.filter(mayNotHoldRetiredTexts).flatMap((file) =>
      textsIn(read(file))
        .filter((text) => RETIRED_IN_TEXTS.test(text))
        .map((text) => `${file}: ${text}`),
    );

    expect(found).toEqual([]);
  });

  test('in the docs and in what people install', () => {
    const found = pages.filter(mayNotHoldRetiredTexts).flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => RETIRED_IN_TEXTS.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );

    expect(found).toEqual([]);
  });
});
