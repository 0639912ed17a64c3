import { businessDaysAfter, daysAfter, endOfDate, latest } from './calendar.ts';
import { type ContactPolicy, nextContactTime, pastOrNull, type ReminderRecipient } from './contact-time.ts';
import { accountsWithOneKey, type OpenTokenRequest } from './token-request.ts';

/** When stalled requests are followed up. */
export interface FollowUpPolicy extends ContactPolicy {
  /** Business days until an undecided request is taken further. */
  readonly decideWithinDays: number;
}

/** The next follow-up on an open request. */
export type FollowUpStep =
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'ask-approvers'; readonly to: 'decide' | 'ship' | 'find-owner' }
  /** Not decided in time: every admin is notified, once. */
  | { readonly kind: 'escalate' }
  | { readonly kind: 'ask-owner'; readonly to: 'confirm-receipt' | 'enrol' | 'second-key' };

/** Who gets a follow-up. */
export interface FollowUpRecipients {
  /** The channel in which requests are approved. */
  readonly approvers: ReminderRecipient;
  /** The person the keys are for; `null`: no longer reachable. */
  readonly owner: ReminderRecipient | null;
}

/**
 * What to do now so that an open request goes on: its approvers are asked while it is theirs to decide or to send, its
 * owner once the key is on its way; each time after twice as many business days as before, at most two weeks.
 */
export function nextFollowUp(
  request: OpenTokenRequest,
  { approvers, owner }: FollowUpRecipients,
  policy: FollowUpPolicy,
  now: Date,
): FollowUpStep {
  const { since, firstAskAfterDays, step } = pendingStepOf(request);
  // Without a person to send the key to, approvers must find one first: a key may be lost already.
  const recipient = step.kind === 'ask-owner' ? (owner ?? approvers) : approvers;
  const askStep: FollowUpStep = owner ? step : { kind: 'ask-approvers', to: 'find-owner' };

  const intervalDays = Math.min(firstAskAfterDays * 2 ** request.followUpCount, MAX_INTERVAL_DAYS);
  const followedUpAt = pastOrNull(request.followedUpAt, now);
  const afterDelivery = endOfDelivery(request, recipient.timeZone);
  const regular = businessDaysAfter(followedUpAt ?? since, intervalDays, recipient.timeZone);
  // A parcel whose day is known is asked about on the day after, neither before nor later.
  const due = afterDelivery && (!followedUpAt || followedUpAt < afterDelivery) ? afterDelivery : regular;
  const askAt = nextContactTime(due, recipient, policy, now).at;

  if (request.state === 'requested' && request.escalatedAt === null) {
    const overdue = businessDaysAfter(request.requestedAt, policy.decideWithinDays, recipient.timeZone);
    const escalateAt = nextContactTime(overdue, recipient, policy, now).at;
    if (escalateAt <= now) return { kind: 'escalate' };
    if (escalateAt < askAt) return { kind: 'wait', until: escalateAt };
  }
  return askAt <= now ? askStep : { kind: 'wait', until: askAt };
}

/** How long one step of a request may take before the account's owner is reminded again. */
export const REMINDER_PAUSE_DAYS = 14;

/** Returns when the day has passed on which a parcel should arrive; undefined if its sender named none. */
function endOfDelivery(request: OpenTokenRequest, zone: string): Date | undefined {
  return request.state === 'shipped' && request.expectedOn !== null
    ? endOfDate(request.expectedOn, zone)
    : undefined;
}

/**
 * Returns until when an open request pauses reminders about its accounts; `null`: it does not. A request that nobody
 * has approved promises no key, and one that is stuck must not silence the bot for good.
 */
export function reminderPauseEnd(request: OpenTokenRequest, zone: string, now: Date): Date | null {
  const since = request.state === 'requested' ? null : pastOrNull(pendingStepOf(request).since, now);
  if (!since) return null;
  const end = daysAfter(since, REMINDER_PAUSE_DAYS, zone);
  const afterDelivery = endOfDelivery(request, zone);
  // The question whether it has arrived comes before the next reminder.
  return afterDelivery ? latest(end, daysAfter(afterDelivery, 1, zone)) : end;
}

const MAX_INTERVAL_DAYS = 10;

/** What an open request waits for while everyone can be reached. */
type PendingStep =
  | { readonly kind: 'ask-approvers'; readonly to: 'decide' | 'ship' }
  | Extract<FollowUpStep, { kind: 'ask-owner' }>;

/** Whose turn it is with an open request, since when, and after how many business days they are asked. */
export function pendingStepOf(request: OpenTokenRequest): {
  since: Date;
  firstAskAfterDays: number;
  step: PendingStep;
} {
  switch (request.state) {
    case 'requested':
      return {
        since: request.requestedAt,
        firstAskAfterDays: 1,
        step: { kind: 'ask-approvers', to: 'decide' },
      };
    case 'approved':
      return { since: request.decidedAt, firstAskAfterDays: 2, step: { kind: 'ask-approvers', to: 'ship' } };
    case 'shipped':
      return {
        since: request.shippedAt,
        firstAskAfterDays: 4,
        step: { kind: 'ask-owner', to: 'confirm-receipt' },
      };
    case 'received':
      return {
        since: request.receivedAt,
        firstAskAfterDays: 3,
        step: { kind: 'ask-owner', to: isHalfDone(request) ? 'second-key' : 'enrol' },
      };
  }
}

/** Whether every account that still needs the request has its first key. */
function isHalfDone(request: OpenTokenRequest): boolean {
  const open = request.accounts.filter(({ settled }) => settled === null);
  return accountsWithOneKey(request).length === open.length;
}
