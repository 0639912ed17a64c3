import type { AlertNotification } from '../../domain/notification.ts';
import { recoveryAlertKey } from '../../domain/recovery-notification.ts';
import type { RecoveryWindow } from '../../domain/recovery-window.ts';
import { unknownText } from '../../domain/unknown-reason.ts';
import { enqueue, type Recipient } from '../../store/outbox.ts';
import { findKnownOwner } from '../owners/find-known-owner.ts';
import { alertChannels } from '../shared/alert-channels.ts';
import { readViewsInTransaction } from '../shared/read-views-in-transaction.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Returns which credentials root still has as a window closes, or why that is unknown; `null`: none. */
export async function credentialsLeft(
  work: UnitOfWork,
  { accountId }: Pick<RecoveryWindow, 'accountId'>,
): Promise<string | null> {
  const view = (await readViewsInTransaction(work, [accountId])).get(accountId);
  if (!view || view.rootCredentials === 'absent' || view.rootCredentials === 'not_applicable') return null;
  const { verdict } = view.account;
  return view.rootCredentials === 'present' && verdict
    ? verdict.rootCredentialsWhy
    : unknownText(view.account, view.policyCure);
}

/** Alerts the channels of the account and the owner that a window closed and root still has credentials. */
export async function alertRemainingCredentials(
  work: UnitOfWork,
  window: RecoveryWindow,
  left: string,
): Promise<void> {
  const { tx, ctx, at } = work;
  const view = (await readViewsInTransaction(work, [window.accountId])).get(window.accountId);
  if (!view) return;
  const { id, name, managementAccount, verdict } = view.account;
  const payload: AlertNotification = {
    kind: 'alert',
    alarm: 'recovery-window-ended',
    account: { id, name, managementAccount },
    owner: view.owner?.identifier ?? null,
    was: null,
    mfa: verdict?.mfa ?? 'unknown',
    why: left,
    since: at.toISOString(),
  };
  const owner = await findKnownOwner(tx, view);
  const recipients: readonly Recipient[] = [
    ...alertChannels(ctx.channels, view.account.orgUnit),
    // The requester gets a message of their own.
    ...(owner && owner !== window.askedBy ? [{ kind: 'person', id: owner } as const] : []),
  ];
  if (recipients.length === 0) ctx.log.warn({ account: id }, 'Alerts have no channel to go to');
  for (const to of recipients) {
    const copy: AlertNotification = to.kind === 'person' ? { ...payload, toOwner: true } : payload;
    const key = recoveryAlertKey(window.id, to.id);
    await enqueue(tx, { key, kind: copy.kind, to, about: [id], payload: copy }, at);
  }
}
