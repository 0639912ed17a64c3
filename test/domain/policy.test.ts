import { describe, expect, test } from '@jest/globals';
import { matchesOrgUnit } from '../../src/domain/policy.ts';

describe('an org unit is under a pattern', () => {
  test.each([
    ['/Production', '/Production'],
    ['/Production', '/Production/**'],
    ['/Production/Payments/EU', '/Production/**'],
    ['/Production/Payments/EU', '/**/EU'],
    ['/Production/Payments/EU', '/Prod*/*/E*'],
    ['/Production/Payments/EU', '/**/**/EU/**'],
    ['/Data (old) [1]+', '/Data (old) [1]+'],
    ['/a/b/a/c', '/**/a/c'],
    ['/abcabd', '/*ab*d'],
  ])('%s under %s', (orgUnit, pattern) => expect(matchesOrgUnit(orgUnit, pattern)).toBe(true));
});

describe('and is not', () => {
  test.each([
    ['/Production', '/Prod'],
    ['/Production/Payments', '/Production/*/*'],
    ['/Production/Payments', '/Production'],
    ['/Production/Payments/EU', '/**/US'],
    ['/Production', '/*x'],
    ['/aba', '/ab*ba'],
  ])('%s under %s', (orgUnit, pattern) => expect(matchesOrgUnit(orgUnit, pattern)).toBe(false));
});

test.each([
  ['stars within a name', `/${'a'.repeat(128)}`, `/${'*a'.repeat(60)}*b`],
  ['stars for any depth', '/a/b/c/d/e', `/${'**/'.repeat(300)}x`],
])('no pattern takes long to match: %s', (_, orgUnit, pattern) => {
  const startedAt = performance.now();

  expect(matchesOrgUnit(orgUnit, pattern)).toBe(false);

  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
