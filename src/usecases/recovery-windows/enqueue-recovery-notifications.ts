import {
  type RecoveryNotification,
  type RecoveryUpdate,
  type RecoveryUpdateNotification,
  recoveryKey,
  recoveryUpdateKey,
  toShownRecovery,
} from '../../domain/recovery-notification.ts';
import type { RecoveryWindow } from '../../domain/recovery-window.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { enqueue, notificationsAbout, type Recipient, updateNotification } from '../../store/outbox.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Posts a request to those who decide. */
export async function enqueueRecoveryRequest(
  work: UnitOfWork,
  window: RecoveryWindow,
  recipients: readonly Recipient[],
): Promise<void> {
  const payload = await payloadOf(work, window);
  for (const to of recipients) {
    const key = recoveryKey(window.id, to.id);
    await enqueue(work.tx, { key, kind: payload.kind, to, about: [window.accountId], payload }, work.at);
  }
}

/** Shows what became of a window in the posts of its request. */
export async function updateRecoveryPosts(work: UnitOfWork, window: RecoveryWindow): Promise<void> {
  const payload = await payloadOf(work, window);
  for (const { key, kind } of await notificationsAbout(work.tx, window.accountId)) {
    if (kind === payload.kind && key.startsWith(recoveryKey(window.id, '')))
      await updateNotification(work.tx, key, payload);
  }
}

/** Enqueues the direct message to the requester. `left`: the credentials that root still has, in a sentence. */
export async function enqueueRecoveryUpdate(
  work: UnitOfWork,
  window: RecoveryWindow,
  { kind: update, left = null }: { readonly kind: RecoveryUpdate; readonly left?: string | null },
): Promise<void> {
  const { window: shown } = await payloadOf(work, window);
  const payload: RecoveryUpdateNotification = { kind: 'recovery-update', update, window: shown, left };
  const to = { kind: 'person', id: window.askedBy } as const;
  const key = recoveryUpdateKey(window.id, update, to.id);
  await enqueue(work.tx, { key, kind: payload.kind, to, about: [window.accountId], payload }, work.at);
}

async function payloadOf({ tx }: UnitOfWork, window: RecoveryWindow): Promise<RecoveryNotification> {
  const account = await findKnownAccount(tx, window.accountId);
  return { kind: 'recovery-window', window: toShownRecovery(window, account?.name ?? window.accountId) };
}
