import { expect, test } from '@jest/globals';
import { parsePeriod } from '../../../src/domain/evidence-pack/period.ts';

const now = new Date('2026-11-24T09:00:00Z');

test.each([
  ['2026Q3', '2026-07-01', '2026-10-01'],
  ['Q3', '2026-07-01', '2026-10-01'],
  ['q4', '2026-10-01', '2027-01-01'],
  ['2026-07', '2026-07-01', '2026-08-01'],
  ['2025-12', '2025-12-01', '2026-01-01'],
  ['2026-07-01 2026-09-30', '2026-07-01', '2026-10-01'],
  ['2026-07-01 2026-07-01', '2026-07-01', '2026-07-02'],
])('%s is from %s to before %s', (text, from, to) => {
  expect(parsePeriod(text, now)).toEqual({
    from: new Date(`${from}T00:00:00Z`),
    to: new Date(`${to}T00:00:00Z`),
  });
});

test('a quarter without a year is the last one that has begun', () => {
  expect(parsePeriod('Q1', new Date('2026-01-01T00:00:00Z'))?.from).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(parsePeriod('Q4', new Date('2026-09-30T00:00:00Z'))?.from).toEqual(new Date('2025-10-01T00:00:00Z'));
});

test.each(['', 'Q5', '2026-13', '2026-02-30 2026-03-01', '2026-09-30 2026-07-01', 'last quarter'])(
  '"%s" is no period',
  (text) => {
    expect(parsePeriod(text, now)).toBeNull();
  },
);
