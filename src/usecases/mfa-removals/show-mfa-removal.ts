import type { MfaRemoval } from '../../domain/mfa-removal.ts';
import {
  type AlertNotification,
  type MfaRemovalNotification,
  toShownMfaRemoval,
} from '../../domain/notification.ts';
import type { Database } from '../../store/database.ts';
import { type Notification, notificationsAbout, updateNotification } from '../../store/outbox.ts';

/** Updates every message about a removal with what was said of it since, and who looks into it. */
export async function showMfaRemoval(tx: Database, removal: MfaRemoval): Promise<void> {
  const messages = (await notificationsAbout(tx, removal.accountId)).filter(isAboutRemoval);
  for (const { key, payload } of messages) {
    if (payload.removal?.id !== removal.id) continue;
    await updateNotification(tx, key, { ...payload, removal: toShownMfaRemoval(removal) });
  }
}

function isAboutRemoval(
  notification: Notification,
): notification is Notification<AlertNotification | MfaRemovalNotification> {
  return notification.kind === 'alert' || notification.kind === 'mfa-removal';
}
