import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AccountHistory,
  durationByState,
  notMemberUntil,
  OBSERVATION_HOLDS_MS,
  stateIntervals,
} from '../../../src/domain/evidence-pack/intervals.ts';
import { aVerdict } from '../../support/builders.ts';

const DAY_MS = 24 * 60 * 60_000;
const day = (n: number) => new Date(Date.UTC(2026, 6, 1) + n * DAY_MS);
const JULY = { from: day(0), to: day(31) };
const daily = Array.from({ length: 31 }, (_, n) => day(n));

const pass = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass' });
const fail = aVerdict({ mfa: 'none', level1: 'fail', level2: 'fail' });

const aHistory = (over: Partial<AccountHistory> = {}): AccountHistory => ({
  requirement: { level: 1, proof: 'benchmark', rootCredentials: 'allowed' },
  notMemberUntil: null,
  closedAt: null,
  verdicts: [{ verdict: pass, since: day(-90), until: null }],
  gaps: [],
  exemptions: [],
  attestations: [],
  ...over,
});

const states = (history: AccountHistory, looks = daily) =>
  stateIntervals(history, looks, JULY).map(({ from, to, state }) => [
    (from.getTime() - JULY.from.getTime()) / DAY_MS,
    (to.getTime() - JULY.from.getTime()) / DAY_MS,
    state,
  ]);

describe('the intervals of an account', () => {
  test('is one if nothing changed and it was scanned every day', () => {
    expect(states(aHistory())).toEqual([[0, 31, 'compliant']]);
  });

  test('a lost MFA and its return', () => {
    const verdicts = [
      { verdict: pass, since: day(-90), until: day(10) },
      { verdict: fail, since: day(10), until: day(12) },
      { verdict: pass, since: day(12), until: null },
    ];

    expect(states(aHistory({ verdicts }))).toEqual([
      [0, 10, 'compliant'],
      [10, 12, 'noncompliant'],
      [12, 31, 'compliant'],
    ]);
  });

  test('an exemption covers a failed level for its time', () => {
    const verdicts = [{ verdict: fail, since: day(-90), until: null }];
    const exemptions = [{ id: 'E1', from: day(5), to: day(20) }];

    expect(states(aHistory({ verdicts, exemptions }))).toEqual([
      [0, 5, 'noncompliant'],
      [5, 20, 'exempt'],
      [20, 31, 'noncompliant'],
    ]);
  });

  test('an account that could not be read is not observed until it is read again', () => {
    expect(states(aHistory({ gaps: [{ since: day(3), until: day(8) }] }))).toEqual([
      [0, 3, 'compliant'],
      [3, 8, 'not_observed'],
      [8, 31, 'compliant'],
    ]);
  });

  test('a bot that did not scan for a week proves nothing for longer than 48 hours', () => {
    const looks = daily.filter((at) => at <= day(10) || at >= day(17));

    expect(states(aHistory(), looks)).toEqual([
      [0, 12, 'compliant'],
      [12, 17, 'not_observed'],
      [17, 31, 'compliant'],
    ]);
  });

  test('a period before the first scan is not observed', () => {
    const verdicts = [{ verdict: pass, since: day(9), until: null }];

    expect(states(aHistory({ notMemberUntil: null, verdicts }), daily.slice(9))).toEqual([
      [0, 9, 'not_observed'],
      [9, 31, 'compliant'],
    ]);
  });

  test('an account that a scan did not list before is not a member until a scan does', () => {
    const verdicts = [{ verdict: pass, since: day(9), until: null }];

    expect(states(aHistory({ notMemberUntil: notMemberUntil(day(9), daily), verdicts }))).toEqual([
      [0, 9, 'not_a_member'],
      [9, 31, 'compliant'],
    ]);
  });

  test('an account found after two weeks without scans is not observed from the third day of them on', () => {
    const verdicts = [{ verdict: pass, since: day(17), until: null }];
    const looks = daily.filter((at) => at <= day(3) || at >= day(17));

    expect(states(aHistory({ notMemberUntil: notMemberUntil(day(17), looks), verdicts }), looks)).toEqual([
      [0, 5, 'not_a_member'],
      [5, 17, 'not_observed'],
      [17, 31, 'compliant'],
    ]);
  });

  test('days of 23 and 25 hours, where clocks change, are 24 hours in UTC like all others', () => {
    const spring = { from: new Date('2026-03-28T00:00:00Z'), to: new Date('2026-03-31T00:00:00Z') };
    // Scans at six in the morning in London, before and after the change.
    const looks = ['2026-03-28T06:00:00Z', '2026-03-29T05:00:00Z', '2026-03-30T05:00:00Z'].map(
      (at) => new Date(at),
    );
    const verdicts = [{ verdict: pass, since: new Date('2026-03-28T06:00:00Z'), until: null }];

    const total = durationByState(stateIntervals(aHistory({ verdicts }), looks, spring));

    expect(total.compliant).toBe(66 * 60 * 60_000);
    expect(total.not_observed).toBe(6 * 60 * 60_000);
  });

  test('an account that left is not a member from then on', () => {
    expect(states(aHistory({ closedAt: day(20) }))).toEqual([
      [0, 20, 'compliant'],
      [20, 31, 'not_a_member'],
    ]);
  });
});

const within = fc.integer({ min: -40, max: 40 }).map((n) => day(n + 0.25));
const stretches = fc
  .uniqueArray(within, { maxLength: 6, selector: (at) => at.getTime() })
  .map((moments) => moments.sort((a, b) => a.getTime() - b.getTime()))
  .map((moments) =>
    moments.flatMap((from, index) => {
      const to = moments[index + 1];
      return to && index % 2 === 0 ? [{ from, to }] : [];
    }),
  );

test('intervals cover any period without gap or overlap, whatever happened', () => {
  fc.assert(
    fc.property(
      fc.option(within, { nil: null }),
      fc.option(within, { nil: null }),
      fc.uniqueArray(within, { maxLength: 5, selector: (at) => at.getTime() }),
      stretches,
      stretches,
      stretches,
      fc.array(within, { maxLength: 20 }),
      (joinedAt, closedAt, changes, gaps, exempted, attestations, looks) => {
        const since = changes.sort((a, b) => a.getTime() - b.getTime());
        const history = aHistory({
          notMemberUntil: joinedAt,
          closedAt,
          verdicts: since.map((at, index) => ({
            verdict: index % 2 === 0 ? pass : fail,
            since: at,
            until: since[index + 1] ?? null,
          })),
          gaps: gaps.map(({ from, to }) => ({ since: from, until: to })),
          exemptions: exempted.map((stretch, index) => ({ id: `E${index}`, ...stretch })),
          attestations,
        });
        const sorted = looks.sort((a, b) => a.getTime() - b.getTime());

        const intervals = stateIntervals(history, sorted, JULY);

        expect(intervals[0]?.from).toEqual(JULY.from);
        expect(intervals.at(-1)?.to).toEqual(JULY.to);
        for (const [index, { from, to }] of intervals.entries()) {
          expect(from.getTime()).toBeLessThan(to.getTime());
          if (index > 0) expect(from).toEqual(intervals[index - 1]?.to);
        }
        const total = Object.values(durationByState(intervals)).reduce((sum, part) => sum + part, 0);
        expect(total).toBe(JULY.to.getTime() - JULY.from.getTime());
        for (const { state, from, to } of intervals) {
          if (state === 'compliant' || state === 'noncompliant') {
            expect(to.getTime() - from.getTime()).toBeGreaterThan(0);
            expect(joinedAt === null || from >= joinedAt).toBe(true);
          }
        }
        expect(OBSERVATION_HOLDS_MS).toBe(2 * DAY_MS);
      },
    ),
  );
});
