import { expect, test } from '@jest/globals';
import { stockFor, stockHint } from '../../src/domain/token-stock.ts';

const stock = { London: { 'security-key': 12 }, '*': { 'security-key': 40, 'totp-token': 3 } };

test.each([
  ['an office that keeps some', 'London', 'security-key', { place: 'London', counted: 12 }],
  ['an office that keeps none of the kind', 'London', 'totp-token', { place: '*', counted: 3 }],
  ['another place', 'Berlin', 'security-key', { place: '*', counted: 40 }],
  ['no place', null, 'security-key', { place: '*', counted: 40 }],
] as const)('keys for %s come from there or from the shared stock', (_, office, kind, expected) => {
  expect(stockFor(stock, { office, kind })).toEqual(expected);
});

test('a company that keeps no stock has none', () => {
  expect(stockFor({}, { office: 'London', kind: 'security-key' })).toBeUndefined();
  expect(stockFor({ London: {} }, { office: 'London', kind: 'security-key' })).toBeUndefined();
});

test.each([
  [20, 2, 'enough'],
  [7, 2, 'enough'],
  [6, 2, 'low'],
  [2, 2, 'low'],
  [1, 2, 'too-few'],
  [0, 0, 'low'],
] as const)('%i keys with %i needed are %s', (remaining, needed, hint) => {
  expect(stockHint(remaining, needed)).toBe(hint);
});
