import type { AccountId } from '../domain/account.ts';
import type { Coverage } from '../domain/coverage.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** The coverage that the digest of a week reported. */
export interface WeeklyFigures {
  /** `2026-W48` */
  readonly week: string;
  readonly reportedAt: Date;
  readonly coverage: Coverage;
  /** The accounts that it counted without a reachable owner; left out by former versions. */
  readonly withoutOwner?: readonly AccountId[];
}

/** Returns the figures reported since a week (`2026-W48`), oldest first. `scope`: empty for the whole company. */
export async function weeklyFiguresSince(
  db: Database,
  { scope, week }: { readonly scope: string; readonly week: string },
): Promise<WeeklyFigures[]> {
  const rows = await db.query<{
    week: string;
    reported_at: Date;
    coverage: Coverage;
    without_owner: AccountId[] | null;
  }>(
    `select week, reported_at, coverage, without_owner
       from weekly_figures
      where scope = $1 and week >= $2
      order by week`,
    [scope, week],
  );
  return rows.map((row) => ({
    week: row.week,
    reportedAt: row.reported_at,
    coverage: row.coverage,
    ...(row.without_owner && { withoutOwner: row.without_owner }),
  }));
}

/** Saves the figures of a week, unless that week has been reported: then they never change. */
export async function saveWeeklyFigures(db: Database, scope: string, figures: WeeklyFigures): Promise<void> {
  await db.query(
    `insert into weekly_figures (scope, week, reported_at, coverage, without_owner)
     values ($1, $2, $3, $4::jsonb, $5::jsonb)
     on conflict (scope, week) do nothing`,
    [
      scope,
      figures.week,
      figures.reportedAt,
      json(figures.coverage),
      figures.withoutOwner ? json(figures.withoutOwner) : null,
    ],
  );
}
