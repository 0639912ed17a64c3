import type { Config } from '../../config/config.ts';
import type { ReminderPolicy } from '../../domain/reminder.ts';
import { daysUntil, reminderPolicyUntil } from '../../domain/target.ts';
import type { AccountView } from '../shared/account-view.ts';

/** Returns how an account is reminded: as the company configured it, more often as its next target is due. */
export function reminderPolicyOf(
  { nextTarget }: Pick<AccountView, 'nextTarget'>,
  { reminders, schedule }: Pick<Config, 'reminders' | 'schedule'>,
  at: Date,
): ReminderPolicy {
  return nextTarget
    ? reminderPolicyUntil(reminders, daysUntil(nextTarget, schedule.timezone, at))
    : reminders;
}
