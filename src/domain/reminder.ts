import type { AccountId } from './account.ts';
import {
  businessDaysAfter,
  daysAfter,
  daysBetween,
  latest,
  nextWorkingMoment,
  workingHours,
} from './calendar.ts';
import type { Compliance } from './compliance.ts';
import {
  type ContactPolicy,
  type DelayReason,
  nextContactTime,
  pastOrNull,
  type ReminderRecipient,
} from './contact-time.ts';
import type { SlackUserId } from './person.ts';

/** The reminders about one non-compliant account. They start and end with non-compliance. */
export interface Reminder {
  readonly accountId: AccountId;
  /** `null`: no reachable owner. */
  readonly owner: SlackUserId | null;
  /** Since when the account is non-compliant. */
  readonly noncompliantSince: Date;
  /** From when on grace is counted: the shortfall, or the day this owner got the account. */
  readonly graceStartsAt: Date;
  /** Root had MFA and lost it: no grace. */
  readonly regressed: boolean;
  readonly timesSent: number;
  /** When this owner got the first one. */
  readonly firstSentAt: Date | null;
  readonly lastSentAt: Date | null;
  readonly snoozes: number;
  readonly snoozedUntil: Date | null;
  /** How often others were asked to help. */
  readonly escalations: number;
  readonly firstEscalatedAt: Date | null;
  /** The last time. */
  readonly escalatedAt: Date | null;
  /** The owner said that the account is not theirs. */
  readonly disowned: { readonly by: SlackUserId; readonly at: Date; readonly reason: string } | null;
  /** The owner's last reminder, to be edited into thanks. */
  readonly notificationKey: string | null;
}

/** How often the company reminds. */
export interface ReminderPolicy extends ContactPolicy {
  /** Business days before the first reminder. */
  readonly graceDays: number;
  readonly everyDays: number;
  /** Reminders before the first escalation. */
  readonly escalateAfter: number;
  readonly snoozeDays: number;
  readonly maxSnoozes: number;
}

/** What else bears on a reminder today. */
export interface ReminderSituation {
  /** Of the last look: an account that could not be read is `unknown`, whatever it was before. */
  readonly compliance: Compliance;
  /** A hardware key is on its way: until then the request is followed up instead. `null`: no key is. */
  readonly keyExpectedBy: Date | null;
  /** Root can have credentials until then, by a granted recovery window. `null` or left out: none is open. */
  readonly recoveryEndsAt?: Date | null;
  /** A policy surely keeps the owner from fixing it: then an admin has to act, not the owner. */
  readonly fixBlocked?: boolean;
  /** `null`: they cannot be reached. */
  readonly owner: ReminderRecipient | null;
  /** The security channel; `null`: it gets no escalations. */
  readonly channel: ReminderRecipient | null;
  /** The owner's manager or the backup; `null`: there is neither. */
  readonly contact: ReminderRecipient | null;
}

/** Why nothing is done until something else happens. */
export type ReminderPause = 'settled' | 'unknown' | 'exempt' | 'disowned' | 'no-owner' | 'fix-blocked';

/** What sets the date of the next step. */
type DueReason = 'grace' | 'cadence' | 'snoozed' | TimedPause;

/** Why nothing is said about an account until a day that is known. */
export type TimedPause = 'token-request' | 'recovery-window';

/** Whether the step waits for the end of a pause. */
export function isTimedPause(
  step: ReminderStep,
): step is Extract<ReminderStep, { until: Date }> & { readonly reason: TimedPause } {
  return step.kind === 'wait' && (step.reason === 'token-request' || step.reason === 'recovery-window');
}

export type ReminderStep =
  | { readonly kind: 'wait'; readonly until: null; readonly reason: ReminderPause }
  | {
      readonly kind: 'wait';
      /** When it is time, if nothing else happens. */
      readonly until: Date;
      readonly reason: DueReason | DelayReason;
      readonly next: 'remind' | 'escalate';
    }
  | { readonly kind: 'remind' }
  | { readonly kind: 'escalate' };

/** Once an account was escalated to everyone who can help, messages about it come this many times less often. */
export const ESCALATED_INTERVAL_FACTOR = 4;

/** Returns who hears of the next escalation: the channel first, then a person, from then on the channel again. */
export function escalationAudience(
  { escalations }: Pick<Reminder, 'escalations'>,
  { channel, contact }: { readonly channel: unknown; readonly contact: unknown },
): 'channel' | 'contact' | null {
  if (contact === null) return channel === null ? null : 'channel';
  return channel === null || escalations === 1 ? 'contact' : 'channel';
}

/** Returns what to do now about an account. */
export function nextStep(
  reminder: Reminder,
  situation: ReminderSituation,
  policy: ReminderPolicy,
  now: Date,
): ReminderStep {
  const pause = pauseOf(reminder, situation);
  if (pause) return { kind: 'wait', until: null, reason: pause };

  const current = withoutFutureDates(reminder, now);
  const [first, ...others] = possibleSteps(current, situation, policy, now);
  const step = others.reduce((soonest, other) => (other.at < soonest.at ? other : soonest), first);
  if (step.at <= now) return { kind: step.next };
  return { kind: 'wait', until: step.at, reason: step.reason, next: step.next };
}

interface PossibleStep {
  readonly next: 'remind' | 'escalate';
  readonly at: Date;
  readonly reason: DueReason | DelayReason;
}

/** Until it is escalated, only the owner hears of it; from then on the owner, too. */
function possibleSteps(
  reminder: Reminder,
  situation: ReminderSituation,
  policy: ReminderPolicy,
  now: Date,
): [PossibleStep, ...PossibleStep[]] {
  const owner = situation.owner as ReminderRecipient;
  const isUnanswered = reminder.timesSent >= policy.escalateAfter;
  const audience = isUnanswered ? escalationAudience(reminder, situation) : null;
  const step = (next: PossibleStep['next'], due: DueDate, recipient: ReminderRecipient): PossibleStep => {
    const allowed = afterRecovery(situation.recoveryEndsAt, notBefore(situation.keyExpectedBy, due), now);
    const { at, delay } = nextContactTime(allowed.at, recipient, policy, now);
    return { next, at, reason: allowed.at > now ? allowed.reason : (delay ?? 'working-hours') };
  };
  const remind = step('remind', reminderDue(reminder, policy, owner.timeZone), owner);
  if (audience === null) return [remind];
  const due = escalationDue(reminder, policy, owner.timeZone, situation.contact !== null);
  return [step('escalate', due, situation[audience] as ReminderRecipient), remind];
}

function pauseOf(
  { disowned }: Reminder,
  { compliance, fixBlocked, owner }: ReminderSituation,
): ReminderPause | undefined {
  if (compliance === 'unknown' || compliance === 'exempt') return compliance;
  if (compliance !== 'noncompliant') return 'settled';
  if (disowned) return 'disowned';
  if (!owner) return 'no-owner';
  return fixBlocked ? 'fix-blocked' : undefined;
}

const LONG_AGO = new Date(0);

/** What was sent while the clock was a year ahead must not silence the bot for a year. */
function withoutFutureDates(reminder: Reminder, now: Date): Reminder {
  return {
    ...reminder,
    graceStartsAt: pastOrNull(reminder.graceStartsAt, now) ?? LONG_AGO,
    lastSentAt: pastOrNull(reminder.lastSentAt, now),
    escalatedAt: pastOrNull(reminder.escalatedAt, now),
  };
}

interface DueDate {
  readonly at: Date;
  readonly reason: DueReason;
}

function notBefore(keyExpectedBy: Date | null, due: DueDate): DueDate {
  return keyExpectedBy && keyExpectedBy > due.at ? { at: keyExpectedBy, reason: 'token-request' } : due;
}

/** Whatever is due next, an open window is the reason why the account is not mentioned now. */
function afterRecovery(endsAt: Date | null | undefined, due: DueDate, now: Date): DueDate {
  return endsAt && endsAt > now ? { at: latest(endsAt, due.at), reason: 'recovery-window' } : due;
}

/** Counted in days on the owner's calendar, so that a reminder comes in the morning and does not wander through the day. */
function reminderDue(reminder: Reminder, policy: ReminderPolicy, zone: string): DueDate {
  const { graceStartsAt, regressed, timesSent, lastSentAt } = reminder;
  const isUnanswered = timesSent >= policy.escalateAfter;
  const intervalDays = isUnanswered ? policy.everyDays * ESCALATED_INTERVAL_FACTOR : policy.everyDays;
  const at = lastSentAt
    ? daysAfter(lastSentAt, intervalDays, zone)
    : regressed
      ? graceStartsAt
      : businessDaysAfter(graceStartsAt, policy.graceDays, zone);
  return afterSnooze(reminder, { at, reason: lastSentAt ? 'cadence' : 'grace' });
}

/** The second one, to a person, follows the first as a reminder would; later ones are rare. */
function escalationDue(
  reminder: Reminder,
  { everyDays }: ReminderPolicy,
  zone: string,
  hasContact: boolean,
): DueDate {
  const { graceStartsAt, lastSentAt, escalatedAt, escalations } = reminder;
  const isRare = escalatedAt !== null && !(escalations === 1 && hasContact);
  const intervalDays = isRare ? everyDays * ESCALATED_INTERVAL_FACTOR : everyDays;
  const at = daysAfter(escalatedAt ?? lastSentAt ?? graceStartsAt, intervalDays, zone);
  return afterSnooze(reminder, { at, reason: 'cadence' });
}

function afterSnooze({ snoozedUntil }: Reminder, due: DueDate): DueDate {
  return snoozedUntil && snoozedUntil > due.at ? { at: snoozedUntil, reason: 'snoozed' } : due;
}

/** Returns the reminder of an account that became non-compliant. */
export function newReminder(
  accountId: AccountId,
  owner: SlackUserId | null,
  { since, regressed }: { readonly since: Date; readonly regressed: boolean },
): Reminder {
  return {
    accountId,
    owner,
    noncompliantSince: since,
    graceStartsAt: since,
    regressed,
    timesSent: 0,
    firstSentAt: null,
    lastSentAt: null,
    snoozes: 0,
    snoozedUntil: null,
    escalations: 0,
    firstEscalatedAt: null,
    escalatedAt: null,
    disowned: null,
    notificationKey: null,
  };
}

/** Returns the reminder after MFA was removed from a non-compliant account: it starts over, at once. */
export function restartAfterRegression(reminder: Reminder, at: Date): Reminder {
  const { accountId, owner, noncompliantSince, notificationKey } = reminder;
  return {
    ...newReminder(accountId, owner, { since: at, regressed: true }),
    noncompliantSince,
    notificationKey,
  };
}

/** Returns the reminder for the current owner; another owner starts over, with a grace period of their own. */
export function withOwner(reminder: Reminder, owner: SlackUserId | null, now: Date): Reminder {
  if (owner === reminder.owner) return reminder;
  const { accountId, noncompliantSince, regressed } = reminder;
  return { ...newReminder(accountId, owner, { since: now, regressed }), noncompliantSince };
}

/** Returns the reminder after its owner was notified. */
export function markReminded(reminder: Reminder, notificationKey: string, at: Date): Reminder {
  return {
    ...reminder,
    timesSent: reminder.timesSent + 1,
    firstSentAt: reminder.firstSentAt ?? at,
    lastSentAt: at,
    snoozedUntil: null,
    notificationKey,
  };
}

/** Returns the reminder after an escalation. */
export function markEscalated(reminder: Reminder, at: Date): Reminder {
  return {
    ...reminder,
    escalations: reminder.escalations + 1,
    firstEscalatedAt: reminder.firstEscalatedAt ?? at,
    escalatedAt: at,
    snoozedUntil: null,
  };
}

export type SnoozeOutcome =
  | {
      readonly kind: 'snoozed';
      readonly reminder: Reminder;
      /** When it comes back. */
      readonly until: Date;
      readonly snoozesLeft: number;
    }
  | { readonly kind: 'already-snoozed'; readonly until: Date }
  | { readonly kind: 'no-snoozes-left'; readonly maxSnoozes: number }
  | { readonly kind: 'not-yours' };

/** Leaves the owner alone for a while, a limited number of times for each shortfall. */
export function snooze(
  reminder: Reminder,
  by: SlackUserId,
  policy: ReminderPolicy,
  zone: string,
  now: Date,
): SnoozeOutcome {
  if (by !== reminder.owner) return { kind: 'not-yours' };
  if (reminder.snoozedUntil && now < reminder.snoozedUntil) {
    return { kind: 'already-snoozed', until: reminder.snoozedUntil };
  }
  const { maxSnoozes, snoozeDays } = policy;
  if (reminder.snoozes >= maxSnoozes) return { kind: 'no-snoozes-left', maxSnoozes };

  const until = nextWorkingMoment(daysAfter(now, snoozeDays, zone), zone, workingHours(policy.workingHours));
  const snoozes = reminder.snoozes + 1;
  return {
    kind: 'snoozed',
    reminder: { ...reminder, snoozes, snoozedUntil: until },
    until,
    snoozesLeft: maxSnoozes - snoozes,
  };
}

export type DisownOutcome =
  | { readonly kind: 'disowned'; readonly reminder: Reminder }
  | { readonly kind: 'already-disowned' }
  | { readonly kind: 'no-reason' }
  | { readonly kind: 'not-yours' };

/** Marks the account as not the owner's: no reminders until it has another owner, or an admin returns it. */
export function disown(reminder: Reminder, by: SlackUserId, reason: string, now: Date): DisownOutcome {
  if (by !== reminder.owner) return { kind: 'not-yours' };
  if (reminder.disowned) return { kind: 'already-disowned' };
  if (reason.trim() === '') return { kind: 'no-reason' };
  return { kind: 'disowned', reminder: { ...reminder, disowned: { by, at: now, reason: reason.trim() } } };
}

/** The reminder after an admin found that the account is that owner's after all. */
export function markHandedBack(reminder: Reminder, now: Date): Reminder {
  return { ...reminder, disowned: null, graceStartsAt: latest(reminder.graceStartsAt, now) };
}

/** An owner who answers nothing for this long is reported. */
const NO_ANSWER_AFTER_DAYS = 56;

/**
 * Returns for how many days the owner has not answered, if that is worth a report; `null`: it is not.
 * `lastActionAt` is the last thing that they did with the bot.
 */
export function daysWithoutAnswer(
  { firstSentAt }: Pick<Reminder, 'firstSentAt'>,
  lastActionAt: Date | null,
  zone: string,
  now: Date,
): number | null {
  if (!firstSentAt) return null;
  const days = daysBetween(lastActionAt ? latest(firstSentAt, lastActionAt) : firstSentAt, now, zone);
  return days >= NO_ANSWER_AFTER_DAYS ? days : null;
}
