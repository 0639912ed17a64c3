import { type AccountId, type AccountState, byNameThenId } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import type { KnownAccount } from '../domain/scan.ts';
import { breath } from './batches.ts';
import { keptByRevision } from './revision.ts';
import type { Database } from './transactions.ts';
import { toVerdict, type VerdictRow } from './verdicts.ts';

export { bumpRevision, revision } from './revision.ts';

/** Most rows read by one statement. */
const PAGE = 500;

/** The whole company, kept in memory and brought up to date whenever somebody asks. */
export interface Book {
  /** Every account that was ever seen, closed ones too, by name and then id. Whatever was committed before is in it. */
  accounts(): Promise<readonly KnownAccount[]>;
}

/**
 * A book of the company that reads only what has changed since it was asked last, and nothing while the `revision`
 * stays the same: thousands of accounts answer like twenty, also in the middle of a scan.
 */
export function keepBook(db: Database): Book {
  const kept = keptByRevision<{ readonly mark: string; readonly sorted: readonly KnownAccount[] }>(
    db,
    async (before) => {
      const mark = await markNow(db);
      const sorted = before
        ? merged(before.sorted, await readAccounts(db, before.mark))
        : await allAccounts(db);
      return { mark, sorted };
    },
  );
  return { accounts: async () => (await kept()).sorted };
}

/** Every account that was ever seen, closed ones too, by name and then id, read page by page so that nobody waits. */
export async function allAccounts(db: Database): Promise<KnownAccount[]> {
  return (await readAccounts(db, null)).sort(byNameThenId);
}

/** All accounts, or those written by transactions that had not ended at the mark. */
async function readAccounts(db: Database, mark: string | null): Promise<KnownAccount[]> {
  const accounts: KnownAccount[] = [];
  let after = '';
  for (;;) {
    const rows = await db.query<KnownAccountRow>(
      `${KNOWN}
        where id > $1 and ($2::text is null or ${writtenSince('accounts')} or ${writtenSince('verdicts')})
        order by id
        limit ${PAGE}`,
      [after, mark],
    );
    for (const row of rows) accounts.push(toKnownAccount(row));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return accounts;
    after = last.id;
    await breath();
  }
}

/** The oldest transaction that may still write: whatever is committed later carries its number or a higher one. */
async function markNow(db: Database): Promise<string> {
  const [row] = await db.query<{ mark: string }>(
    'select pg_snapshot_xmin(pg_current_snapshot())::xid::text as mark',
  );
  return row?.mark ?? '0';
}

/** Every row carries the number of the transaction that wrote it; numbers go round in a circle, ages compare. */
const writtenSince = (table: string) => `age(${table}.xmin) <= age($2::text::xid)`;

/** The accounts with the changed ones in their places. */
function merged(sorted: readonly KnownAccount[], changed: readonly KnownAccount[]): readonly KnownAccount[] {
  const fresh = new Map(changed.map((account) => [account.id, account]));
  const kept = sorted.map((account) => {
    const now = fresh.get(account.id);
    if (!now || now.name !== account.name) return account;
    fresh.delete(account.id);
    return now;
  });
  if (fresh.size === 0) return kept;
  // New or renamed: to be put where the name belongs.
  return [...kept.filter(({ id }) => !fresh.has(id)), ...fresh.values()].sort(byNameThenId);
}

/** One account as it is remembered, or undefined. */
export async function knownAccount(db: Database, id: AccountId): Promise<KnownAccount | undefined> {
  const [row] = await db.query<KnownAccountRow>(`${KNOWN} where id = $1`, [id]);
  return row && toKnownAccount(row);
}

/** Those of the accounts that are remembered, by id. */
export async function knownAccounts(
  db: Database,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, KnownAccount>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<KnownAccountRow>(`${KNOWN} where id = any ($1::text[])`, [ids]);
  return new Map(rows.map((row) => [row.id, toKnownAccount(row)]));
}

const KNOWN = `
  select id, name, partition, state, management_account, org_unit, tags, security_contact, directory_read_at,
         first_seen_at, closed_at,
         mfa, level1, level2, confidence, flags, why, hardware_assumed, since, checked_at, unread_since, unread_errors
    from accounts
    left join verdicts on verdicts.account_id = accounts.id`;

type KnownAccountRow = {
  id: AccountId;
  name: string;
  partition: string;
  state: AccountState | null;
  management_account: boolean;
  org_unit: string | null;
  tags: Record<string, string> | null;
  security_contact: string | null;
  directory_read_at: Date | null;
  first_seen_at: Date;
  closed_at: Date | null;
  since: Date | null;
  checked_at: Date | null;
  unread_since: Date | null;
  unread_errors: CallError[] | null;
} & (VerdictRow | { mfa: null });

function toKnownAccount(row: KnownAccountRow): KnownAccount {
  return {
    id: row.id,
    name: row.name,
    partition: row.partition,
    state: row.state,
    managementAccount: row.management_account,
    orgUnit: row.org_unit,
    tags: row.tags,
    securityContact: row.security_contact,
    verdict: row.mfa === null ? null : toVerdict(row),
    since: row.since,
    checkedAt: row.checked_at,
    unread: row.unread_since && { since: row.unread_since, errors: row.unread_errors ?? [] },
    firstSeenAt: row.first_seen_at,
    closedAt: row.closed_at,
    directoryReadAt: row.directory_read_at,
  };
}
