import { isoWeek } from './calendar.ts';
import { type Coverage, noRootCredentials, shareOf } from './coverage.ts';

/** Coverage as one scan found it. */
export interface CoverageSample {
  readonly at: Date;
  readonly coverage: Coverage;
}

/** One week of a trend, as JSON. */
export interface TrendPoint {
  /** `2026-W48` */
  readonly week: string;
  readonly accounts: number;
  /** Accounts that are non-compliant. */
  readonly noncompliant: number;
  /** 0 to 1; `null` where the level applied to no account. */
  readonly level1: number | null;
  readonly level2: number | null;
  /** Member accounts without root credentials; absent in digests of former versions. */
  readonly noRootCredentials?: number | null;
}

/** A quarter of a year. */
export const TREND_WEEKS = 12;

/**
 * Returns the coverage of each week, oldest first, at most twelve weeks: as its digest reported it, otherwise as its last
 * scan found it. A week with neither has no point.
 */
export function weeklyTrend(
  scans: Iterable<CoverageSample>,
  zone: string,
  reported: ReadonlyMap<string, Coverage> = new Map(),
): TrendPoint[] {
  const lastOfWeek = new Map<string, Coverage>();
  for (const { at, coverage } of [...scans].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    lastOfWeek.set(isoWeek(at, zone), coverage);
  }
  for (const [week, coverage] of reported) lastOfWeek.set(week, coverage);
  const byWeek = [...lastOfWeek].sort(([a], [b]) => (a < b ? -1 : 1));
  return byWeek.slice(-TREND_WEEKS).map(([week, coverage]) => ({
    week,
    accounts: coverage.accounts,
    noncompliant: coverage.compliance.noncompliant,
    level1: shareOf(coverage.level1),
    level2: shareOf(coverage.level2),
    noRootCredentials: shareOf(noRootCredentials(coverage)),
  }));
}
