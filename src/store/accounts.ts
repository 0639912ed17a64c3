import type { Account, AccountId, DirectoryEntry } from '../domain/account.ts';
import type { Guardrails } from '../domain/guardrails/guardrails.ts';
import { inBatches } from './batches.ts';
import { json } from './json.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** The ids that were not known before. A closed account that is seen again is open again. */
export async function saveAccounts(
  db: Database,
  accounts: readonly Account[],
  at: Date,
): Promise<AccountId[]> {
  return db.transaction(async (tx) => {
    const written: { id: AccountId; added: boolean }[] = [];
    for await (const batch of inBatches(uniqueInIdOrder(accounts))) {
      written.push(
        ...(await tx.query<{ id: AccountId; added: boolean }>(
          // Only what differs is written: most accounts are what they were, and a rewritten row is rubbish to collect.
          // A row just inserted has no xmax.
          `insert into accounts (id, name, partition, state, management_account, root_email, first_seen_at)
           select id, name, partition, state, management_account, root_email, $2
             from jsonb_to_recordset($1::jsonb)
               as seen (id text, name text, partition text, state text, management_account boolean,
                        root_email text)
           on conflict (id) do update
             set name = excluded.name, partition = excluded.partition, state = excluded.state,
                 management_account = excluded.management_account,
                 root_email = coalesce(excluded.root_email, accounts.root_email), closed_at = null,
                 unlisted_since = null
           where (accounts.name, accounts.partition, accounts.state, accounts.management_account, accounts.root_email,
                  accounts.closed_at, accounts.unlisted_since)
             is distinct from
                 (excluded.name, excluded.partition, excluded.state, excluded.management_account,
                  coalesce(excluded.root_email, accounts.root_email), null::timestamptz, null::timestamptz)
           returning id, xmax = 0 as added`,
          [json(batch.map(toRow)), at],
        )),
      );
    }
    if (written.length > 0) await bumpRevision(tx);
    return written.filter(({ added }) => added).map(({ id }) => id);
  });
}

/** An account by name. */
export interface NamedAccount {
  readonly id: AccountId;
  readonly name: string;
}

/** Returns the open accounts that are not among the listed ones, by name, and how many are open. */
export async function findMissingAccounts(
  db: Database,
  listedIds: readonly AccountId[],
): Promise<{ readonly missing: readonly NamedAccount[]; readonly open: number }> {
  const missing = await db.query<NamedAccount>(
    `select id, name from accounts
      where closed_at is null and not exists (select from unnest($1::text[]) as listed (id) where listed.id = accounts.id)
      order by name, id`,
    [listedIds],
  );
  const [row] = await db.query<{ open: number }>(
    'select count(*)::int as open from accounts where closed_at is null',
  );
  return { missing, open: row?.open ?? 0 };
}

/** Closes those of the accounts that are open, and returns their ids. */
export async function closeAccounts(db: Database, ids: readonly AccountId[], at: Date): Promise<AccountId[]> {
  if (ids.length === 0) return [];
  return db.transaction(async (tx) => {
    const closed = await tx.query<{ id: AccountId }>(
      `update accounts set closed_at = $2, unlisted_since = null
        where closed_at is null and id = any ($1::text[])
       returning id`,
      [ids, at],
    );
    if (closed.length > 0) await bumpRevision(tx);
    return closed.map(({ id }) => id);
  });
}

/** Marks accounts that the organization no longer lists: they close once an admin confirms. */
export async function markUnlisted(db: Database, ids: readonly AccountId[], at: Date): Promise<void> {
  await db.query(
    'update accounts set unlisted_since = $2 where unlisted_since is null and id = any ($1::text[])',
    [ids, at],
  );
}

/** Returns the open accounts that the organization no longer lists, by name. */
export function listUnlistedAccounts(db: Database): Promise<NamedAccount[]> {
  return db.query<NamedAccount>(
    'select id, name from accounts where unlisted_since is not null and closed_at is null order by name, id',
  );
}

/** Returns whether open accounts are known from an organization's list, and not only from the configuration. */
export async function knowsOrganization(db: Database): Promise<boolean> {
  const rows = await db.query('select 1 from accounts where closed_at is null and state is not null limit 1');
  return rows.length > 0;
}

/** What was read of one account's directory entry. A missing key was not read, and its stored value stays. */
export interface DirectoryUpdate {
  readonly id: AccountId;
  readonly entry: Partial<DirectoryEntry>;
}

/** Saves directory entries and when they were read. Org unit and tags stay when they were not read (`null`). */
export async function saveDirectoryEntries(
  db: Database,
  updates: readonly DirectoryUpdate[],
  at: Date,
): Promise<void> {
  await db.transaction(async (tx) => {
    for await (const batch of inBatches(uniqueInIdOrder(updates))) {
      await tx.query(
        `update accounts
            set org_unit = coalesce(read.org_unit, accounts.org_unit),
                tags = coalesce(read.tags, accounts.tags),
                security_contact =
                  case when read.contact_read then read.security_contact else accounts.security_contact end,
                guardrails = coalesce(read.guardrails, accounts.guardrails),
                guardrails_read_at = case when read.guardrails is null then accounts.guardrails_read_at else $2 end,
                directory_read_at = $2
           from jsonb_to_recordset($1::jsonb)
             as read (id text, org_unit text, tags jsonb, contact_read boolean, security_contact text,
                      guardrails jsonb)
          where accounts.id = read.id`,
        [
          json(
            batch.map(({ id, entry }) => ({
              id,
              org_unit: entry.orgUnit,
              tags: entry.tags ?? undefined,
              contact_read: entry.securityContact !== undefined,
              security_contact: entry.securityContact,
              guardrails: entry.guardrails ?? undefined,
            })),
          ),
          at,
        ],
      );
    }
    if (updates.length > 0) await bumpRevision(tx);
  });
}

/** Saves what policies mean for one account; nothing else of its directory entry was read. */
export async function saveGuardrails(
  db: Database,
  { id, guardrails }: { readonly id: AccountId; readonly guardrails: Guardrails },
  at: Date,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('update accounts set guardrails = $2::jsonb, guardrails_read_at = $3 where id = $1', [
      id,
      json(guardrails),
      at,
    ]);
    await bumpRevision(tx);
  });
}

/**
 * The open accounts whose directory entry was never read, or last read before then; the oldest reading first. A reading
 * in the future is of a clock that was ahead, and counts as old.
 */
export async function accountsWithStaleDirectory(
  db: Database,
  { olderThan, now }: { readonly olderThan: Date; readonly now: Date },
): Promise<AccountId[]> {
  const rows = await db.query<{ id: AccountId }>(
    `select id from accounts
      where closed_at is null and (directory_read_at is null or directory_read_at < $1 or directory_read_at > $2)
      order by directory_read_at nulls first, id`,
    [olderThan, now],
  );
  return rows.map(({ id }) => id);
}

/** The open accounts that own an organization: one at most, unless several organizations are read. */
export async function managementAccountIds(db: Database): Promise<ReadonlySet<AccountId>> {
  const rows = await db.query<{ id: AccountId }>(
    'select id from accounts where management_account and closed_at is null',
  );
  return new Set(rows.map(({ id }) => id));
}

function toRow({ id, name, partition, state, managementAccount, rootEmail }: Account) {
  return { id, name, partition, state, management_account: managementAccount, root_email: rootEmail };
}

/** Once each, the last one wins; in one order, so that two writers never wait for each other in a circle. */
function uniqueInIdOrder<T extends { readonly id: AccountId }>(items: readonly T[]): T[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Returns the org unit of each of the accounts whose org unit is known. */
export async function findOrgUnits(
  db: Database,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, string>> {
  const rows = await db.query<{ id: AccountId; org_unit: string }>(
    'select id, org_unit from accounts where id = any ($1) and org_unit is not null',
    [ids],
  );
  return new Map(rows.map(({ id, org_unit }) => [id, org_unit]));
}
