import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const USE_CASES = fileURLToPath(new URL('../../src/usecases', import.meta.url));

/** What only the clock or a look at AWS brings about: nobody decided anything. */
const NOBODY_DECIDES = ['chase-token-requests', 'check-account', 'remind-owners', 'send-digest'];

const sources = new Map(
  readdirSync(USE_CASES).map((file) => [
    file.replace(/\.ts$/, ''),
    readFileSync(`${USE_CASES}/${file}`, 'utf8'),
  ]),
);

test('whatever a person decides is written down in the transaction that decides it', () => {
  const deciding = [...sources].filter(([, source]) => /\bdb\.transaction\(/.test(source));

  const silent = deciding.filter(([, source]) => !/\b(record|recordTokenStep)\(\s*tx\b/.test(source));

  expect(deciding.length).toBeGreaterThan(10);
  expect(silent.map(([name]) => name).sort()).toEqual(NOBODY_DECIDES);
});
