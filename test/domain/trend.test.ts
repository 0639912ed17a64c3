import { expect, test } from '@jest/globals';
import { weeklyTrend } from '../../src/domain/trend.ts';
import { aCoverage } from '../support/digest.ts';

const scan = (at: string, compliant: number) => ({
  at: new Date(at),
  coverage: aCoverage({ compliant: compliant, noncompliant: 10 - compliant }),
});

test('a week is represented by its last scan, by the company’s calendar', () => {
  const points = weeklyTrend(
    [
      // Monday in Auckland, still Sunday in UTC.
      scan('2026-11-22T20:00Z', 7),
      scan('2026-11-20T10:00Z', 5),
      scan('2026-11-18T10:00Z', 4),
    ],
    'Pacific/Auckland',
  );

  expect(points.map(({ week, level1 }) => [week, level1])).toEqual([
    ['2026-W47', 0.5],
    ['2026-W48', 0.7],
  ]);
});

test('twelve weeks are shown, the last ones', () => {
  const weeks = Array.from({ length: 20 }, (_, n) =>
    scan(new Date(Date.UTC(2026, 6, 6) + n * 7 * 24 * 3600_000).toISOString(), n % 10),
  );

  const points = weeklyTrend(weeks, 'UTC');

  expect(points).toHaveLength(12);
  expect(points.at(-1)).toEqual({
    week: '2026-W47',
    accounts: 10,
    noncompliant: 1,
    level1: 0.9,
    level2: 0.9,
    noRootCredentials: 0,
  });
});

test('before the first scan there is no trend', () => {
  expect(weeklyTrend([], 'UTC')).toEqual([]);
});

test('a week that a digest reported keeps its figures, whatever was scanned later', () => {
  const scans = [
    { at: new Date('2026-11-16T08:00Z'), coverage: aCoverage({ compliant: 2, noncompliant: 2 }) },
    { at: new Date('2026-11-20T08:00Z'), coverage: aCoverage({ compliant: 3, noncompliant: 1 }) },
  ];
  const reported = new Map([
    ['2026-W40', aCoverage({ compliant: 1, noncompliant: 3 })],
    ['2026-W47', aCoverage({ compliant: 2, noncompliant: 2 })],
  ]);

  expect(weeklyTrend(scans, 'Europe/Berlin', reported)).toMatchObject([
    { week: '2026-W40', level1: 0.25 },
    { week: '2026-W47', level1: 0.5 },
  ]);
});
