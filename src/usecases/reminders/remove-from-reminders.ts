import type { AccountId } from '../../domain/account.ts';
import type { CountedList } from '../../domain/counted-list.ts';
import type {
  EscalationNotification,
  FixedAccount,
  ReminderNotification,
} from '../../domain/notification.ts';
import { withFixedAccounts } from '../../domain/notification-content.ts';
import type { Database } from '../../store/database.ts';
import { type Notification, notificationsAbout, updateNotification } from '../../store/outbox.ts';

type ReminderPayload = ReminderNotification | EscalationNotification;

/** Removes an account from the latest reminder of each recipient; with thanks, if it was `fixed`. */
export async function removeFromReminders(
  tx: Database,
  id: AccountId,
  { fixed, reader: recipient }: { readonly fixed?: FixedAccount; readonly reader?: string },
): Promise<void> {
  const updatedRecipients = new Set<string>();
  for (const { key, to, payload } of (await notificationsAbout(tx, id)).filter(isReminderNotification)) {
    if (updatedRecipients.has(to.id) || (recipient !== undefined && to.id !== recipient)) continue;
    updatedRecipients.add(to.id);
    const after = withoutAccount(payload, id, fixed);
    if (after !== payload) await updateNotification(tx, key, after);
  }
}

function isReminderNotification(notification: Notification): notification is Notification<ReminderPayload> {
  return notification.kind === 'reminder' || notification.kind === 'escalation';
}

function withoutAccount(
  payload: ReminderPayload,
  id: AccountId,
  fixed: FixedAccount | undefined,
): ReminderPayload {
  if (payload.fixed.some((one) => one.id === id)) return payload;
  const thanks = fixed ? [...payload.fixed, fixed] : payload.fixed;
  if (payload.kind === 'reminder' && includesAccount(payload.escalated, id)) {
    return { ...payload, escalated: withoutItem(payload.escalated, id), fixed: thanks };
  }
  if (fixed) return withFixedAccounts<ReminderPayload>(payload, [fixed]);
  if (!includesAccount(payload.accounts, id)) return payload;
  return payload.kind === 'reminder'
    ? { ...payload, accounts: withoutItem(payload.accounts, id) }
    : { ...payload, accounts: withoutItem(payload.accounts, id) };
}

function includesAccount({ items }: CountedList<{ readonly id: AccountId }>, id: AccountId): boolean {
  return items.some((one) => one.id === id);
}

function withoutItem<T extends { readonly id: AccountId }>(
  { count, items }: CountedList<T>,
  id: AccountId,
): CountedList<T> {
  return { count: count - 1, items: items.filter((one) => one.id !== id) };
}
