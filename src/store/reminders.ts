import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { Reminder } from '../domain/reminder.ts';
import { json } from './json.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Returns the account's reminder, locked until the transaction ends, so that no one else decides about it. */
export async function lockReminder(tx: Database, accountId: AccountId): Promise<Reminder | undefined> {
  const [row] = await tx.query<ReminderRow>(`${SELECT_REMINDERS} where account_id = $1 for update`, [
    accountId,
  ]);
  return row && toReminder(row);
}

/** Returns the accounts' reminders and locks them, ordered by ID to prevent deadlocks. */
export async function lockReminders(
  tx: Database,
  accountIds: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, Reminder>> {
  if (accountIds.length === 0) return new Map();
  const rows = await tx.query<ReminderRow>(
    `${SELECT_REMINDERS} where account_id = any($1::text[]) order by account_id for update`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, toReminder(row)]));
}

/** Returns every reminder by account ID. */
export async function listReminders(db: Database): Promise<Reminder[]> {
  const rows = await db.query<ReminderRow>(`${SELECT_REMINDERS} order by account_id`);
  return rows.map(toReminder);
}

/** The accounts' reminders, locked: these new ones, or those that another transaction created at the same moment. */
export async function createReminders(tx: Database, reminders: readonly Reminder[]): Promise<Reminder[]> {
  if (reminders.length === 0) return [];
  const rows = await tx.query(
    `${INSERT_REMINDERS} on conflict (account_id) do nothing returning account_id`,
    [toRowsJson(reminders)],
  );
  if (rows.length > 0) await bumpRevision(tx);
  const locked = await lockReminders(
    tx,
    reminders.map(({ accountId }) => accountId),
  );
  // Missing only if that other one was deleted in between.
  const missing = reminders.filter(({ accountId }) => !locked.has(accountId));
  return [...locked.values(), ...(await createReminders(tx, missing))];
}

/** Saves the account's reminder, new or changed. */
export function saveReminder(tx: Database, reminder: Reminder): Promise<void> {
  return saveReminders(tx, [reminder]);
}

/** Saves reminders, new or changed. */
export async function saveReminders(tx: Database, reminders: readonly Reminder[]): Promise<void> {
  if (reminders.length === 0) return;
  await tx.query(
    `${INSERT_REMINDERS}
     on conflict (account_id) do update
       set owner = excluded.owner, unmet_since = excluded.unmet_since, owed_since = excluded.owed_since,
           regressed = excluded.regressed, times_sent = excluded.times_sent, last_sent_at = excluded.last_sent_at,
           snoozes = excluded.snoozes, snoozed_until = excluded.snoozed_until, escalated_at = excluded.escalated_at,
           first_sent_at = excluded.first_sent_at, escalations = excluded.escalations,
           first_escalated_at = excluded.first_escalated_at,
           disowned_by = excluded.disowned_by, disowned_at = excluded.disowned_at,
           disowned_reason = excluded.disowned_reason, letter_key = excluded.letter_key`,
    [toRowsJson(reminders)],
  );
  await bumpRevision(tx);
}

/** Deletes the reminders of these accounts. */
export async function deleteReminders(tx: Database, accountIds: readonly AccountId[]): Promise<void> {
  if (accountIds.length === 0) return;
  const rows = await tx.query(
    'delete from reminders where account_id = any ($1::text[]) returning account_id',
    [accountIds],
  );
  if (rows.length > 0) await bumpRevision(tx);
}

/** Returns when each person was last contacted; people who never were are left out. */
export async function lastRemindedAtByPerson(db: Database): Promise<ReadonlyMap<SlackUserId, Date>> {
  const rows = await db.query<{ slack_id: SlackUserId; last_nudged_at: Date }>(
    'select slack_id, last_nudged_at from nudges',
  );
  return new Map(rows.map((row) => [row.slack_id, row.last_nudged_at]));
}

/** Saves when a person was last contacted. */
export async function saveLastRemindedAt(tx: Database, person: SlackUserId, at: Date): Promise<void> {
  await tx.query(
    `insert into nudges (slack_id, last_nudged_at) values ($1, $2)
     on conflict (slack_id) do update
       set last_nudged_at = greatest(nudges.last_nudged_at, excluded.last_nudged_at)`,
    [person, at],
  );
}

const SELECT_REMINDERS = `
  select account_id, owner, unmet_since, owed_since, regressed, times_sent, last_sent_at, snoozes, snoozed_until,
         escalated_at, first_sent_at, escalations, first_escalated_at, disowned_by, disowned_at, disowned_reason, letter_key
    from reminders`;

const INSERT_REMINDERS = `
  insert into reminders
    (account_id, owner, unmet_since, owed_since, regressed, times_sent, last_sent_at, snoozes, snoozed_until,
     escalated_at, first_sent_at, escalations, first_escalated_at, disowned_by, disowned_at, disowned_reason, letter_key)
  select account_id, owner, unmet_since, owed_since, regressed, times_sent, last_sent_at, snoozes, snoozed_until,
         escalated_at, first_sent_at, escalations, first_escalated_at, disowned_by, disowned_at, disowned_reason, letter_key
    from jsonb_to_recordset($1::jsonb)
      as owed (account_id text, owner text, unmet_since timestamptz, owed_since timestamptz, regressed boolean,
               times_sent integer, last_sent_at timestamptz, snoozes integer, snoozed_until timestamptz,
               escalated_at timestamptz, first_sent_at timestamptz, escalations integer, first_escalated_at timestamptz,
               disowned_by text, disowned_at timestamptz, disowned_reason text,
               letter_key text)
   order by account_id`;

function toRowsJson(reminders: readonly Reminder[]): string {
  const rows = reminders.map((reminder) => ({
    account_id: reminder.accountId,
    owner: reminder.owner,
    unmet_since: reminder.noncompliantSince,
    owed_since: reminder.graceStartsAt,
    regressed: reminder.regressed,
    times_sent: reminder.timesSent,
    last_sent_at: reminder.lastSentAt,
    snoozes: reminder.snoozes,
    snoozed_until: reminder.snoozedUntil,
    escalated_at: reminder.escalatedAt,
    first_sent_at: reminder.firstSentAt,
    escalations: reminder.escalations,
    first_escalated_at: reminder.firstEscalatedAt,
    disowned_by: reminder.disowned?.by,
    disowned_at: reminder.disowned?.at,
    disowned_reason: reminder.disowned?.reason,
    letter_key: reminder.notificationKey,
  }));
  return json(rows);
}

type ReminderRow = {
  account_id: AccountId;
  owner: SlackUserId | null;
  unmet_since: Date;
  owed_since: Date;
  regressed: boolean;
  times_sent: number;
  last_sent_at: Date | null;
  snoozes: number;
  snoozed_until: Date | null;
  escalated_at: Date | null;
  first_sent_at: Date | null;
  escalations: number;
  first_escalated_at: Date | null;
  letter_key: string | null;
} & ({ disowned_by: SlackUserId; disowned_at: Date; disowned_reason: string } | { disowned_by: null });

function toReminder(row: ReminderRow): Reminder {
  return {
    accountId: row.account_id,
    owner: row.owner,
    noncompliantSince: row.unmet_since,
    graceStartsAt: row.owed_since,
    regressed: row.regressed,
    timesSent: row.times_sent,
    lastSentAt: row.last_sent_at,
    snoozes: row.snoozes,
    snoozedUntil: row.snoozed_until,
    escalatedAt: row.escalated_at,
    firstSentAt: row.first_sent_at,
    escalations: row.escalations,
    firstEscalatedAt: row.first_escalated_at,
    disowned:
      row.disowned_by === null
        ? null
        : { by: row.disowned_by, at: row.disowned_at, reason: row.disowned_reason },
    notificationKey: row.letter_key,
  };
}
