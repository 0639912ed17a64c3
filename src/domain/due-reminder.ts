import type { SlackUserId } from './person.ts';
import type { ReminderStep } from './reminder.ts';
import { type Ranked, worstFirst } from './worst-first.ts';

/** The planned step for one account, and its owner. */
export interface PlannedStep<T extends Ranked> {
  readonly account: T;
  readonly owner: SlackUserId;
  /** Who is notified if it is escalated; `null`: the channel. */
  readonly escalatesTo: SlackUserId | null;
  readonly step: ReminderStep;
}

/** A follow-up with the requester of a key that is on its way or received. */
export interface PlannedFollowUp {
  readonly to: SlackUserId;
  readonly requestId: string;
}

/** One message to one person: everything that is asked of them today. */
export interface DueReminder<T extends Ranked> {
  readonly to: SlackUserId;
  /** Their non-compliant accounts that reminders cover; worst first. */
  readonly accounts: readonly T[];
  /** The ones for which this counts as a reminder; the others are escalated. */
  readonly counted: readonly T[];
  /** Accounts of others who did not answer; worst first. */
  readonly escalated: readonly T[];
  /** Token requests that wait for them. */
  readonly requests: readonly string[];
}

/** Everything that one run of the reminders sends. */
export interface GroupedReminders<T extends Ranked> {
  readonly dueReminders: readonly DueReminder<T>[];
  /** Escalations for the channel, because there is no backup; worst first. */
  readonly channelEscalations: readonly T[];
}

/**
 * Returns one message for each person who must act, for all reasons together.
 *
 * It lists the accounts that they heard of before too and counts as their reminder, so that they are due together from
 * then on; what is paused, snoozed or in its grace is left out.
 */
export function groupReminders<T extends Ranked>(
  steps: Iterable<PlannedStep<T>>,
  followUps: Iterable<PlannedFollowUp> = [],
): GroupedReminders<T> {
  const groups = new Map<SlackUserId, { own: PlannedStep<T>[]; escalated: T[]; requests: string[] }>();
  const groupFor = (person: SlackUserId) => {
    const group = groups.get(person) ?? { own: [], escalated: [], requests: [] };
    groups.set(person, group);
    return group;
  };
  const channelEscalations: T[] = [];

  for (const planned of steps) {
    groupFor(planned.owner).own.push(planned);
    if (planned.step.kind !== 'escalate') continue;
    if (planned.escalatesTo === null) channelEscalations.push(planned.account);
    else groupFor(planned.escalatesTo).escalated.push(planned.account);
  }
  for (const { to, requestId } of followUps) groupFor(to).requests.push(requestId);

  const dueReminders = [...groups]
    .filter(
      ([, { own, escalated, requests }]) =>
        own.some(({ step }) => step.kind === 'remind') || escalated.length > 0 || requests.length > 0,
    )
    .map(([to, { own, escalated, requests }]) => ({
      to,
      accounts: accountsOf(own.filter(({ step }) => isListed(step))),
      counted: accountsOf(own.filter(({ step }) => isCounted(step))),
      escalated: escalated.sort(worstFirst),
      requests,
    }));
  return { dueReminders, channelEscalations: channelEscalations.sort(worstFirst) };
}

function accountsOf<T extends Ranked>(steps: readonly PlannedStep<T>[]): T[] {
  return steps.map(({ account }) => account).sort(worstFirst);
}

function isListed(step: ReminderStep): boolean {
  return step.kind !== 'wait' || step.reason === 'cadence';
}

/** A pending escalation is not delayed by another listing. */
function isCounted(step: ReminderStep): boolean {
  return (
    step.kind === 'remind' || (step.kind === 'wait' && step.reason === 'cadence' && step.next === 'remind')
  );
}
