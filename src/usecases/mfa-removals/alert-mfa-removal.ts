import type { MfaRemoval } from '../../domain/mfa-removal.ts';
import { type AlertNotification, mfaRemovalKey, toShownMfaRemoval } from '../../domain/notification.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, type Recipient } from '../../store/outbox.ts';
import type { AccountView } from '../shared/account-view.ts';

/** Enqueues an alert about a removal that was denied, or that is in a person's hands now. */
export async function alertMfaRemoval(
  tx: Database,
  removal: MfaRemoval,
  {
    view,
    what,
    to,
    at,
  }: {
    readonly view: AccountView;
    readonly what: 'denied' | 'assigned';
    readonly to: readonly Recipient[];
    readonly at: Date;
  },
): Promise<void> {
  const { account, owner } = view;
  const { id, name, managementAccount, verdict } = account;
  const payload: AlertNotification = {
    kind: 'alert',
    alarm: what === 'denied' ? 'removal-denied' : 'regression',
    account: { id, name, managementAccount },
    owner: owner?.identifier ?? null,
    was: removal.was,
    mfa: verdict?.mfa ?? 'unknown',
    why: verdict?.why ?? '',
    since: removal.seenAt.toISOString(),
    removal: toShownMfaRemoval(removal),
  };
  for (const recipient of to) {
    const key = mfaRemovalKey(removal.id, what, recipient.id);
    await enqueue(tx, { key, kind: payload.kind, to: recipient, about: [id], payload }, at);
  }
}
