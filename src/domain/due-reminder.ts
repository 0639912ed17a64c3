import type { SlackUserId } from './person.ts';
import type { ReminderStep } from './reminder.ts';
import { type Ranked, worstFirst } from './worst-first.ts';

/** What is to be done about one account, and who answers for it. */
export interface PlannedStep<T extends Ranked> {
  readonly account: T;
  readonly owner: SlackUserId;
  /** Who hears of it if it is escalated; `null`: the channel. */
  readonly escalatesTo: SlackUserId | null;
  readonly step: ReminderStep;
}

/** Somebody has a key in their hands, or should have, and is to be asked about it. */
export interface PlannedFollowUp {
  readonly to: SlackUserId;
  readonly requestId: string;
}

/** One message to one person: everything that is asked of them today. */
export interface DueReminder<T extends Ranked> {
  readonly to: SlackUserId;
  /** Everything of theirs that falls short and that they may hear of; worst first. */
  readonly accounts: readonly T[];
  /** Those of them for which this is a reminder; of the others somebody else is to hear, or has heard. */
  readonly counted: readonly T[];
  /** Accounts of others who did not answer; worst first. */
  readonly escalated: readonly T[];
  /** Token requests that wait for them. */
  readonly requests: readonly string[];
}

/** Everything that one look at the reminders sets off. */
export interface GroupedReminders<T extends Ranked> {
  readonly dueReminders: readonly DueReminder<T>[];
  /** What the channel is to hear, because there is no backup; worst first. */
  readonly channelEscalations: readonly T[];
}

/** Who hears of an account whose owner does not answer; `null`: the channel, for nobody is their own backup. */
export function escalationTarget(owner: SlackUserId, backup: SlackUserId | null): SlackUserId | null {
  return backup === owner ? null : backup;
}

/**
 * One message for each person of whom anything is asked, whatever the reasons.
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

/** What waits for its escalation is not put off by being listed once more. */
function isCounted(step: ReminderStep): boolean {
  return (
    step.kind === 'remind' || (step.kind === 'wait' && step.reason === 'cadence' && step.next === 'remind')
  );
}
