import { type AccountId, accountId } from '../../src/domain/account.ts';
import type { ReminderRecipient } from '../../src/domain/contact-time.ts';
import { slackUserId } from '../../src/domain/person.ts';
import {
  newReminder,
  type Reminder,
  type ReminderPolicy,
  type ReminderSituation,
} from '../../src/domain/reminder.ts';
import type { Database } from '../../src/store/database.ts';
import { listReminders } from '../../src/store/reminders.ts';

export const ANA = slackUserId('U03ANA');
export const BEN = slackUserId('U04BEN');
export const SAM = slackUserId('U01SAM');

/** A policy for tests of the rules; the configuration's defaults may be others. */
export const reminderPolicy: ReminderPolicy = {
  workingHours: '09:00-17:00',
  respectAway: true,
  graceDays: 2,
  everyDays: 7,
  escalateAfter: 3,
  snoozeDays: 7,
  maxSnoozes: 2,
};

/** A person in Berlin who is present, and was not asked anything. */
export function anAddressee(overrides: Partial<ReminderRecipient> = {}): ReminderRecipient {
  return { timeZone: 'Europe/Berlin', awayUntil: null, lastContactedAt: null, ...overrides };
}

/** Ana's reminder of an account that fell short on Monday, 2 November 2026, at ten. */
export function aReminder(overrides: Partial<Reminder> = {}): Reminder {
  const since = overrides.noncompliantSince ?? new Date('2026-11-02T10:00+01:00');
  return {
    ...newReminder(accountId('111122223333'), ANA, { since, regressed: false }),
    ...overrides,
  };
}

/** A non-compliant account of an owner who is present. */
export function aSituation(overrides: Partial<ReminderSituation> = {}): ReminderSituation {
  return {
    compliance: 'noncompliant',
    keyExpectedBy: null,
    owner: anAddressee(),
    channel: anAddressee(),
    contact: null,
    ...overrides,
  };
}

/** Returns the stored reminder of an account. */
export async function storedReminder(db: Database, account: AccountId): Promise<Reminder | undefined> {
  return (await listReminders(db)).find((reminder) => reminder.accountId === account);
}
