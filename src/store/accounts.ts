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
          `insert into accounts (id, name, partition, state, management_account, first_seen_at)
           select id, name, partition, state, management_account, $2
             from jsonb_to_recordset($1::jsonb)
               as seen (id text, name text, partition text, state text, management_account boolean)
           on conflict (id) do update
             set name = excluded.name, partition = excluded.partition, state = excluded.state,
                 management_account = excluded.management_account, closed_at = null
           where (accounts.name, accounts.partition, accounts.state, accounts.management_account, accounts.closed_at)
             is distinct from
                 (excluded.name, excluded.partition, excluded.state, excluded.management_account, null::timestamptz)
           returning id, xmax = 0 as added`,
          [json(batch.map(toRow)), at],
        )),
      );
    }
    if (written.length > 0) await bumpRevision(tx);
    return written.filter(({ added }) => added).map(({ id }) => id);
  });
}

/** The ids that are closed now: open until here, and no longer among those that the organization listed. */
export async function closeMissingAccounts(
  db: Database,
  seenIds: readonly AccountId[],
  at: Date,
): Promise<AccountId[]> {
  if (seenIds.length === 0) {
    throw new RangeError(
      'Cannot close accounts after a listing of none: an organization has its management account',
    );
  }
  return db.transaction(async (tx) => {
    const closed = await tx.query<{ id: AccountId }>(
      `update accounts set closed_at = $2
        where closed_at is null and not exists (select from unnest($1::text[]) as seen (id) where seen.id = accounts.id)
       returning id`,
      [seenIds, at],
    );
    if (closed.length > 0) await bumpRevision(tx);
    return closed.map(({ id }) => id);
  });
}

/** What was read of one account's directory entry. A key left out was not read, and what is remembered stays. */
export interface DirectoryUpdate {
  readonly id: AccountId;
  readonly entry: Partial<DirectoryEntry>;
}

/** Remembers what the directory told, and when. Org unit and tags stay when they were not read (`null`). */
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

/** The open accounts that own an organization: one at most, unless several companies are looked at. */
export async function managementAccountIds(db: Database): Promise<ReadonlySet<AccountId>> {
  const rows = await db.query<{ id: AccountId }>(
    'select id from accounts where management_account and closed_at is null',
  );
  return new Set(rows.map(({ id }) => id));
}

function toRow({ id, name, partition, state, managementAccount }: Account) {
  return { id, name, partition, state, management_account: managementAccount };
}

/** Once each, the last one wins; in one order, so that two writers never wait for each other in a circle. */
function uniqueInIdOrder<T extends { readonly id: AccountId }>(items: readonly T[]): T[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
