import type { SlackUserId } from '../../domain/person.ts';
import { isTimedPause, type ReminderPause, type TimedPause } from '../../domain/reminder.ts';
import type { ReachablePerson } from '../owners/resolve-owners.ts';
import type { Context } from '../shared/context.ts';
import { type PlannedReminderStep, planSteps, shouldSendTo } from './plan-reminders.ts';
import { readReminderInputs } from './read-reminder-inputs.ts';

/** The next reminders of one person. */
export interface OwnReminders {
  /** What comes next if nothing is fixed before; `null`: nothing that has a time. */
  readonly next: NextReminder | null;
  /** Accounts whose reminders are paused while a key is on its way. */
  readonly waitingForKey: number;
  /** Accounts whose reminders are paused during a recovery window. */
  readonly inRecovery: number;
  /** Accounts that they said are not theirs. */
  readonly disowned: number;
  /** Until when they put it off. */
  readonly snoozedUntil: Date | null;
  /** How often they can still snooze it; `null`: there is nothing to snooze. */
  readonly snoozesLeft: number | null;
}

export interface NextReminder {
  /** They are reminded, or the account is escalated. */
  readonly kind: 'remind' | 'escalate';
  /** `null`: at the next look. */
  readonly at: Date | null;
  readonly accounts: number;
}

const NO_REMINDERS: OwnReminders = {
  next: null,
  waitingForKey: 0,
  inRecovery: 0,
  disowned: 0,
  snoozedUntil: null,
  snoozesLeft: null,
};

/** Reads the next reminders of one person; empty where none are sent to them. */
export async function readOwnReminders(
  ctx: Context,
  person: Pick<ReachablePerson, 'id' | 'email'>,
): Promise<OwnReminders> {
  if (!shouldSendTo(person, ctx.config)) return NO_REMINDERS;
  const { reminders } = await ctx.decisions.current();
  const names = new Set<string>(person.email === null ? [person.id] : [person.id, person.email]);
  const inputs = await readReminderInputs(
    ctx,
    ({ owner, account }) =>
      (owner !== null && names.has(owner.identifier)) || reminders.get(account.id)?.owner === person.id,
  );
  const now = ctx.now();
  const steps = planSteps(inputs, now).filter(({ owner }) => owner === person.id);

  const sent = steps
    .map(({ account }) => account.reminder)
    .filter(({ timesSent, disowned }) => timesSent > 0 && disowned === null);
  const { maxSnoozes } = ctx.config.reminders;
  const snoozeEnds = sent.flatMap(({ snoozedUntil }) =>
    snoozedUntil && snoozedUntil > now ? [snoozedUntil] : [],
  );
  return {
    next: nextReminderOf(steps),
    waitingForKey: countPaused(steps, 'token-request'),
    inRecovery: countPaused(steps, 'recovery-window'),
    disowned: countPaused(steps, 'disowned'),
    snoozedUntil: snoozeEnds.length > 0 ? new Date(Math.min(...snoozeEnds.map(Number))) : null,
    snoozesLeft: sent.length > 0 ? Math.max(0, ...sent.map(({ snoozes }) => maxSnoozes - snoozes)) : null,
  };
}

/** The people that reminders would reach, now or later. */
export interface ReminderAudience {
  readonly mode: Context['config']['reminders']['mode'];
  readonly people: number;
  readonly accounts: number;
}

/** Counts the people that reminders would reach now, whether or not they are sent. */
export async function countReminderAudience(ctx: Context): Promise<ReminderAudience> {
  const { mode } = ctx.config.reminders;
  if (mode === 'off') return { mode, people: 0, accounts: 0 };
  const steps = planSteps(await readReminderInputs(ctx), ctx.now()).filter(
    ({ step }) => step.kind !== 'wait' || step.until !== null,
  );
  return { mode, people: new Set<SlackUserId>(steps.map(({ owner }) => owner)).size, accounts: steps.length };
}

/** The soonest of what has a time, and of how many accounts it then speaks. */
function nextReminderOf(steps: readonly PlannedReminderStep[]): NextReminder | null {
  const timed = steps.flatMap(({ step }): { kind: NextReminder['kind']; at: Date | null }[] => {
    if (step.kind !== 'wait') return [{ kind: step.kind, at: null }];
    return step.until === null || isTimedPause(step) ? [] : [{ kind: step.next, at: step.until }];
  });
  const [soonest] = [...timed].sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  if (!soonest) return null;
  const sameTime = timed.filter(
    ({ kind, at }) => kind === soonest.kind && at?.getTime() === soonest.at?.getTime(),
  );
  return { ...soonest, accounts: sameTime.length };
}

function countPaused(steps: readonly PlannedReminderStep[], reason: ReminderPause | TimedPause): number {
  return steps.filter(({ step }) => step.kind === 'wait' && step.reason === reason).length;
}
