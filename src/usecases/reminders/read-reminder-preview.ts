import type { Config } from '../../config/config.ts';
import { groupReminders, type PlannedFollowUp } from '../../domain/due-reminder.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { isTimedPause } from '../../domain/reminder.ts';
import { worstFirst } from '../../domain/worst-first.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { type PlannedReminderStep, planSteps, type ReminderInputs, shouldSendTo } from './plan-reminders.ts';
import { readReminderInputs } from './read-reminder-inputs.ts';

/** Who would get what, and when, if nothing else happened. */
export interface ReminderPreview {
  readonly mode: Config['reminders']['mode'];
  /** The next reminder of each person, soonest first. */
  readonly reminders: readonly PreviewedReminder[];
  /** Why no reminders are due for other non-compliant accounts. */
  readonly paused: Readonly<Record<PreviewedPause, number>>;
}

const PREVIEWED_PAUSES = ['no-owner', 'token-request', 'recovery-window', 'disowned', 'fix-blocked'] as const;

export type PreviewedPause = (typeof PREVIEWED_PAUSES)[number];

export interface PreviewedReminder {
  /** `null`: the channel, and without one every admin. */
  readonly to: { readonly id: SlackUserId; readonly name: string } | null;
  readonly at: Date;
  /** Really, or only once reminders are switched on for them. */
  readonly willSend: boolean;
  /** Their own accounts, worst first. */
  readonly accounts: readonly AccountView[];
  /** Accounts of others who did not answer. */
  readonly escalated: readonly AccountView[];
  /** How many of their keys are on the way and asked about. */
  readonly requests: number;
}

/** Returns who would get which message, and when. Decides and saves nothing. */
export async function readReminderPreview(
  ctx: Context,
  followUps: readonly PlannedFollowUp[] = [],
): Promise<ReminderPreview> {
  const { mode } = ctx.config.reminders;
  const paused = {
    'no-owner': 0,
    'token-request': 0,
    'recovery-window': 0,
    disowned: 0,
    'fix-blocked': 0,
  } satisfies Record<PreviewedPause, number>;
  if (mode === 'off') return { mode, reminders: [], paused };

  const now = ctx.now();
  const inputs = await readReminderInputs(ctx);
  const steps = planSteps(inputs, now);
  paused['no-owner'] = inputs.candidates.filter(({ owner }) => owner === null).length;
  for (const { step } of steps) {
    if (step.kind !== 'wait') continue;
    const reason = PREVIEWED_PAUSES.find((one) => one === step.reason);
    if (reason) paused[reason] += 1;
  }
  const reminders = [...ownerReminders(inputs, steps, followUps), ...escalations(inputs, steps, now)];
  return { mode, reminders: reminders.sort((a, b) => a.at.getTime() - b.at.getTime()), paused };
}

/** Returns the next reminder of each owner, as it would be sent at its time. */
function ownerReminders(
  inputs: ReminderInputs,
  steps: readonly PlannedReminderStep[],
  followUps: readonly PlannedFollowUp[],
): PreviewedReminder[] {
  const now = inputs.at;
  const times = new Map<SlackUserId, Date>(followUps.map(({ to }) => [to, now]));
  for (const planned of steps) {
    const at = timeOf(planned, 'remind', now);
    const earliest = times.get(planned.owner);
    if (at && (!earliest || at < earliest)) times.set(planned.owner, at);
  }
  const candidatesByPerson = groupByPerson(inputs.candidates, ({ owner }) => owner?.id);
  const followUpsByPerson = groupByPerson(followUps, (followUp) => followUp.to);
  return [...times].flatMap(([to, at]): PreviewedReminder[] => {
    const ownerSteps = planSteps(inputs, at, candidatesByPerson.get(to) ?? []);
    const reminder = groupReminders(ownerSteps, followUpsByPerson.get(to)).dueReminders.find(
      (candidate) => candidate.to === to,
    );
    if (!reminder) return [];
    const owner = ownerSteps[0]?.account.owner;
    return [
      {
        to: { id: to, name: owner?.name ?? to },
        at,
        willSend: shouldSendTo({ id: to, email: owner?.email ?? null }, inputs.config),
        accounts: reminder.accounts.map(({ view }) => view),
        escalated: [],
        requests: reminder.requests.length,
      },
    ];
  });
}

/** Groups items by person; items of no one are left out. */
function groupByPerson<T>(
  items: readonly T[],
  personOf: (item: T) => SlackUserId | undefined,
): ReadonlyMap<SlackUserId, readonly T[]> {
  const groups = new Map<SlackUserId, T[]>();
  for (const item of items) {
    const person = personOf(item);
    if (person === undefined) continue;
    const group = groups.get(person);
    if (group) group.push(item);
    else groups.set(person, [item]);
  }
  return groups;
}

/** Returns what others would be sent next about accounts whose owners do not respond. */
function escalations(
  inputs: ReminderInputs,
  steps: readonly PlannedReminderStep[],
  now: Date,
): PreviewedReminder[] {
  const soonest = new Map<SlackUserId | null, { at: Date; steps: PlannedReminderStep[] }>();
  for (const planned of steps) {
    const at = timeOf(planned, 'escalate', now);
    if (!at) continue;
    const earliest = soonest.get(planned.escalatesTo);
    if (!earliest || at < earliest.at) soonest.set(planned.escalatesTo, { at, steps: [planned] });
    else if (at.getTime() === earliest.at.getTime()) earliest.steps.push(planned);
  }
  return [...soonest].map(([target, { at, steps: due }]) => {
    const contact = target === null ? null : (due[0]?.account.contact ?? null);
    return {
      to: contact && { id: contact.id, name: contact.name },
      at,
      willSend: shouldSendTo(contact, inputs.config),
      accounts: [],
      escalated: due
        .map(({ account }) => account)
        .sort(worstFirst)
        .map(({ view }) => view),
      requests: 0,
    };
  });
}

/** When it is time for that, if it is what comes next. */
function timeOf({ step }: PlannedReminderStep, kind: 'remind' | 'escalate', now: Date): Date | undefined {
  if (step.kind === kind) return now;
  return step.kind === 'wait' && !isTimedPause(step) && step.until !== null && step.next === kind
    ? step.until
    : undefined;
}
