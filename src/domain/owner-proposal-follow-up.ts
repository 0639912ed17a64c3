import { businessDaysAfter } from './calendar.ts';
import { type ContactPolicy, nextContactTime, pastOrNull, type ReminderRecipient } from './contact-time.ts';
import type { OwnerAssignment } from './owner-assignment.ts';

/** What to do now about a person who was picked as an owner and has not answered. */
export type OwnerProposalStep = 'wait' | 'ask-again' | 'report-no-answer';

/** Business days before the person is asked again, and again; after the last ones, the one who picked them hears of it. */
const FOLLOW_UP_DAYS = [2, 4, 4] as const;

/** How often a person is asked again. */
export const MAX_ASKED_AGAIN = FOLLOW_UP_DAYS.length - 1;

/** Returns the next step for a proposal that is not answered; `recipient` is `null` where they cannot be reached. */
export function nextProposalStep(
  { proposedAt, confirmedAt, askedAgain, askedAgainAt }: OwnerAssignment,
  recipient: ReminderRecipient | null,
  { policy, zone }: { readonly policy: ContactPolicy; readonly zone: string },
  now: Date,
): OwnerProposalStep {
  const days = FOLLOW_UP_DAYS[askedAgain];
  if (confirmedAt !== null || days === undefined) return 'wait';
  const due = businessDaysAfter(pastOrNull(askedAgainAt ?? proposedAt, now) ?? new Date(0), days, zone);
  if (askedAgain === MAX_ASKED_AGAIN || !recipient) return due <= now ? 'report-no-answer' : 'wait';
  return nextContactTime(due, recipient, policy, now).at <= now ? 'ask-again' : 'wait';
}

/** Returns the proposal after a step that was taken. */
export function markProposalStep(
  proposal: OwnerAssignment,
  step: Exclude<OwnerProposalStep, 'wait'>,
  now: Date,
): OwnerAssignment {
  const askedAgain = step === 'ask-again' ? proposal.askedAgain + 1 : FOLLOW_UP_DAYS.length;
  return { ...proposal, askedAgain, askedAgainAt: now };
}
