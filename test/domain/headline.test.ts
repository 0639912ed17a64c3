import { describe, expect, test } from '@jest/globals';
import { headlineOf } from '../../src/domain/headline.ts';
import { aCoverage } from '../support/digest.ts';

const lastWeek = aCoverage({ compliant: 6, noncompliant: 3, unknown: 1 });
const headline = (now: Parameters<typeof aCoverage>[0], regressed = 0) => {
  const { kind, sentence } = headlineOf(aCoverage(now), lastWeek, regressed);
  return `${kind}: ${sentence}`;
};

describe('a week', () => {
  test('is better when more accounts meet what is asked', () => {
    expect(headline({ compliant: 8, noncompliant: 1, unknown: 1 })).toBe(
      'better: 1 of 10 accounts falls short of what is asked, 2 fewer than last week.',
    );
  });

  test('is worse when fewer do', () => {
    expect(headline({ compliant: 5, noncompliant: 4, unknown: 1 })).toBe(
      'worse: 4 of 10 accounts fall short of what is asked, 1 more than last week.',
    );
  });

  test('is no better when accounts cannot be read any more', () => {
    expect(headline({ compliant: 6, noncompliant: 2, unknown: 2 })).toBe(
      'unchanged: 2 of 10 accounts fall short of what is asked, 1 fewer than last week; 1 more could not be checked.',
    );
  });

  test('is no better by leave to fall short', () => {
    expect(headline({ compliant: 6, noncompliant: 2, unknown: 1, exempt: 1 })).toBe(
      'unchanged: 2 of 10 accounts fall short of what is asked, 1 fewer than last week; 1 more may fall short for a time.',
    );
  });

  test('is unchanged when nothing changed', () => {
    expect(headline({ compliant: 6, noncompliant: 3, unknown: 1 })).toBe(
      'unchanged: 3 of 10 accounts fall short of what is asked, as many as last week.',
    );
  });

  test('is worse when MFA was lost, whatever else was won', () => {
    expect(headline({ compliant: 8, noncompliant: 1, unknown: 1 }, 1)).toBe(
      'worse: 1 account lost MFA. 1 of 10 accounts falls short of what is asked, 2 fewer than last week.',
    );
  });
});

describe('all is met', () => {
  test('when nothing is short or unknown', () => {
    expect(headline({ compliant: 9, not_applicable: 1 })).toBe(
      'all-compliant: Every account meets what is asked of it.',
    );
  });

  test('when what is short has leave, which is said', () => {
    expect(headline({ compliant: 8, exempt: 2 })).toBe(
      'all-compliant: Every account meets what is asked of it, except 2 with leave to fall short.',
    );
  });

  test('but not while one with leave has just lost its MFA', () => {
    expect(headline({ compliant: 8, exempt: 2 }, 1)).toMatch(/^worse: 1 account lost MFA/);
  });
});

test('the first digest compares with nothing', () => {
  expect(headlineOf(lastWeek, null, 0)).toEqual({
    kind: 'first',
    sentence: '3 of 10 accounts fall short of what is asked; 1 could not be checked.',
  });
});

test('before anything was read there is nothing to be glad about', () => {
  expect(headlineOf(aCoverage({}), null, 0).kind).toBe('nothing-read');
});
