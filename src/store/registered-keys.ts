import type { AccountId } from '../domain/account.ts';
import type { RegisteredKey } from '../domain/key-register/registered-key.ts';
import type { SlackUserId } from '../domain/person.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Returns every key of the register, or those of these accounts, by account; main keys first. */
export async function registeredKeysByAccount(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, readonly RegisteredKey[]>> {
  const rows = await db.query<RegisteredKeyRow>(
    `${SELECT_KEYS}
      where $1::text[] is null or account_id = any ($1::text[])
      order by account_id, role, added_at, id`,
    [accountIds],
  );
  const keys = new Map<AccountId, RegisteredKey[]>();
  for (const row of rows) {
    const ofAccount = keys.get(row.account_id);
    if (ofAccount) ofAccount.push(toRegisteredKey(row));
    else keys.set(row.account_id, [toRegisteredKey(row)]);
  }
  return keys;
}

/** Locks the register until the transaction ends: writers decide about all keys of an account. */
export async function lockKeyRegister(tx: Database): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('key-register'))`);
}

/** Returns the keys of one account, main keys first. */
export async function listRegisteredKeys(
  db: Database,
  accountId: AccountId,
): Promise<readonly RegisteredKey[]> {
  return (await registeredKeysByAccount(db, [accountId])).get(accountId) ?? [];
}

/** Returns the keys that a person holds, in the order of their accounts. */
export async function listKeysOfHolder(db: Database, holder: SlackUserId): Promise<RegisteredKey[]> {
  const rows = await db.query<RegisteredKeyRow>(
    `${SELECT_KEYS} where holder = $1 order by account_id, role, added_at, id`,
    [holder],
  );
  return rows.map(toRegisteredKey);
}

/** Returns the key with this id. */
export async function findRegisteredKey(db: Database, id: string): Promise<RegisteredKey | undefined> {
  const [row] = await db.query<RegisteredKeyRow>(`${SELECT_KEYS} where id = $1`, [id]);
  return row && toRegisteredKey(row);
}

/** Saves a key: a new one, or what is said of a known one now. */
export async function saveRegisteredKey(tx: Database, key: RegisteredKey): Promise<void> {
  await tx.query(
    `insert into registered_keys (id, account_id, role, kind, holder, place, serial, battery_ends_on, source,
                                  request_id, added_at, confirmed_at, asked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (id) do update
       set role = excluded.role, kind = excluded.kind, holder = excluded.holder, place = excluded.place,
           serial = excluded.serial, battery_ends_on = excluded.battery_ends_on, source = excluded.source,
           request_id = excluded.request_id, confirmed_at = excluded.confirmed_at, asked_at = excluded.asked_at`,
    [
      key.id,
      key.accountId,
      key.role,
      key.kind,
      key.holder,
      key.place,
      key.serial,
      key.batteryEndsOn,
      key.source,
      key.requestId,
      key.addedAt,
      key.confirmedAt,
      key.askedAt,
    ],
  );
  await bumpRevision(tx);
}

/** Deletes a key. What was said of it stays in the audit log. */
export async function deleteRegisteredKey(tx: Database, id: string): Promise<void> {
  await tx.query('delete from registered_keys where id = $1', [id]);
  await bumpRevision(tx);
}

/** Confirms the keys of an account whose root signed in at that time, and returns how many that changed. */
export async function confirmKeysOfAccount(tx: Database, accountId: AccountId, at: Date): Promise<number> {
  const rows = await tx.query(
    `update registered_keys set confirmed_at = $2
      where account_id = $1 and added_at <= $2 and (confirmed_at is null or confirmed_at < $2)
     returning id`,
    [accountId, at],
  );
  if (rows.length > 0) await bumpRevision(tx);
  return rows.length;
}

/** Returns the holders, each once. */
export async function listKeyHolders(db: Database): Promise<SlackUserId[]> {
  const rows = await db.query<{ holder: SlackUserId }>(
    'select distinct holder from registered_keys where holder is not null order by holder',
  );
  return rows.map(({ holder }) => holder);
}

/** Returns those of the people who have left the company, as last read from Slack. */
export async function deactivatedPeople(
  db: Database,
  ids: readonly SlackUserId[],
): Promise<ReadonlySet<SlackUserId>> {
  if (ids.length === 0) return new Set();
  const rows = await db.query<{ slack_id: SlackUserId }>(
    `select slack_id from people where slack_id = any ($1::text[]) and kind = 'deactivated'`,
    [ids],
  );
  return new Set(rows.map(({ slack_id }) => slack_id));
}

const SELECT_KEYS = `
  select id, account_id, role, kind, holder, place, serial, battery_ends_on, source, request_id, added_at, confirmed_at,
         asked_at
    from registered_keys`;

interface RegisteredKeyRow {
  id: string;
  account_id: AccountId;
  role: RegisteredKey['role'];
  kind: RegisteredKey['kind'];
  holder: SlackUserId | null;
  place: string | null;
  serial: string | null;
  battery_ends_on: string | null;
  source: RegisteredKey['source'];
  request_id: string | null;
  added_at: Date;
  confirmed_at: Date | null;
  asked_at: Date | null;
}

function toRegisteredKey(row: RegisteredKeyRow): RegisteredKey {
  return {
    id: row.id,
    accountId: row.account_id,
    role: row.role,
    kind: row.kind,
    holder: row.holder,
    place: row.place,
    serial: row.serial,
    batteryEndsOn: row.battery_ends_on,
    source: row.source,
    requestId: row.request_id,
    addedAt: row.added_at,
    confirmedAt: row.confirmed_at,
    askedAt: row.asked_at,
  };
}
