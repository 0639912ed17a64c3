import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { Reminder } from '../domain/reminder.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** What the bot owes somebody about the account, or undefined. */
export async function reminderOf(db: Database, accountId: AccountId): Promise<Reminder | undefined> {
  const [row] = await db.query<ReminderRow>(`${REMINDERS} where account_id = $1`, [accountId]);
  return row && toReminder(row);
}

/** The same, locked until the transaction ends: nobody else decides about it meanwhile. */
export async function lockReminder(tx: Database, accountId: AccountId): Promise<Reminder | undefined> {
  const [row] = await tx.query<ReminderRow>(`${REMINDERS} where account_id = $1 for update`, [accountId]);
  return row && toReminder(row);
}

/** Everything the bot owes, by account id. */
export async function allReminders(db: Database): Promise<Reminder[]> {
  const rows = await db.query<ReminderRow>(`${REMINDERS} order by account_id`);
  return rows.map(toReminder);
}

/** The account's reminder, locked: this new one, or the one that somebody else began at the same moment. */
export async function beginReminder(tx: Database, reminder: Reminder): Promise<Reminder> {
  const rows = await tx.query(
    `${INSERT} on conflict (account_id) do nothing returning account_id`,
    toParams(reminder),
  );
  if (rows.length > 0) await bumpRevision(tx);
  // Undefined only if that other one was forgotten in between.
  return (await lockReminder(tx, reminder.accountId)) ?? beginReminder(tx, reminder);
}

/** Remembers the reminder as it is now, whether or not the account had one. */
export async function saveReminder(tx: Database, reminder: Reminder): Promise<void> {
  await tx.query(
    `${INSERT}
     on conflict (account_id) do update
       set owner = excluded.owner, unmet_since = excluded.unmet_since, owed_since = excluded.owed_since,
           regressed = excluded.regressed, times_sent = excluded.times_sent, last_sent_at = excluded.last_sent_at,
           snoozes = excluded.snoozes, snoozed_until = excluded.snoozed_until, escalated_at = excluded.escalated_at,
           disowned_by = excluded.disowned_by, disowned_at = excluded.disowned_at,
           disowned_reason = excluded.disowned_reason, letter_key = excluded.letter_key`,
    toParams(reminder),
  );
  await bumpRevision(tx);
}

/** Nothing is owed about the account any more. */
export async function forgetReminder(tx: Database, accountId: AccountId): Promise<void> {
  const rows = await tx.query('delete from reminders where account_id = $1 returning account_id', [
    accountId,
  ]);
  if (rows.length > 0) await bumpRevision(tx);
}

/** When each person was last asked for something; who never was is not among them. */
export async function lastNudges(db: Database): Promise<ReadonlyMap<SlackUserId, Date>> {
  const rows = await db.query<{ slack_id: SlackUserId; last_nudged_at: Date }>(
    'select slack_id, last_nudged_at from nudges',
  );
  return new Map(rows.map((row) => [row.slack_id, row.last_nudged_at]));
}

/** Remembers that somebody was asked for something then. */
export async function rememberNudge(tx: Database, person: SlackUserId, at: Date): Promise<void> {
  await tx.query(
    `insert into nudges (slack_id, last_nudged_at) values ($1, $2)
     on conflict (slack_id) do update
       set last_nudged_at = greatest(nudges.last_nudged_at, excluded.last_nudged_at)`,
    [person, at],
  );
}

const REMINDERS = `
  select account_id, owner, unmet_since, owed_since, regressed, times_sent, last_sent_at, snoozes, snoozed_until,
         escalated_at, disowned_by, disowned_at, disowned_reason, letter_key
    from reminders`;

const INSERT = `
  insert into reminders
    (account_id, owner, unmet_since, owed_since, regressed, times_sent, last_sent_at, snoozes, snoozed_until,
     escalated_at, disowned_by, disowned_at, disowned_reason, letter_key)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

function toParams(reminder: Reminder): unknown[] {
  return [
    reminder.accountId,
    reminder.owner,
    reminder.unmetSince,
    reminder.owedSince,
    reminder.regressed,
    reminder.timesSent,
    reminder.lastSentAt,
    reminder.snoozes,
    reminder.snoozedUntil,
    reminder.escalatedAt,
    reminder.disowned?.by,
    reminder.disowned?.at,
    reminder.disowned?.reason,
    reminder.letterKey,
  ];
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
  letter_key: string | null;
} & ({ disowned_by: SlackUserId; disowned_at: Date; disowned_reason: string } | { disowned_by: null });

function toReminder(row: ReminderRow): Reminder {
  return {
    accountId: row.account_id,
    owner: row.owner,
    unmetSince: row.unmet_since,
    owedSince: row.owed_since,
    regressed: row.regressed,
    timesSent: row.times_sent,
    lastSentAt: row.last_sent_at,
    snoozes: row.snoozes,
    snoozedUntil: row.snoozed_until,
    escalatedAt: row.escalated_at,
    disowned:
      row.disowned_by === null
        ? null
        : { by: row.disowned_by, at: row.disowned_at, reason: row.disowned_reason },
    letterKey: row.letter_key,
  };
}
