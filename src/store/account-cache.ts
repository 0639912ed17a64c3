import { type AccountId, type AccountState, byNameThenId } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import type { Guardrails } from '../domain/guardrails/guardrails.ts';
import type { RootDeviceCounts } from '../domain/root-devices.ts';
import type { RootLastUse } from '../domain/root-last-use.ts';
import type { KnownAccount } from '../domain/scan.ts';
import { yieldToEventLoop } from './batches.ts';
import { createRevisionCache } from './revision.ts';
import type { Database } from './transactions.ts';
import { toVerdict, type VerdictRow } from './verdicts.ts';

export { bumpRevision, readRevision } from './revision.ts';

/** Most rows read by one statement: the embedded engine blocks the event loop for ten milliseconds to read them. */
const PAGE_SIZE = 100;

/** A cache of all accounts, updated at each read. */
export interface AccountCache {
  /** Returns every account, closed ones too, by name and then ID. Includes everything committed before the call. */
  accounts(): Promise<readonly KnownAccount[]>;
}

/**
 * Creates a cache that reads only accounts changed since the last call, and nothing while the `revision` stays the
 * same, so that thousands of accounts stay fast, even during a scan.
 */
export function createAccountCache(db: Database): AccountCache {
  const readCached = createRevisionCache<{ readonly mark: string; readonly sorted: readonly KnownAccount[] }>(
    db,
    async (previous) => {
      const mark = await readOldestOpenTransaction(db);
      const sorted = previous
        ? mergeChanged(previous.sorted, await queryAccounts(db, previous.mark))
        : await listKnownAccounts(db);
      return { mark, sorted };
    },
  );
  return { accounts: async () => (await readCached()).sorted };
}

/** Every account ever seen, closed ones too, by name and then id; read in pages, so that others get a turn. */
export async function listKnownAccounts(db: Database): Promise<KnownAccount[]> {
  return (await queryAccounts(db, null)).sort(byNameThenId);
}

/** All accounts, or those written by transactions that had not ended at the mark. */
async function queryAccounts(db: Database, mark: string | null): Promise<KnownAccount[]> {
  const accounts: KnownAccount[] = [];
  let after = '';
  for (;;) {
    const rows = await db.query<KnownAccountRow>(
      `${SELECT_KNOWN_ACCOUNTS}
        where id > $1 and ($2::text is null or ${writtenSince('accounts')} or ${writtenSince('verdicts')})
        order by id
        limit ${PAGE_SIZE}`,
      [after, mark],
    );
    for (const row of rows) accounts.push(toKnownAccount(row));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_SIZE) return accounts;
    after = last.id;
    await yieldToEventLoop();
  }
}

/** The oldest transaction that may still write: whatever is committed later carries its number or a higher one. */
async function readOldestOpenTransaction(db: Database): Promise<string> {
  const [row] = await db.query<{ mark: string }>(
    'select pg_snapshot_xmin(pg_current_snapshot())::xid::text as mark',
  );
  return row?.mark ?? '0';
}

/** Every row carries the number of the transaction that wrote it; numbers go round in a circle, ages compare. */
const writtenSince = (table: string) => `age(${table}.xmin) <= age($2::text::xid)`;

/** The accounts with the changed ones in their places. */
function mergeChanged(
  sorted: readonly KnownAccount[],
  changed: readonly KnownAccount[],
): readonly KnownAccount[] {
  const fresh = new Map(changed.map((account) => [account.id, account]));
  const updated = sorted.map((account) => {
    const now = fresh.get(account.id);
    if (!now || now.name !== account.name) return account;
    fresh.delete(account.id);
    return now;
  });
  if (fresh.size === 0) return updated;
  // New or renamed: to be put where the name belongs.
  return [...updated.filter(({ id }) => !fresh.has(id)), ...fresh.values()].sort(byNameThenId);
}

/** One account as the database holds it, or undefined. */
export async function findKnownAccount(db: Database, id: AccountId): Promise<KnownAccount | undefined> {
  const [row] = await db.query<KnownAccountRow>(`${SELECT_KNOWN_ACCOUNTS} where id = $1`, [id]);
  return row && toKnownAccount(row);
}

/** Those of the accounts that the database holds, by id. */
export async function findKnownAccounts(
  db: Database,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, KnownAccount>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<KnownAccountRow>(`${SELECT_KNOWN_ACCOUNTS} where id = any ($1::text[])`, [ids]);
  return new Map(rows.map((row) => [row.id, toKnownAccount(row)]));
}

const SELECT_KNOWN_ACCOUNTS = `
  select id, name, partition, state, management_account, root_email, org_unit, tags, security_contact, directory_read_at,
         guardrails, guardrails_read_at,
         first_seen_at, closed_at,
         mfa, level1, level2, root_credentials, root_credentials_found, root_credentials_why,
         confidence, flags, why, hardware_assumed, root_devices, root_last_use, since, checked_at, unread_since, unread_errors
    from accounts
    left join verdicts on verdicts.account_id = accounts.id`;

type KnownAccountRow = {
  id: AccountId;
  name: string;
  partition: string;
  state: AccountState | null;
  management_account: boolean;
  root_email: string | null;
  org_unit: string | null;
  tags: Record<string, string> | null;
  security_contact: string | null;
  directory_read_at: Date | null;
  guardrails: Guardrails | null;
  guardrails_read_at: Date | null;
  first_seen_at: Date;
  closed_at: Date | null;
  root_devices: RootDeviceCounts | null;
  root_last_use: RootLastUse | null;
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
    ...(row.root_email !== null && { rootEmail: row.root_email }),
    orgUnit: row.org_unit,
    tags: row.tags,
    securityContact: row.security_contact,
    guardrails: row.guardrails,
    verdict: row.mfa === null ? null : toVerdict(row),
    ...(row.root_devices !== null && { rootDevices: row.root_devices }),
    ...(row.root_last_use !== null && { rootLastUse: row.root_last_use }),
    since: row.since,
    checkedAt: row.checked_at,
    readFailure: row.unread_since && { since: row.unread_since, errors: row.unread_errors ?? [] },
    firstSeenAt: row.first_seen_at,
    closedAt: row.closed_at,
    directoryReadAt: row.directory_read_at,
    guardrailsReadAt: row.guardrails_read_at,
  };
}
