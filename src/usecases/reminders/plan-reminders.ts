import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { deliveryModeFor, type ReminderRecipient } from '../../domain/contact-time.ts';
import {
  type GroupedReminders,
  groupReminders,
  type PlannedFollowUp,
  type PlannedStep,
} from '../../domain/due-reminder.ts';
import type { SlackUserId } from '../../domain/person.ts';
import {
  escalationAudience,
  nextStep,
  type Reminder,
  type ReminderSituation,
} from '../../domain/reminder.ts';
import { isInForce } from '../../domain/temporary-grant.ts';
import { reminderPauseEnd } from '../../domain/token-follow-up.ts';
import type { Ranked } from '../../domain/worst-first.ts';
import type { ReachablePerson } from '../owners/resolve-owners.ts';
import type { AccountView } from '../shared/account-view.ts';
import { reminderPolicyOf } from './reminder-policy.ts';

/** A non-compliant account with its owner and its reminder. */
export interface ReminderCandidate extends Ranked {
  readonly view: AccountView;
  /** `null`: no owner who can be reached. */
  readonly owner: ReachablePerson | null;
  /** Who can get the owner to act: their manager, as a tag names them, or the backup; `null`: neither is known. */
  readonly contact: ReachablePerson | null;
  /** The reminder to save: new for an account without one, restarted where the owner changed. */
  readonly reminder: Reminder;
  /** The reminder as it is stored now. */
  readonly savedReminder: Reminder | null;
}

/** Everything that a reminder run is planned from. */
export interface ReminderInputs {
  /** When they were read: the time of the run. */
  readonly at: Date;
  readonly config: Config;
  /** Non-compliant accounts whose owner is known, or known to be missing. */
  readonly candidates: readonly ReminderCandidate[];
  /** Accounts with a reminder that is over: they are compliant, or closed. */
  readonly resolvedAccountIds: readonly AccountId[];
  readonly lastRemindedAt: ReadonlyMap<SlackUserId, Date>;
  /** When the channel got its last escalation. */
  readonly channelNotifiedAt: Date | null;
  /** How many accounts each person owns, compliant or not. */
  readonly ownedCounts: ReadonlyMap<SlackUserId, number>;
  /** How many of them are non-compliant. */
  readonly noncompliantCounts: ReadonlyMap<SlackUserId, number>;
}

/** The next step for one account, with its owner. */
export type PlannedReminderStep = PlannedStep<ReminderCandidate>;

/** Everything that one reminder run saves and sends. */
export interface ReminderPlan extends GroupedReminders<ReminderCandidate> {
  /** Reminders that are new, or whose owner changed. */
  readonly changed: readonly Reminder[];
  /** Reminders that are over. */
  readonly resolvedAccountIds: readonly AccountId[];
}

/** Returns what a reminder run at that time saves and sends. */
export function planReminders(
  inputs: ReminderInputs,
  followUps: readonly PlannedFollowUp[],
  at: Date,
): ReminderPlan {
  const changed = inputs.candidates.filter(
    ({ owner, reminder, savedReminder }) =>
      shouldSendTo(owner, inputs.config) && !isDeepStrictEqual(reminder, savedReminder),
  );
  return {
    ...groupReminders(deliverableSteps(inputs, at), followUps),
    changed: changed.map(({ reminder }) => reminder),
    resolvedAccountIds: inputs.resolvedAccountIds,
  };
}

/** Returns the step at that time for every account that has an owner, or for some of them. */
export function planSteps(
  inputs: ReminderInputs,
  at: Date,
  candidates = inputs.candidates,
): PlannedReminderStep[] {
  return candidates.flatMap((account): PlannedReminderStep[] => {
    const { owner, reminder, contact } = account;
    if (!owner) return [];
    const situation = situationOf(inputs, account, at);
    const escalatesTo = contact && escalationAudience(reminder, situation) === 'contact' ? contact.id : null;
    const step = nextStep(reminder, situation, reminderPolicyOf(account.view, inputs.config, at), at);
    return [{ account, owner: owner.id, escalatesTo, step }];
  });
}

/** Whether reminders are sent to this person, or only previewed by admins. The channel (`null`) gets them in mode `on` only. */
export function shouldSendTo(
  person: Pick<ReachablePerson, 'id' | 'email'> | null,
  { reminders }: Pick<Config, 'reminders'>,
): boolean {
  return person ? deliveryModeFor(person, reminders) === 'send' : reminders.mode === 'on';
}

/** The steps without those for people to whom nothing is sent yet. */
function deliverableSteps(inputs: ReminderInputs, at: Date): PlannedReminderStep[] {
  return planSteps(inputs, at).filter(({ account }) => shouldSendTo(account.owner, inputs.config));
}

function situationOf(
  inputs: ReminderInputs,
  { owner, contact, view }: ReminderCandidate,
  at: Date,
): ReminderSituation {
  const { config, lastRemindedAt } = inputs;
  const isPilot = config.reminders.mode === 'pilot';
  const channel: ReminderRecipient = {
    timeZone: config.schedule.timezone,
    awayUntil: null,
    lastContactedAt: inputs.channelNotifiedAt,
  };
  return {
    compliance: view.compliance,
    keyExpectedBy: view.tokenRequest && reminderPauseEnd(view.tokenRequest, config.schedule.timezone, at),
    recoveryEndsAt: openRecoveryEnd(view, at),
    fixBlocked: view.fixBlocked !== null,
    owner: owner && toRecipient(owner, lastRemindedAt),
    // In a pilot only the people in it get messages.
    channel: isPilot ? null : channel,
    contact:
      contact && (!isPilot || shouldSendTo(contact, config)) ? toRecipient(contact, lastRemindedAt) : null,
  };
}

/** Returns the end of a granted recovery window that is open at that time. */
function openRecoveryEnd({ recoveryWindow }: AccountView, at: Date): Date | null {
  const isOpen = recoveryWindow?.state === 'granted' && isInForce(recoveryWindow, at);
  return isOpen ? recoveryWindow.endsAt : null;
}

function toRecipient(
  { id, timeZone, awayUntil }: ReachablePerson,
  lastRemindedAt: ReminderInputs['lastRemindedAt'],
): ReminderRecipient {
  return { timeZone, awayUntil, lastContactedAt: lastRemindedAt.get(id) ?? null };
}
