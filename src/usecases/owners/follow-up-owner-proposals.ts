import type { AccountId } from '../../domain/account.ts';
import type { ReminderRecipient } from '../../domain/contact-time.ts';
import {
  type OwnerAnswerNotification,
  ownerAnswerKey,
  ownerProposalAgainKey,
} from '../../domain/notification.ts';
import type { OwnerAssignment } from '../../domain/owner-assignment.ts';
import { markProposalStep, nextProposalStep } from '../../domain/owner-proposal-follow-up.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { enqueue } from '../../store/outbox.ts';
import { lockOwnerAssignment, saveOwnerAssignment } from '../../store/owner-assignments.ts';
import { lastRemindedAtByPerson, saveLastRemindedAt } from '../../store/reminders.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { ownerProposalNotification } from './owner-proposal.ts';
import { toReachablePerson } from './resolve-owners.ts';

/** Asks people who were picked as owners again, and tells those who picked them where there is no answer. */
export async function followUpOwnerProposals(ctx: Context): Promise<number> {
  const { ownerAssignments } = await ctx.decisions.current();
  const pending = [...ownerAssignments.values()].filter(({ confirmedAt }) => confirmedAt === null);
  if (pending.length === 0) return 0;

  const lastRemindedAt = await lastRemindedAtByPerson(ctx.db);
  let steps = 0;
  for (const proposal of pending) {
    const recipient = await recipientOf(ctx, proposal, lastRemindedAt);
    if (recipient === 'unknown' || stepOf(ctx, proposal, recipient) === 'wait') continue;
    const { accountId } = proposal;
    const isDone = await ctx.db.transaction((tx) =>
      followUp({ tx, ctx, at: ctx.now() }, { accountId, recipient }),
    );
    if (isDone) steps += 1;
  }
  if (steps > 0) ctx.notificationsQueued();
  return steps;
}

function stepOf({ config, now }: Context, proposal: OwnerAssignment, recipient: ReminderRecipient | null) {
  const { reminders, schedule } = config;
  return nextProposalStep(proposal, recipient, { policy: reminders, zone: schedule.timezone }, now());
}

/** Returns how to reach the person; `null` if they cannot be reached, `unknown` while Slack does not say. */
async function recipientOf(
  { people, config, log }: Context,
  { owner }: OwnerAssignment,
  lastRemindedAt: ReadonlyMap<string, Date>,
): Promise<ReminderRecipient | null | 'unknown'> {
  try {
    const found = await people.byName(owner);
    const person = found && toReachablePerson(found, config);
    if (!person) return null;
    const { timeZone, awayUntil } = person;
    return { timeZone, awayUntil, lastContactedAt: lastRemindedAt.get(owner) ?? null };
  } catch (error) {
    log.warn({ user: owner, err: error }, 'Slack user lookup failed');
    return 'unknown';
  }
}

/** Decides once more with the proposal locked, and asks or reports. */
async function followUp(
  work: UnitOfWork,
  { accountId, recipient }: { readonly accountId: AccountId; readonly recipient: ReminderRecipient | null },
): Promise<boolean> {
  const { tx, ctx, at } = work;
  const proposal = await lockOwnerAssignment(tx, accountId);
  const step = proposal ? stepOf(ctx, proposal, recipient) : 'wait';
  if (!proposal || step === 'wait') return false;

  const name = (await findKnownAccount(tx, accountId))?.name ?? accountId;
  const after = markProposalStep(proposal, step, at);
  await saveOwnerAssignment(tx, after);
  if (step === 'ask-again') {
    const payload = { ...ownerProposalNotification(proposal, name), again: true } as const;
    const key = ownerProposalAgainKey(proposal, after.askedAgain);
    const to = { kind: 'person', id: proposal.owner } as const;
    await enqueue(tx, { key, kind: payload.kind, to, about: [accountId], payload }, at);
    await saveLastRemindedAt(tx, proposal.owner, at);
    return true;
  }
  const payload: OwnerAnswerNotification = {
    kind: 'owner-answer',
    account: { id: accountId, name },
    by: proposal.owner,
    accepted: false,
    unansweredSince: proposal.proposedAt.toISOString(),
    correction: null,
  };
  const to = { kind: 'person', id: proposal.proposedBy } as const;
  const key = `${ownerAnswerKey(proposal)}/none`;
  await enqueue(tx, { key, kind: payload.kind, to, about: [accountId], payload }, at);
  return true;
}
