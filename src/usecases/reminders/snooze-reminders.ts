import type { AuditEvent } from '../../domain/audit.ts';
import { localDate } from '../../domain/calendar.ts';
import type { ReminderLetter } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { type Reminder, snooze } from '../../domain/reminder.ts';
import { record } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { letterByKey, rewrite } from '../../store/outbox.ts';
import { allReminders, lockReminder, saveReminder } from '../../store/reminders.ts';
import type { Context } from '../shared/context.ts';

/** What became of the wish to be reminded later. */
export type SnoozeRemindersOutcome =
  | {
      readonly kind: 'snoozed';
      readonly accounts: number;
      /** When they come back. */
      readonly until: Date;
      /** How often it is still possible. */
      readonly snoozesLeft: number;
      /** So many had been put off as often as may be. */
      readonly notSnoozed: number;
    }
  | { readonly kind: 'already-snoozed'; readonly until: Date }
  | { readonly kind: 'no-snoozes-left'; readonly maxSnoozes: number }
  /** Nothing of theirs falls short any more, or they were not told yet. */
  | { readonly kind: 'nothing-to-snooze' };

/** Leaves somebody alone for a while about everything that they were reminded of. */
export async function snoozeReminders(
  ctx: Context,
  { by, zone }: { readonly by: SlackUserId; readonly zone: string },
): Promise<SnoozeRemindersOutcome> {
  const outcome = await ctx.db.transaction((tx) => snoozeAll(tx, ctx, by, zone));
  if (outcome.kind === 'snoozed') ctx.lettersWritten();
  return outcome;
}

async function snoozeAll(
  tx: Database,
  { config, now }: Context,
  by: SlackUserId,
  zone: string,
): Promise<SnoozeRemindersOutcome> {
  const at = now();
  const policy = config.reminders;
  const snoozed: { readonly reminder: Reminder; readonly until: Date; readonly snoozesLeft: number }[] = [];
  let already: Date | undefined;
  let refused = 0;
  for (const reminder of await toldOf(tx, by)) {
    const outcome = snooze(reminder, by, policy, zone, at);
    if (outcome.kind === 'snoozed') snoozed.push(outcome);
    else if (outcome.kind === 'already-snoozed') already ??= outcome.until;
    else if (outcome.kind === 'no-snoozes-left') refused += 1;
  }
  const [first] = snoozed;
  if (!first) {
    if (already) return { kind: 'already-snoozed', until: already };
    return refused > 0
      ? { kind: 'no-snoozes-left', maxSnoozes: policy.maxSnoozes }
      : { kind: 'nothing-to-snooze' };
  }

  for (const { reminder, until, snoozesLeft } of snoozed) {
    await saveReminder(tx, reminder);
    const detail = { until: localDate(until, zone), snoozesLeft };
    const { accountId } = reminder;
    await record(tx, at, by, { kind: 'reminder-snoozed', accountId, detail } satisfies AuditEvent);
  }
  const snoozesLeft = Math.max(...snoozed.map((one) => one.snoozesLeft));
  await showInLetters(
    tx,
    snoozed.map(({ reminder }) => reminder),
    { until: first.until, snoozesLeft },
    at,
  );
  return { kind: 'snoozed', accounts: snoozed.length, until: first.until, snoozesLeft, notSnoozed: refused };
}

/** What they were reminded of, locked. */
async function toldOf(tx: Database, by: SlackUserId): Promise<Reminder[]> {
  const told: Reminder[] = [];
  for (const { accountId, owner } of await allReminders(tx)) {
    const reminder = owner === by ? await lockReminder(tx, accountId) : undefined;
    if (reminder && reminder.owner === by && reminder.timesSent > 0 && !reminder.disowned)
      told.push(reminder);
  }
  return told;
}

/** The letters they were reminded in say so, in place of the button. */
async function showInLetters(
  tx: Database,
  reminders: readonly Reminder[],
  { until, snoozesLeft }: { readonly until: Date; readonly snoozesLeft: number },
  at: Date,
): Promise<void> {
  for (const key of new Set(reminders.map(({ letterKey }) => letterKey))) {
    const letter = key === null ? undefined : await letterByKey<ReminderLetter>(tx, key);
    if (!letter) continue;
    const payload = { ...letter.payload, snoozesLeft, snoozedUntil: until.toISOString() };
    await rewrite(tx, letter.key, payload satisfies ReminderLetter, at);
  }
}
