import { type AccountId, type AccountState, byNameThenId } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import type { KnownAccount } from '../domain/scan.ts';
import { breath } from './batches.ts';
import type { Database } from './transactions.ts';
import { toVerdict, type VerdictRow } from './verdicts.ts';

export { bumpRevision, revision } from './revision.ts';

const PAGE = 1000;

/**
 * Every account that was ever seen, closed ones too, by name and then id. Read in pages, so that nobody waits while
 * thousands are read; keep it as long as the `revision` asked before stays the same.
 */
export async function allAccounts(db: Database): Promise<KnownAccount[]> {
  const accounts: KnownAccount[] = [];
  let after = '';
  for (;;) {
    const rows = await db.query<KnownAccountRow>(`${KNOWN} where id > $1 order by id limit ${PAGE}`, [after]);
    for (const row of rows) accounts.push(toKnownAccount(row));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return accounts.sort(byNameThenId);
    after = last.id;
    await breath();
  }
}

/** One account as it is remembered, or undefined. */
export async function knownAccount(db: Database, id: AccountId): Promise<KnownAccount | undefined> {
  const [row] = await db.query<KnownAccountRow>(`${KNOWN} where id = $1`, [id]);
  return row && toKnownAccount(row);
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
