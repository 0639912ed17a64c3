import {
  type RemovalRequestNotification,
  removalFollowUpKey,
  removalRequestAdminKey,
  removalRequestKey,
} from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { type RemovalRequest, removalState } from '../../domain/removal-request.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { enqueue, notificationsAbout, type Recipient, updateNotification } from '../../store/outbox.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Posts a new request in the admins' channel, or to the admins where there is none. */
export async function enqueueRemovalRequest(
  work: UnitOfWork,
  request: RemovalRequest,
  recipients: readonly Recipient[],
): Promise<void> {
  const payload = await payloadOf(work, request);
  for (const to of recipients) {
    const key =
      to.kind === 'channel' ? removalRequestKey(request.id) : removalRequestAdminKey(request.id, to.id);
    await enqueue(work.tx, { key, kind: payload.kind, to, about: [request.accountId], payload }, work.at);
  }
}

/** Shows the state of a request in its posts, and tells the requester, unless they are the one who acted. */
export async function enqueueRemovalUpdate(work: UnitOfWork, request: RemovalRequest): Promise<void> {
  const { tx, at } = work;
  const payload = await payloadOf(work, request);
  const key = removalRequestKey(request.id);
  for (const post of await notificationsAbout(tx, request.accountId)) {
    if (post.key === key || post.key.startsWith(removalRequestAdminKey(request.id, '')))
      await updateNotification(tx, post.key, payload);
  }
  if (request.requestedBy === request.assignedTo || payload.state === 'withdrawn') return;
  const copy: RemovalRequestNotification = { ...payload, toRequester: true };
  const to = { kind: 'person', id: request.requestedBy } as const;
  const about = [request.accountId];
  await enqueue(tx, { key: `${key}/${copy.state}`, kind: copy.kind, to, about, payload: copy }, at);
}

/** Reminds people of a request that waits. */
export async function enqueueRemovalFollowUp(
  work: UnitOfWork,
  request: RemovalRequest,
  to: readonly SlackUserId[],
): Promise<void> {
  const { tx, at } = work;
  const since = request.assignedAt ?? request.requestedAt;
  const payload = { ...(await payloadOf(work, request)), waitingSince: since.toISOString() };
  for (const id of to) {
    const key = removalFollowUpKey(request.id, request.followUps, id);
    const recipient = { kind: 'person', id } as const;
    await enqueue(tx, { key, kind: payload.kind, to: recipient, about: [request.accountId], payload }, at);
  }
}

async function payloadOf({ tx }: UnitOfWork, request: RemovalRequest): Promise<RemovalRequestNotification> {
  const { id, accountId, requestedBy, assignedTo, doneAt } = request;
  const account = await findKnownAccount(tx, accountId);
  return {
    kind: 'removal-request',
    requestId: id,
    account: { id: accountId, name: account?.name ?? accountId },
    requestedBy,
    state: removalState(request),
    assignedTo,
    doneAt: doneAt?.toISOString() ?? null,
  };
}
