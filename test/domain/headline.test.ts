import { describe, expect, test } from '@jest/globals';
import { headlineOf } from '../../src/domain/headline.ts';
import { aCoverage } from '../support/digest.ts';

const lastWeek = aCoverage({ compliant: 6, noncompliant: 3, unknown: 1 });
const headline = (now: Parameters<typeof aCoverage>[0], regressed = 0) => {
  const { kind, sentence } = headlineOf(aCoverage(now), lastWeek, regressed);
  return `${kind}: ${sentence}`;
};

describe('a week', () => {
  test('is better when more accounts are compliant', () => {
    expect(headline({ compliant: 8, noncompliant: 1, unknown: 1 })).toBe(
      'better: 1 of 10 accounts is non-compliant, 2 fewer than last week.',
    );
  });

  test('is worse when fewer do', () => {
    expect(headline({ compliant: 5, noncompliant: 4, unknown: 1 })).toBe(
      'worse: 4 of 10 accounts are non-compliant, 1 more than last week.',
    );
  });

  test('is no better when accounts could not be checked', () => {
    expect(headline({ compliant: 6, noncompliant: 2, unknown: 2 })).toBe(
      'unchanged: 2 of 10 accounts are non-compliant, 1 fewer than last week; 1 more could not be checked.',
    );
  });

  test('is no better because of an exemption', () => {
    expect(headline({ compliant: 6, noncompliant: 2, unknown: 1, exempt: 1 })).toBe(
      'unchanged: 2 of 10 accounts are non-compliant, 1 fewer than last week; 1 more exempt.',
    );
  });

  test('is unchanged when nothing changed', () => {
    expect(headline({ compliant: 6, noncompliant: 3, unknown: 1 })).toBe(
      'unchanged: 3 of 10 accounts are non-compliant, same as last week.',
    );
  });

  test('is worse when MFA was removed, whatever else was fixed', () => {
    expect(headline({ compliant: 8, noncompliant: 1, unknown: 1 }, 1)).toBe(
      'worse: MFA was removed from 1 account. 1 of 10 accounts is non-compliant, 2 fewer than last week.',
    );
  });
});

describe('all accounts are compliant', () => {
  test('when none is non-compliant or unknown', () => {
    expect(headline({ compliant: 9, not_applicable: 1 })).toBe('all-met: All accounts are compliant.');
  });

  test('when the others are exempt, which the sentence states', () => {
    expect(headline({ compliant: 8, exempt: 2 })).toBe(
      'all-met: All accounts are compliant, except 2 exempt.',
    );
  });

  test('but not if MFA was just removed from an exempt account', () => {
    expect(headline({ compliant: 8, exempt: 2 }, 1)).toMatch(/^worse: MFA was removed from 1 account/);
  });
});

test('the first digest compares with nothing', () => {
  expect(headlineOf(lastWeek, null, 0)).toEqual({
    kind: 'first',
    sentence: '3 of 10 accounts are non-compliant; 1 could not be checked.',
  });
});

test('no headline is possible before the first scan', () => {
  expect(headlineOf(aCoverage({}), null, 0).kind).toBe('nothing-read');
});
