import {
  type OwnerProposalNotification,
  ownerProposalAgainKey,
  ownerProposalKey,
} from '../../domain/notification.ts';
import type { OwnerAssignment } from '../../domain/owner-assignment.ts';
import { MAX_ASKED_AGAIN } from '../../domain/owner-proposal-follow-up.ts';
import type { Database } from '../../store/database.ts';
import { updateNotification } from '../../store/outbox.ts';

/** Returns the question to the person who is to own an account, or what became of it. */
export function ownerProposalNotification(
  { accountId, proposedBy, note }: OwnerAssignment,
  name: string,
  answer?: OwnerProposalNotification['answer'],
): OwnerProposalNotification {
  return {
    kind: 'owner-proposal',
    account: { id: accountId, name },
    by: proposedBy,
    note,
    ...(answer && { answer }),
  };
}

/** Shows in every message of a proposal what became of it. */
export async function updateOwnerProposal(
  tx: Database,
  proposal: OwnerAssignment,
  payload: OwnerProposalNotification,
): Promise<void> {
  await updateNotification(tx, ownerProposalKey(proposal), payload);
  for (let n = 1; n <= Math.min(proposal.askedAgain, MAX_ASKED_AGAIN); n += 1) {
    await updateNotification(tx, ownerProposalAgainKey(proposal, n), { ...payload, again: true });
  }
}
