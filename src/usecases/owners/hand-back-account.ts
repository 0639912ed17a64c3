import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { AdminAlertNotification } from '../../domain/notification.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import { markHandedBack } from '../../domain/reminder.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { type Notification, notificationsAbout, updateNotification } from '../../store/outbox.ts';
import { lockReminder, saveReminder } from '../../store/reminders.ts';
import type { Context } from '../shared/context.ts';

/** What became of the word that an account is its owner's after all. */
export type HandBackOutcome =
  | { readonly kind: 'handed-back'; readonly name: string; readonly to: SlackUserId }
  /** It was never disowned, has another owner since, or was handed back already. */
  | { readonly kind: 'not-disowned' }
  | { readonly kind: 'not-an-admin' };

/** Gives an account back to the owner who said that it is not theirs: they are reminded of it again. */
export async function handBackAccount(
  ctx: Context,
  { accountId, by }: { readonly accountId: AccountId; readonly by: Actor },
): Promise<HandBackOutcome> {
  if (!by.admin) return { kind: 'not-an-admin' };

  const outcome = await ctx.db.transaction(async (tx): Promise<HandBackOutcome> => {
    const at = ctx.now();
    const reminder = await lockReminder(tx, accountId);
    if (!reminder?.disowned) return { kind: 'not-disowned' };

    const to = reminder.disowned.by;
    await saveReminder(tx, markHandedBack(reminder, at));
    await recordAuditEvent(tx, at, by.id, {
      kind: 'account-handed-back',
      accountId,
      detail: { to },
    } satisfies AuditEvent);
    await markAlertsHandedBack(tx, accountId, { by: by.id, at: at.toISOString() });
    return { kind: 'handed-back', name: (await findKnownAccount(tx, accountId))?.name ?? accountId, to };
  });
  if (outcome.kind === 'handed-back') ctx.notificationsQueued();
  return outcome;
}

/** The admins' message says who returned it, in place of the button. */
async function markAlertsHandedBack(
  tx: Database,
  accountId: AccountId,
  handedBack: { readonly by: SlackUserId; readonly at: string },
): Promise<void> {
  for (const { key, payload } of (await notificationsAbout(tx, accountId)).filter(isOpenDisownedAlert)) {
    await updateNotification(tx, key, { ...payload, handedBack });
  }
}

type DisownedAlert = Extract<AdminAlertNotification, { finding: 'account-disowned' }>;

function isOpenDisownedAlert(notification: Notification): notification is Notification<DisownedAlert> {
  if (notification.kind !== 'finding') return false;
  const payload = notification.payload as AdminAlertNotification;
  return payload.finding === 'account-disowned' && payload.handedBack === undefined;
}
