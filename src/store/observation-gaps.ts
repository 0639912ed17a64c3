import type { AccountId } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** A stretch of time in which an account could not be read; `until` is `null` while it lasts. */
export interface ObservationGap {
  readonly accountId: AccountId;
  readonly since: Date;
  readonly until: Date | null;
  /** Why, as of the first failed look. */
  readonly errors: readonly CallError[];
}

/** The first successful look after a gap. */
export interface GapEnd {
  readonly account_id: AccountId;
  readonly until: Date;
}

/** Opens a gap for each account that has none open. */
export async function openGaps(
  tx: Database,
  rows: readonly {
    readonly account_id: AccountId;
    readonly unread_since: Date;
    readonly unread_errors: unknown;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into observation_gaps (account_id, since, errors)
     select unread.account_id, unread.unread_since, unread.unread_errors
       from jsonb_to_recordset($1::jsonb) as unread (account_id text, unread_since timestamptz, unread_errors jsonb)
      where not exists (
        select from observation_gaps as gap
         where gap.account_id = unread.account_id and (gap.until is null or gap.since = unread.unread_since))`,
    [json(rows)],
  );
}

/** Closes the open gaps of accounts that were read again. */
export async function closeGaps(tx: Database, ends: readonly GapEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.query(
    `update observation_gaps as gap
        set until = greatest(ends.until, gap.since + interval '1 millisecond')
       from jsonb_to_recordset($1::jsonb) as ends (account_id text, until timestamptz)
      where gap.account_id = ends.account_id and gap.until is null`,
    [json(ends)],
  );
}

/** Returns the gaps that touch a period, by account and time. */
export async function listGaps(
  db: Database,
  period: { readonly from: Date; readonly to: Date },
): Promise<ObservationGap[]> {
  const rows = await db.query<{
    account_id: AccountId;
    since: Date;
    until: Date | null;
    errors: CallError[];
  }>(
    `select account_id, since, until, errors
       from observation_gaps
      where since < $2 and (until is null or until > $1)
      order by account_id, since`,
    [period.from, period.to],
  );
  return rows.map(({ account_id: accountId, ...gap }) => ({ accountId, ...gap }));
}
