import type { OwnerProposalNotification } from '../../domain/notification.ts';
import type { OwnerAssignment } from '../../domain/owner-assignment.ts';

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
