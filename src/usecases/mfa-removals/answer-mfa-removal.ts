import { endOfDate } from '../../domain/calendar.ts';
import {
  answerMfaRemoval,
  type MfaRemoval,
  type MfaRemovalAnswer,
  type MfaRemovalAnswerOutcome,
} from '../../domain/mfa-removal.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import { newReminder } from '../../domain/reminder.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { findMfaRemoval, lockMfaRemoval, saveMfaRemoval } from '../../store/mfa-removals.ts';
import type { Recipient } from '../../store/outbox.ts';
import { createReminders, lockReminder, saveReminder } from '../../store/reminders.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { AccountView } from '../shared/account-view.ts';
import { adminRecipients } from '../shared/admin-recipients.ts';
import { alertChannels } from '../shared/alert-channels.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { alertMfaRemoval } from './alert-mfa-removal.ts';
import { showMfaRemoval } from './show-mfa-removal.ts';

export type AnswerMfaRemovalOutcome = MfaRemovalAnswerOutcome | { readonly kind: 'no-such-removal' };

export interface AnswerMfaRemovalInput {
  readonly removalId: string;
  readonly answer: MfaRemovalAnswer;
  readonly by: Actor;
}

/** Records whether the owner removed MFA: "yes" pauses reminders until the day named, "no" alerts channel and admins. */
export async function answerRemoval(
  ctx: Context,
  { removalId, answer, by }: AnswerMfaRemovalInput,
): Promise<AnswerMfaRemovalOutcome> {
  const found = await findAnswerable(ctx, removalId, by);
  if (!found) return { kind: 'no-such-removal' };
  const { view, ownerId, isOwner } = found;
  const alerted = answer.kind === 'not-mine' ? await alertRecipients(ctx, view) : [];
  const zone = ctx.config.schedule.timezone;

  const outcome = await ctx.db.transaction(async (tx): Promise<AnswerMfaRemovalOutcome> => {
    const at = ctx.now();
    // Reminders are locked before everything else, as in a scan.
    await lockReminder(tx, view.account.id);
    const current = await lockMfaRemoval(tx, removalId);
    if (!current) return { kind: 'no-such-removal' };
    const answered = answerMfaRemoval(current, answer, { by, isOwner, now: at, zone });
    if (answered.kind !== 'explained' && answered.kind !== 'denied') return answered;
    const { removal } = answered;
    await saveMfaRemoval(tx, removal);
    await recordAnswer(tx, removal, { by, at });
    await showMfaRemoval(tx, removal);
    await setReminderPause({ tx, ctx, at }, removal, ownerId);
    if (removal.state === 'denied')
      await alertMfaRemoval(tx, removal, { view, what: 'denied', to: alerted, at });
    return answered;
  });
  ctx.notificationsQueued();
  return outcome;
}

export type MfaRemovalFormOutcome =
  | { readonly kind: 'can-answer'; readonly accountName: string }
  | { readonly kind: 'no-such-removal' | 'not-yours' | 'over' };

/** Whether a person can explain a removal, before they are shown the form. */
export async function readMfaRemovalForm(
  ctx: Context,
  removalId: string,
  by: Actor,
): Promise<MfaRemovalFormOutcome> {
  const found = await findAnswerable(ctx, removalId, by);
  if (!found) return { kind: 'no-such-removal' };
  const { removal, view, isOwner } = found;
  if (removal.endedAt) return { kind: 'over' };
  const canAnswer = by.admin || isOwner || removal.asked.includes(by.id) || removal.assigned?.to === by.id;
  return canAnswer ? { kind: 'can-answer', accountName: view.account.name } : { kind: 'not-yours' };
}

interface Answerable {
  readonly removal: MfaRemoval;
  readonly view: AccountView;
  /** `null`: no owner who can be reached. */
  readonly ownerId: SlackUserId | null;
  readonly isOwner: boolean;
}

async function findAnswerable(ctx: Context, removalId: string, by: Actor): Promise<Answerable | undefined> {
  const removal = await findMfaRemoval(ctx.db, removalId);
  const view = removal && (await readAccount(ctx, removal.accountId));
  if (!removal || !view) return undefined;
  const ownerId = await ownerIdOf(ctx, view, removal);
  return { removal, view, ownerId, isOwner: ownerId === by.id };
}

/** An answer must not wait for Slack to say who the owner is: the person asked was the owner. */
async function ownerIdOf(
  ctx: Context,
  view: AccountView,
  { asked }: MfaRemoval,
): Promise<SlackUserId | null> {
  try {
    return await resolveOwnerId(ctx, view);
  } catch (error) {
    ctx.log.warn({ err: error }, 'Slack did not say who the owner is');
    return asked[0] ?? null;
  }
}

/** The channels of the account and every admin; the alert must not wait for Slack to say who the admins are. */
async function alertRecipients(ctx: Context, { account }: AccountView): Promise<readonly Recipient[]> {
  const channels = alertChannels(ctx.channels, account.orgUnit);
  try {
    const admins = await adminRecipients(ctx);
    return [...channels, ...admins.filter(({ kind }) => kind === 'person')];
  } catch (error) {
    ctx.log.warn({ err: error }, 'Slack did not say who the admins are');
    return channels;
  }
}

function recordAnswer(
  tx: Database,
  { id, accountId, reason, untilDay }: MfaRemoval,
  { by, at }: { readonly by: Actor; readonly at: Date },
): Promise<void> {
  return recordAuditEvent(
    tx,
    at,
    by.id,
    untilDay === null
      ? { kind: 'mfa-removal-denied', accountId, detail: { removalId: id } }
      : { kind: 'mfa-removal-explained', accountId, detail: { removalId: id, reason, untilDay } },
  );
}

/** Reminders wait until the day on which the owner wants to be done; a "no" ends the wait. */
async function setReminderPause(
  { tx, ctx, at }: UnitOfWork,
  { accountId, seenAt, untilDay }: MfaRemoval,
  ownerId: SlackUserId | null,
): Promise<void> {
  const saved = await lockReminder(tx, accountId);
  if (!saved && untilDay === null) return;
  const [reminder] = saved
    ? [saved]
    : await createReminders(tx, [newReminder(accountId, ownerId, { since: seenAt, regressed: true })]);
  if (!reminder) return;
  const until = untilDay === null ? null : (endOfDate(untilDay, ctx.config.schedule.timezone) ?? at);
  await saveReminder(tx, { ...reminder, snoozedUntil: until });
}
