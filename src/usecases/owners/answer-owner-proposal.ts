import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import { type OwnerAnswerNotification, ownerAnswerKey } from '../../domain/notification.ts';
import { ownerCorrection } from '../../domain/owner.ts';
import type { OwnerAssignment } from '../../domain/owner-assignment.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { withOwner } from '../../domain/reminder.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import {
  deleteOwnerAssignment,
  lockOwnerAssignment,
  saveOwnerAssignment,
} from '../../store/owner-assignments.ts';
import { lockReminder, saveReminder } from '../../store/reminders.ts';
import { removeFromReminders } from '../reminders/remove-from-reminders.ts';
import type { Context } from '../shared/context.ts';
import { ownerProposalNotification, updateOwnerProposal } from './owner-proposal.ts';

export type AnswerOwnerProposalOutcome =
  | { readonly kind: 'accepted' | 'declined'; readonly name: string }
  /** Another person was asked since, or it was answered. */
  | { readonly kind: 'not-open' };

/** Records whether the person who was asked to own an account does. The person who asked is notified. */
export async function answerOwnerProposal(
  ctx: Context,
  {
    accountId,
    by,
    accept,
  }: { readonly accountId: AccountId; readonly by: SlackUserId; readonly accept: boolean },
): Promise<AnswerOwnerProposalOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<AnswerOwnerProposalOutcome> => {
    const at = ctx.now();
    const proposal = await lockOwnerAssignment(tx, accountId);
    if (!proposal || proposal.confirmedAt !== null || proposal.owner !== by) return { kind: 'not-open' };
    const account = await findKnownAccount(tx, accountId);
    const name = account?.name ?? accountId;

    if (accept) {
      await saveOwnerAssignment(tx, { ...proposal, confirmedAt: at });
      await moveReminder(tx, proposal, at);
    } else {
      await deleteOwnerAssignment(tx, accountId);
    }
    const event: AuditEvent = accept
      ? { kind: 'owner-confirmed', accountId, detail: { replaces: proposal.replaces } }
      : { kind: 'owner-declined', accountId, detail: { proposedBy: proposal.proposedBy } };
    await recordAuditEvent(tx, at, by, event);

    const kind = accept ? 'accepted' : 'declined';
    const answered = ownerProposalNotification(proposal, name, { kind, at: at.toISOString() });
    await updateOwnerProposal(tx, proposal, answered);
    const payload: OwnerAnswerNotification = {
      kind: 'owner-answer',
      account: { id: accountId, name },
      by,
      accepted: accept,
      correction: accept ? ownerCorrection(proposal, account?.tags ?? null, ctx.config.owners) : null,
    };
    const to = { kind: 'person', id: proposal.proposedBy } as const;
    const key = ownerAnswerKey(proposal);
    await enqueue(tx, { key, kind: payload.kind, to, about: [accountId], payload }, at);
    return { kind, name };
  });
  if (outcome.kind !== 'not-open') ctx.notificationsQueued();
  return outcome;
}

/** Lets reminders of the account start over with the new owner. */
async function moveReminder(tx: Database, { accountId, owner }: OwnerAssignment, at: Date): Promise<void> {
  const reminder = await lockReminder(tx, accountId);
  if (!reminder) return;
  await saveReminder(tx, withOwner(reminder, owner, at));
  if (reminder.owner !== null && reminder.owner !== owner) {
    await removeFromReminders(tx, accountId, { reader: reminder.owner });
  }
}
