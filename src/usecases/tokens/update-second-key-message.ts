import { type SecondKeyNotification, secondKeyKey } from '../../domain/notification.ts';
import type { AccountNameLookup } from '../../domain/notification-content.ts';
import { hardwareCount } from '../../domain/root-devices.ts';
import { accountsWithOneKey, type TokenRequest } from '../../domain/token-request.ts';
import { findKnownAccounts } from '../../store/account-cache.ts';
import { enqueue, notificationByKey, updateNotification } from '../../store/outbox.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Asks the requester for the second of two keys once the first is seen, and shows in that message when it is done. */
export async function updateSecondKeyMessage(
  { tx, at }: UnitOfWork,
  request: TokenRequest,
  nameOf: AccountNameLookup,
): Promise<void> {
  const waiting = accountsWithOneKey(request);
  const key = secondKeyKey(request.id);
  const earlier = await notificationByKey<SecondKeyNotification>(tx, key);
  if (waiting.length === 0 || 'closedAt' in request) {
    if (earlier) await updateNotification(tx, key, { ...earlier.payload, closed: request.state });
    return;
  }
  const ids = waiting.map(({ id }) => id);
  const known = await findKnownAccounts(tx, ids);
  const payload: SecondKeyNotification = {
    kind: 'second-key',
    requestId: request.id,
    tokenKind: request.kind,
    accounts: ids.map((id) => ({ id, name: nameOf(id) })),
    counted: ids.every((id) => hardwareCount(known.get(id)?.rootDevices) !== undefined),
  };
  const to = { kind: 'person', id: request.requestedBy } as const;
  if (earlier) await updateNotification(tx, key, payload);
  else await enqueue(tx, { key, kind: payload.kind, to, about: ids, payload }, at);
}
