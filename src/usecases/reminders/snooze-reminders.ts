import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import { earliest, localDate } from '../../domain/calendar.ts';
import type { ReminderNotification } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { type Reminder, snooze } from '../../domain/reminder.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { openMfaRemovals } from '../../store/mfa-removals.ts';
import { notificationByKey, updateNotification } from '../../store/outbox.ts';
import { listReminders, lockReminder, saveReminder } from '../../store/reminders.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { reminderPolicyOf } from './reminder-policy.ts';

/** What became of the wish to be reminded later. */
export type SnoozeRemindersOutcome =
  | {
      readonly kind: 'snoozed';
      readonly accounts: number;
      /** When they come back. */
      readonly until: Date;
      /** How often it is still possible. */
      readonly snoozesLeft: number;
      /** Accounts that had no snoozes left, or whose MFA was removed. */
      readonly notSnoozed: number;
    }
  | { readonly kind: 'already-snoozed'; readonly until: Date }
  | { readonly kind: 'no-snoozes-left'; readonly maxSnoozes: number }
  /** MFA was removed: that cannot wait. */
  | { readonly kind: 'mfa-removed' }
  /** None of their accounts is non-compliant anymore, or no reminder was sent yet. */
  | { readonly kind: 'nothing-to-snooze' };

export interface SnoozeRemindersInput {
  readonly by: SlackUserId;
  /** The person's time zone: they are reminded again in their own morning. */
  readonly zone: string;
}

/** Snoozes everything that a person was reminded of. */
export async function snoozeReminders(
  ctx: Context,
  input: SnoozeRemindersInput,
): Promise<SnoozeRemindersOutcome> {
  const views = new Map((await readAccounts(ctx)).map((view) => [view.account.id, view]));
  const outcome = await ctx.db.transaction((tx) =>
    snoozeInTransaction({ tx, ctx, at: ctx.now() }, { ...input, views }),
  );
  if (outcome.kind === 'snoozed') ctx.notificationsQueued();
  return outcome;
}

async function snoozeInTransaction(
  { tx, ctx, at }: UnitOfWork,
  { by, zone, views }: SnoozeRemindersInput & { readonly views: ReadonlyMap<AccountId, AccountView> },
): Promise<SnoozeRemindersOutcome> {
  const snoozed: { readonly reminder: Reminder; readonly until: Date; readonly snoozesLeft: number }[] = [];
  let alreadySnoozedUntil: Date | undefined;
  let refused = 0;
  let removed = 0;
  const mfaRemovals = await openMfaRemovals(tx);
  for (const reminder of await lockSentReminders(tx, by)) {
    if (mfaRemovals.has(reminder.accountId)) {
      removed += 1;
      continue;
    }
    const policy = reminderPolicyOf(views.get(reminder.accountId) ?? {}, ctx.config, at);
    const outcome = snooze(reminder, by, policy, zone, at);
    if (outcome.kind === 'snoozed') snoozed.push(outcome);
    else if (outcome.kind === 'already-snoozed') alreadySnoozedUntil ??= outcome.until;
    else if (outcome.kind === 'no-snoozes-left') refused += 1;
  }
  const [first] = snoozed;
  if (!first) {
    if (alreadySnoozedUntil) return { kind: 'already-snoozed', until: alreadySnoozedUntil };
    if (refused > 0) return { kind: 'no-snoozes-left', maxSnoozes: ctx.config.reminders.maxSnoozes };
    return { kind: removed > 0 ? 'mfa-removed' : 'nothing-to-snooze' };
  }

  for (const { reminder, until, snoozesLeft } of snoozed) {
    await saveReminder(tx, reminder);
    const detail = { until: localDate(until, zone), snoozesLeft };
    const { accountId } = reminder;
    await recordAuditEvent(tx, at, by, { kind: 'reminder-snoozed', accountId, detail } satisfies AuditEvent);
  }
  const until = earliest(first.until, ...snoozed.map((one) => one.until));
  const snoozesLeft = Math.max(...snoozed.map((one) => one.snoozesLeft));
  await showSnoozedInNotifications(
    tx,
    snoozed.map(({ reminder }) => reminder),
    { until, snoozesLeft },
  );
  return {
    kind: 'snoozed',
    accounts: snoozed.length,
    until,
    snoozesLeft,
    notSnoozed: refused + removed,
  };
}

/** What they were reminded of, locked. */
async function lockSentReminders(tx: Database, by: SlackUserId): Promise<Reminder[]> {
  const sent: Reminder[] = [];
  for (const { accountId, owner } of await listReminders(tx)) {
    const reminder = owner === by ? await lockReminder(tx, accountId) : undefined;
    if (reminder && reminder.owner === by && reminder.timesSent > 0 && !reminder.disowned)
      sent.push(reminder);
  }
  return sent;
}

/** Shows the snooze in the reminders, in place of the button. */
async function showSnoozedInNotifications(
  tx: Database,
  reminders: readonly Reminder[],
  { until, snoozesLeft }: { readonly until: Date; readonly snoozesLeft: number },
): Promise<void> {
  for (const key of new Set(reminders.map(({ notificationKey }) => notificationKey))) {
    const notification = key === null ? undefined : await notificationByKey<ReminderNotification>(tx, key);
    if (!notification) continue;
    const payload = { ...notification.payload, snoozesLeft, snoozedUntil: until.toISOString() };
    await updateNotification(tx, notification.key, payload satisfies ReminderNotification);
  }
}
