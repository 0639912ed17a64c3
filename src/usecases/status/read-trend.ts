import { isoWeek } from '../../domain/calendar.ts';
import type { Coverage } from '../../domain/coverage.ts';
import { TREND_WEEKS, type TrendPoint, weeklyTrend } from '../../domain/trend.ts';
import { scansSince } from '../../store/scans.ts';
import { weeklyFiguresSince } from '../../store/weekly-figures.ts';
import type { Context } from '../shared/context.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Returns coverage by week: past weeks as their digests reported them, the current week as its last scan found it. */
export async function readTrend({ db, config, now: clock }: Context): Promise<TrendPoint[]> {
  const now = clock();
  const zone = config.schedule.timezone;
  const since = new Date(now.getTime() - TREND_WEEKS * WEEK_MS);
  const [scans, figures] = await Promise.all([
    scansSince<Coverage>(db, since),
    weeklyFiguresSince(db, { scope: '', week: isoWeek(since, zone) }),
  ]);
  const thisWeek = isoWeek(now, zone);
  const reported = figures.filter(({ week }) => week !== thisWeek);
  return weeklyTrend(
    scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage })),
    zone,
    new Map(reported.map(({ week, coverage }) => [week, coverage])),
  );
}
