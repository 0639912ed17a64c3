import type { AccountId } from '../domain/account.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Database } from './database.ts';
import { toVerdict, type VerdictRow } from './verdicts.ts';

/** The accounts whose verdict is another than it was at that time, with what it was: `null` where there was none. */
export async function changedVerdictsSince(
  db: Database,
  at: Date,
): Promise<ReadonlyMap<AccountId, Verdict | null>> {
  const rows = await db.query<ChangedRow>(
    `select changed.account_id as changed, old.mfa, old.level1, old.level2, old.root_credentials,
            old.root_credentials_found, old.root_credentials_why, old.confidence, old.flags, old.why,
            old.hardware_assumed
       from (select distinct account_id from verdict_history where since > $1) as changed
       left join verdict_history as old
         on old.account_id = changed.account_id and old.since <= $1 and old.until > $1`,
    [at],
  );
  return toVerdictsByAccount(rows);
}

/** The accounts whose verdict has been what it is since after that time, with the one before it: `null` for the first. */
export async function replacedVerdictsSince(
  db: Database,
  at: Date,
): Promise<ReadonlyMap<AccountId, Verdict | null>> {
  const rows = await db.query<ChangedRow>(
    `select current.account_id as changed, old.mfa, old.level1, old.level2, old.root_credentials,
            old.root_credentials_found, old.root_credentials_why, old.confidence, old.flags, old.why,
            old.hardware_assumed
       from verdict_history as current
       left join verdict_history as old
         on old.account_id = current.account_id and old.until = current.since and old.id <> current.id
      where current.until is null and current.since > $1`,
    [at],
  );
  return toVerdictsByAccount(rows);
}

type ChangedRow = { changed: AccountId } & { [Column in keyof VerdictRow]: VerdictRow[Column] | null };

function toVerdictsByAccount(rows: readonly ChangedRow[]): ReadonlyMap<AccountId, Verdict | null> {
  return new Map(rows.map((row) => [row.changed, row.mfa === null ? null : toVerdict(row as VerdictRow)]));
}
