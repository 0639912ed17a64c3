import type { Database } from './transactions.ts';

/** The count of a target that the digest of a week reported. */
export interface TargetFigures {
  readonly target: string;
  /** What it asked of which accounts. */
  readonly definition: string;
  /** `2026-W48` */
  readonly week: string;
  readonly reportedAt: Date;
  readonly total: number;
  readonly done: number;
}

/** Returns what was reported of every target since a week (`2026-W48`), oldest first. `scope`: empty for the whole company. */
export async function targetFiguresSince(
  db: Database,
  { scope, week }: { readonly scope: string; readonly week: string },
): Promise<TargetFigures[]> {
  const rows = await db.query<Omit<TargetFigures, 'reportedAt'> & { reported_at: Date }>(
    `select target, definition, week, reported_at, total, done from target_figures
     where scope = $1 and week >= $2 order by week`,
    [scope, week],
  );
  return rows.map(({ reported_at, ...figures }) => ({ ...figures, reportedAt: reported_at }));
}

/** Saves what was reported of a target in a week, unless that week has been reported: then it never changes. */
export async function saveTargetFigures(
  db: Database,
  scope: string,
  { target, definition, week, reportedAt, total, done }: TargetFigures,
): Promise<void> {
  await db.query(
    `insert into target_figures (scope, target, definition, week, reported_at, total, done)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (scope, target, definition, week) do nothing`,
    [scope, target, definition, week, reportedAt, total, done],
  );
}
