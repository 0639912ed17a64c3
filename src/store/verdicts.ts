import type { AccountId } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import { type AccountObservation, hasNoData } from '../domain/scan.ts';
import type {
  Confidence,
  Flag,
  LevelResult,
  Mfa,
  RootCredentialKind,
  RootCredentials,
  Verdict,
} from '../domain/verdict.ts';
import { inBatches } from './batches.ts';
import { json } from './json.ts';
import { closeGaps, type GapEnd, openGaps } from './observation-gaps.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

const MAX_SCAN_MS = 60 * 60_000;

/** A verdict that is no longer what it was; `before` is `null` for the first one. */
export interface VerdictChange {
  readonly accountId: AccountId;
  readonly before: Verdict | null;
  readonly after: Verdict;
  /** When the new one was read. */
  readonly at: Date;
}

/** The accounts whose verdicts changed. */
export function changedAccountIds(changes: readonly VerdictChange[]): AccountId[] {
  return changes.map(({ accountId }) => accountId);
}

/** One stretch of time in which an account's verdict was the same; `until` is `null` for the current one. */
export interface VerdictPeriod {
  readonly accountId: AccountId;
  readonly verdict: Verdict;
  readonly since: Date;
  readonly until: Date | null;
  /** The scan that saw it first; `null` for a check of one account. */
  readonly scanId: string | null;
}

/**
 * Saves observations, and returns the verdicts that changed. One without data leaves the last verdict and marks it as no
 * longer current; one that was overtaken (a slow scan, by a check) changes nothing.
 */
export async function saveObservations(
  db: Database,
  scanId: string | null,
  observations: readonly AccountObservation[],
): Promise<VerdictChange[]> {
  return db.transaction(async (tx) => {
    const changes: VerdictChange[] = [];
    for await (const batch of inBatches(latestPerAccount(observations))) {
      changes.push(...(await saveObservationBatch(tx, scanId, batch)));
    }
    if (observations.length > 0) await bumpRevision(tx);
    return changes;
  });
}

/** Marks verdicts as no longer current: the accounts could not be read since then, for that reason. */
export async function markUnread(
  db: Database,
  ids: readonly AccountId[],
  { since, errors }: { readonly since: Date; readonly errors: readonly CallError[] },
): Promise<void> {
  await db.query(
    `insert into verdicts (account_id, unread_since, unread_errors)
     select id, $2, $3::jsonb from unnest($1::text[]) as account (id)
     on conflict (account_id) do update
       set unread_since = coalesce(verdicts.unread_since, excluded.unread_since),
           unread_errors = excluded.unread_errors`,
    [ids, since, json(errors)],
  );
  await openGaps(
    db,
    ids.map((id) => ({ account_id: id, unread_since: since, unread_errors: errors })),
  );
  if (ids.length > 0) await bumpRevision(db);
}

/** Every verdict the account has had, the current one last. */
export async function listVerdictHistory(db: Database, accountId: AccountId): Promise<VerdictPeriod[]> {
  const rows = await db.query<VerdictPeriodRow>(
    `select account_id, scan_id, mfa, level1, level2, root_credentials, root_credentials_found, root_credentials_why,
            confidence, flags, why, hardware_assumed, since, until
       from verdict_history
      where account_id = $1
      order by since, id`,
    [accountId],
  );
  return rows.map(toVerdictPeriod);
}

/** The columns of a verdict, as they come from the database. */
export interface VerdictRow {
  mfa: Mfa;
  level1: LevelResult;
  level2: LevelResult;
  root_credentials: RootCredentials;
  root_credentials_found: RootCredentialKind[];
  root_credentials_why: string;
  confidence: Confidence;
  flags: Flag[];
  why: string;
  hardware_assumed: boolean;
}

/** The verdict in a row. */
export function toVerdict(row: VerdictRow): Verdict {
  return {
    mfa: row.mfa,
    level1: row.level1,
    level2: row.level2,
    rootCredentials: row.root_credentials,
    rootCredentialsFound: row.root_credentials_found,
    rootCredentialsWhy: row.root_credentials_why,
    confidence: row.confidence,
    flags: row.flags,
    why: row.why,
    hardwareAssumed: row.hardware_assumed,
  };
}

interface VerdictPeriodRow extends VerdictRow {
  account_id: AccountId;
  scan_id: string | null;
  since: Date;
  until: Date | null;
}

function toVerdictPeriod(row: VerdictPeriodRow): VerdictPeriod {
  return {
    accountId: row.account_id,
    verdict: toVerdict(row),
    since: row.since,
    until: row.until,
    scanId: row.scan_id,
  };
}

type CurrentVerdictRow = { account_id: AccountId; checked_at: Date | null; unread_since: Date | null } & (
  | (VerdictRow & { since: Date })
  | { mfa: null; since: null }
);

async function saveObservationBatch(
  tx: Database,
  scanId: string | null,
  observations: readonly AccountObservation[],
): Promise<VerdictChange[]> {
  const current = await lockCurrentVerdicts(tx, observations);
  const changes: VerdictChange[] = [];
  const observedRows = [];
  const unreadRows = [];
  const gapEnds: GapEnd[] = [];
  for (const observation of observations) {
    const { account, verdict, rootDevices, rootLastUse, checkedAt, errors } = observation;
    const row = current.get(account.id);
    if (row?.checked_at && wasOvertaken(checkedAt, row.checked_at)) continue;

    if (hasNoData(observation)) {
      unreadRows.push({
        account_id: account.id,
        unread_since: row?.unread_since ?? checkedAt,
        unread_errors: errors,
      });
      continue;
    }
    if (row?.unread_since) gapEnds.push({ account_id: account.id, until: checkedAt });
    const before = row && row.mfa !== null ? toVerdict(row) : null;
    const changed = before === null || !isSameVerdict(before, verdict);
    if (changed) changes.push({ accountId: account.id, before, after: verdict, at: checkedAt });
    const since = changed || !row?.since || row.since > checkedAt ? checkedAt : row.since;
    observedRows.push({
      account_id: account.id,
      ...toRow(verdict),
      root_devices: rootDevices ?? null,
      root_last_use: rootLastUse ?? null,
      since,
      checked_at: checkedAt,
    });
  }

  await saveObservedRows(tx, observedRows);
  await saveUnreadRows(tx, unreadRows);
  await openGaps(tx, unreadRows);
  await closeGaps(tx, gapEnds);
  await saveHistory(tx, scanId, changes);
  return changes;
}

/** The current verdicts of the accounts, locked against other writers; an unknown account gets its row first. */
async function lockCurrentVerdicts(
  tx: Database,
  observations: readonly AccountObservation[],
): Promise<Map<AccountId, CurrentVerdictRow>> {
  const accounts = observations.map(({ account, checkedAt }) => ({
    id: account.id,
    name: account.name,
    partition: account.partition,
    state: account.state,
    management_account: account.managementAccount,
    first_seen_at: checkedAt,
  }));
  await tx.query(
    `insert into accounts (id, name, partition, state, management_account, first_seen_at)
     select * from jsonb_to_recordset($1::jsonb)
       as seen (id text, name text, partition text, state text, management_account boolean, first_seen_at timestamptz)
     on conflict (id) do nothing`,
    [json(accounts)],
  );
  const ids = observations.map(({ account }) => account.id);
  await tx.query(
    'insert into verdicts (account_id) select unnest($1::text[]) on conflict (account_id) do nothing',
    [ids],
  );
  const rows = await tx.query<CurrentVerdictRow>(
    `select account_id, mfa, level1, level2, root_credentials, root_credentials_found, root_credentials_why,
            confidence, flags, why, hardware_assumed, since, checked_at, unread_since
       from verdicts
      where account_id = any ($1::text[])
      order by account_id
        for update`,
    [ids],
  );
  return new Map(rows.map((row) => [row.account_id, row]));
}

async function saveObservedRows(tx: Database, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update verdicts
        set mfa = observed.mfa, level1 = observed.level1, level2 = observed.level2,
            root_credentials = observed.root_credentials, root_credentials_found = observed.root_credentials_found,
            root_credentials_why = observed.root_credentials_why, confidence = observed.confidence,
            flags = observed.flags, why = observed.why, hardware_assumed = observed.hardware_assumed,
            -- A scan that could not list them says nothing about them while the MFA is the same.
            root_devices = case when observed.root_devices is null and verdicts.mfa = observed.mfa
                                then verdicts.root_devices else observed.root_devices end,
            root_last_use = coalesce(observed.root_last_use, verdicts.root_last_use),
            since = observed.since, checked_at = observed.checked_at, unread_since = null, unread_errors = null
       from jsonb_to_recordset($1::jsonb)
         as observed (account_id text, mfa text, level1 text, level2 text, root_credentials text,
                      root_credentials_found text[], root_credentials_why text, confidence text, flags text[],
                      why text, hardware_assumed boolean, root_devices jsonb, root_last_use jsonb, since timestamptz,
                      checked_at timestamptz)
      where verdicts.account_id = observed.account_id`,
    [json(rows)],
  );
}

async function saveUnreadRows(tx: Database, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update verdicts
        set unread_since = unread.unread_since, unread_errors = unread.unread_errors
       from jsonb_to_recordset($1::jsonb) as unread (account_id text, unread_since timestamptz, unread_errors jsonb)
      where verdicts.account_id = unread.account_id`,
    [json(rows)],
  );
}

async function saveHistory(
  tx: Database,
  scanId: string | null,
  changes: readonly VerdictChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = json(
    changes.map(({ accountId, after, at }) => ({ account_id: accountId, ...toRow(after), since: at })),
  );
  await tx.query(
    `update verdict_history as past
        set until = changed.since, since = least(past.since, changed.since)
       from jsonb_to_recordset($1::jsonb) as changed (account_id text, since timestamptz)
      where past.account_id = changed.account_id and past.until is null`,
    [rows],
  );
  await tx.query(
    `insert into verdict_history
       (account_id, scan_id, mfa, level1, level2, root_credentials, root_credentials_found, root_credentials_why,
        confidence, flags, why, hardware_assumed, since)
     select account_id, $2, mfa, level1, level2, root_credentials, root_credentials_found, root_credentials_why,
            confidence, flags, why, hardware_assumed, since
       from jsonb_to_recordset($1::jsonb)
         as changed (account_id text, mfa text, level1 text, level2 text, root_credentials text,
                     root_credentials_found text[], root_credentials_why text, confidence text, flags text[],
                     why text, hardware_assumed boolean, since timestamptz)`,
    [rows, scanId],
  );
}

function toRow(verdict: Verdict) {
  const { mfa, level1, level2, confidence, flags, why } = verdict;
  return {
    mfa,
    level1,
    level2,
    root_credentials: verdict.rootCredentials,
    root_credentials_found: verdict.rootCredentialsFound,
    root_credentials_why: verdict.rootCredentialsWhy,
    confidence,
    flags,
    why,
    hardware_assumed: verdict.hardwareAssumed,
  };
}

/**
 * Whether a slow scan brings what a later check knows better. A scan takes an hour at most: a date further ahead was
 * written while the clock was ahead, and must not hold back what is read from now on.
 */
function wasOvertaken(checkedAt: Date, knownCheckedAt: Date): boolean {
  const aheadMs = knownCheckedAt.getTime() - checkedAt.getTime();
  return aheadMs > 0 && aheadMs <= MAX_SCAN_MS;
}

/** Whether two verdicts find the same. The confidence and the sentences can vary from scan to scan. */
function isSameVerdict(a: Verdict, b: Verdict): boolean {
  return (
    a.mfa === b.mfa &&
    a.level1 === b.level1 &&
    a.level2 === b.level2 &&
    a.rootCredentials === b.rootCredentials &&
    isSameList(a.rootCredentialsFound, b.rootCredentialsFound) &&
    isSameList(a.flags, b.flags)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** The newest reading of each account, in one order, so that two writers never wait for each other in a circle. */
function latestPerAccount(observations: readonly AccountObservation[]): AccountObservation[] {
  const latest = new Map<AccountId, AccountObservation>();
  for (const observation of observations) {
    const other = latest.get(observation.account.id);
    if (!other || other.checkedAt <= observation.checkedAt) latest.set(observation.account.id, observation);
  }
  return [...latest.values()].sort((a, b) => (a.account.id < b.account.id ? -1 : 1));
}
