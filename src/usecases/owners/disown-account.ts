import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import { type AdminAlertNotification, disownedAlertKey } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { disown } from '../../domain/reminder.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { enqueue, type Recipient } from '../../store/outbox.ts';
import { lockReminder, saveReminder } from '../../store/reminders.ts';
import { removeFromReminders } from '../reminders/remove-from-reminders.ts';
import { adminRecipients } from '../shared/admin-recipients.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { createOwnerSuggester } from './find-owner-gaps.ts';
import { resolveOwners } from './resolve-owners.ts';

/** What became of the word that an account is not theirs. */
export type DisownAccountOutcome =
  | { readonly kind: 'disowned'; readonly name: string; readonly notified: 'admins' | 'channel' | 'none' }
  | { readonly kind: 'already-disowned'; readonly name: string }
  | { readonly kind: 'no-reason' }
  /** They get no reminders about it, or no longer do. */
  | { readonly kind: 'not-yours' };

/** Disowns an account: stops its reminders and notifies admins of the reason. */
export async function disownAccount(
  ctx: Context,
  {
    accountId,
    by,
    reason,
  }: { readonly accountId: AccountId; readonly by: SlackUserId; readonly reason: string },
): Promise<DisownAccountOutcome> {
  const recipients = await adminRecipients(ctx);
  const suggestion = await suggestOwnerFor(ctx, accountId, by);

  const outcome = await ctx.db.transaction(async (tx): Promise<DisownAccountOutcome> => {
    const at = ctx.now();
    const reminder = await lockReminder(tx, accountId);
    if (!reminder) return { kind: 'not-yours' };
    const name = (await findKnownAccount(tx, accountId))?.name ?? accountId;
    const decided = disown(reminder, by, reason, at);
    if (decided.kind === 'already-disowned') return { kind: 'already-disowned', name };
    if (decided.kind !== 'disowned') return decided;

    await saveReminder(tx, decided.reminder);
    const savedReason = decided.reminder.disowned?.reason ?? '';
    const detail = { reason: savedReason };
    await recordAuditEvent(tx, at, by, { kind: 'account-disowned', accountId, detail } satisfies AuditEvent);
    const payload: AdminAlertNotification = {
      kind: 'finding',
      finding: 'account-disowned',
      account: { id: accountId, name },
      by,
      reason: savedReason,
      suggestion,
    };
    for (const to of recipients) {
      const key = `${disownedAlertKey(accountId, at)}/${to.id}`;
      await enqueue(tx, { key, kind: payload.kind, to, about: [accountId], payload }, at);
    }
    await removeFromReminders(tx, accountId, { reader: by });
    return { kind: 'disowned', name, notified: notifiedGroup(recipients) };
  });
  if (outcome.kind === 'disowned') ctx.notificationsQueued();
  return outcome;
}

function notifiedGroup([first]: readonly Recipient[]): 'admins' | 'channel' | 'none' {
  if (!first) return 'none';
  return first.kind === 'person' ? 'admins' : 'channel';
}

/** Returns the owner of most accounts in the same org unit, except the person who disowns it. */
async function suggestOwnerFor(ctx: Context, accountId: AccountId, excluding: SlackUserId) {
  const views = await readAccounts(ctx);
  const view = views.find(({ account }) => account.id === accountId);
  const suggested = view && createOwnerSuggester(views, await resolveOwners(ctx, views))(view, excluding);
  return suggested ? { who: suggested.person.id, accounts: suggested.accounts } : null;
}
