import type { EndedExemption, GrantedExemption, RevokedExemption } from '../../domain/exemption.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { enqueueWebhookEvent } from './enqueue-webhook-event.ts';

/** Enqueues the webhook event of an exemption that was granted, or is over. */
export async function enqueueExemptionEvent(
  work: UnitOfWork,
  exemption: GrantedExemption | EndedExemption | RevokedExemption,
): Promise<void> {
  const { id: exemptionId, accountId, state, askedBy, decidedBy, endsAt } = exemption;
  const account = await findKnownAccount(work.tx, accountId);
  await enqueueWebhookEvent(work, `exemption/${exemptionId}`, {
    type: state === 'granted' ? 'exemption.granted' : 'exemption.ended',
    timestamp: work.at.toISOString(),
    data: {
      exemptionId,
      accountId,
      name: account?.name ?? accountId,
      state,
      requestedBy: askedBy,
      decidedBy,
      endsAt: endsAt.toISOString(),
    },
  });
}
