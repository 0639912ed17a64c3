import type { Database } from './transactions.ts';

/** Findings about keys that a digest knew of. */
export interface ReportedKeyFindings {
  /** `2026-W48` */
  readonly week: string;
  /** `111122223333/no-spare-named`, sorted. */
  readonly findings: readonly string[];
}

/** Returns what the last digest before that week knew; undefined before the first. `scope`: empty for the whole company. */
export async function lastReportedKeyFindings(
  db: Database,
  scope: string,
  week: string,
): Promise<ReportedKeyFindings | undefined> {
  const [row] = await db.query<ReportedKeyFindings>(
    `select week, findings from reported_key_findings
      where scope = $1 and week < $2
      order by week desc
      limit 1`,
    [scope, week],
  );
  return row;
}

/** Saves what the digest of a week knew, unless that week has been reported, and deletes all but the one before. */
export async function saveReportedKeyFindings(
  db: Database,
  scope: string,
  { week, findings }: ReportedKeyFindings,
): Promise<void> {
  await db.query(
    `insert into reported_key_findings (scope, week, findings) values ($1, $2, $3::text[])
     on conflict (scope, week) do nothing`,
    [scope, week, findings],
  );
  await db.query(
    `delete from reported_key_findings
      where scope = $1
        and week < (select max(week) from reported_key_findings where scope = $1 and week < $2)`,
    [scope, week],
  );
}
