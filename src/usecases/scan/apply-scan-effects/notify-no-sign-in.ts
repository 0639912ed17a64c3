import { deliveryModeFor } from '../../../domain/contact-time.ts';
import { type NoSignInNotification, noSignInKey } from '../../../domain/notification.ts';
import { enqueue, notificationsAbout } from '../../../store/outbox.ts';
import { changedAccountIds } from '../../../store/verdicts.ts';
import { findKnownOwner } from '../../owners/find-known-owner.ts';
import { readViewsInTransaction } from '../../shared/read-views-in-transaction.ts';
import type { ScanEffect } from './scan-effect.ts';

/** A removal request that is done, a recovery window that closed. */
const SAME_NEWS: ReadonlySet<string> = new Set(['removal-request', 'recovery-update']);

/** Tells owners, once for each account, that root cannot sign in anymore and that there is nothing to do. */
export const notifyNoSignIn: ScanEffect = async (work, changes) => {
  const { tx, ctx, at } = work;
  const removed = changes.filter(
    ({ before, after }) => before?.rootCredentials === 'present' && after.rootCredentials === 'absent',
  );
  const views = await readViewsInTransaction(work, changedAccountIds(removed));
  for (const [id, view] of views) {
    const owner = await findKnownOwner(tx, view);
    if (!owner || !view.owner) continue;
    const email = view.owner.identifier.includes('@') ? view.owner.identifier : null;
    if (deliveryModeFor({ id: owner, email }, ctx.config.reminders) !== 'send') continue;
    // Another effect of the same check may have said it.
    const isTold = (await notificationsAbout(tx, id)).some(
      ({ to, kind, createdAt }) => to.id === owner && SAME_NEWS.has(kind) && createdAt >= at,
    );
    if (isTold) continue;
    const payload: NoSignInNotification = { kind: 'no-sign-in', account: { id, name: view.account.name } };
    const to = { kind: 'person', id: owner } as const;
    await enqueue(tx, { key: noSignInKey(id, owner), kind: payload.kind, to, about: [id], payload }, at);
  }
};
