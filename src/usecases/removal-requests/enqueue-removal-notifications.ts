import { type RemovalRequestNotification, removalRequestKey } from '../../domain/notification.ts';
import type { RemovalRequest } from '../../domain/removal-request.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { enqueue, updateNotification } from '../../store/outbox.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Posts a new request in the admins' channel. */
export async function enqueueRemovalRequest(
  work: UnitOfWork,
  request: RemovalRequest,
  channel: string,
): Promise<void> {
  const payload = await payloadOf(work, request);
  const to = { kind: 'channel', id: channel } as const;
  const key = removalRequestKey(request.id);
  await enqueue(work.tx, { key, kind: payload.kind, to, about: [request.accountId], payload }, work.at);
}

/** Shows the state of a request in its post, and tells the requester, unless they are the admin who acted. */
export async function enqueueRemovalUpdate(work: UnitOfWork, request: RemovalRequest): Promise<void> {
  const { tx, at } = work;
  const payload = await payloadOf(work, request);
  const key = removalRequestKey(request.id);
  await updateNotification(tx, key, payload);
  if (request.requestedBy === request.assignedTo) return;
  const copy: RemovalRequestNotification = { ...payload, toRequester: true };
  const to = { kind: 'person', id: request.requestedBy } as const;
  const about = [request.accountId];
  await enqueue(tx, { key: `${key}/${copy.state}`, kind: copy.kind, to, about, payload: copy }, at);
}

async function payloadOf(
  { tx }: UnitOfWork,
  { id, accountId, requestedBy, assignedTo, doneAt }: RemovalRequest,
): Promise<RemovalRequestNotification> {
  const account = await findKnownAccount(tx, accountId);
  return {
    kind: 'removal-request',
    requestId: id,
    account: { id: accountId, name: account?.name ?? accountId },
    requestedBy,
    state: doneAt ? 'done' : assignedTo ? 'assigned' : 'requested',
    assignedTo,
    doneAt: doneAt?.toISOString() ?? null,
  };
}
