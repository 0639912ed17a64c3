import type { SlackUserId } from '../../domain/person.ts';
import type { Context } from '../shared/context.ts';
import { isSentTo, type OwedStep, readReminderDesk, stepsAt } from './plan-reminders.ts';
import type { Reachable } from '../owners/resolve-owners.ts';

/** What somebody is about to hear of the accounts that they answer for. */
export interface OwnReminders {
  /** What comes next if nothing is fixed before; `null`: nothing that has a time. */
  readonly next: NextNudge | null;
  /** Of so many nothing is said while a key is on its way. */
  readonly waitingForKey: number;
  /** So many they handed back. */
  readonly disowned: number;
  /** Until when they put it off. */
  readonly snoozedUntil: Date | null;
  /** How often they may still put it off; `null`: there is nothing to put off. */
  readonly snoozesLeft: number | null;
}

export interface NextNudge {
  /** They are reminded, or somebody else hears of it. */
  readonly kind: 'remind' | 'escalate';
  /** `null`: at the next look. */
  readonly at: Date | null;
  readonly accounts: number;
}

const NOTHING: OwnReminders = {
  next: null,
  waitingForKey: 0,
  disowned: 0,
  snoozedUntil: null,
  snoozesLeft: null,
};

/** Reads what somebody is about to hear, where reminders are on for them. */
export async function readOwnReminders(
  ctx: Context,
  person: Pick<Reachable, 'id' | 'email'>,
): Promise<OwnReminders> {
  if (!isSentTo(person, ctx.config)) return NOTHING;
  const { reminders } = await ctx.decisions.current();
  const names = new Set<string>(person.email === null ? [person.id] : [person.id, person.email]);
  const desk = await readReminderDesk(
    ctx,
    ({ owner, account }) =>
      (owner !== null && names.has(owner.who)) || reminders.get(account.id)?.owner === person.id,
  );
  const now = ctx.now();
  const steps = stepsAt(desk, now).filter(({ owner }) => owner === person.id);

  const told = steps
    .map(({ account }) => account.reminder)
    .filter(({ timesSent, disowned }) => timesSent > 0 && disowned === null);
  const { maxSnoozes } = ctx.config.reminders;
  const asleep = told.flatMap(({ snoozedUntil }) =>
    snoozedUntil && snoozedUntil > now ? [snoozedUntil] : [],
  );
  return {
    next: nextNudge(steps),
    waitingForKey: pausedFor(steps, 'token-request'),
    disowned: pausedFor(steps, 'disowned'),
    snoozedUntil: asleep.length > 0 ? new Date(Math.min(...asleep.map(Number))) : null,
    snoozesLeft: told.length > 0 ? Math.max(0, ...told.map(({ snoozes }) => maxSnoozes - snoozes)) : null,
  };
}

/** Whom reminders would concern, now or later. */
export interface RemindedPeople {
  readonly mode: Context['config']['reminders']['mode'];
  readonly people: number;
  readonly accounts: number;
}

/** Counts whom reminders concern as things are, whether or not they are sent. */
export async function countReminded(ctx: Context): Promise<RemindedPeople> {
  const { mode } = ctx.config.reminders;
  if (mode === 'off') return { mode, people: 0, accounts: 0 };
  const steps = stepsAt(await readReminderDesk(ctx), ctx.now()).filter(
    ({ step }) => step.kind !== 'wait' || step.until !== null,
  );
  return { mode, people: new Set<SlackUserId>(steps.map(({ owner }) => owner)).size, accounts: steps.length };
}

/** The soonest of what has a time, and of how many accounts it then speaks. */
function nextNudge(steps: readonly OwedStep[]): NextNudge | null {
  const timed = steps.flatMap(({ step }): { kind: NextNudge['kind']; at: Date | null }[] => {
    if (step.kind !== 'wait') return [{ kind: step.kind, at: null }];
    return step.until === null ? [] : [{ kind: step.next, at: step.until }];
  });
  const [soonest] = [...timed].sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  if (!soonest) return null;
  const together = timed.filter(
    ({ kind, at }) => kind === soonest.kind && at?.getTime() === soonest.at?.getTime(),
  );
  return { ...soonest, accounts: together.length };
}

function pausedFor(steps: readonly OwedStep[], because: 'token-request' | 'disowned'): number {
  return steps.filter(({ step }) => step.kind === 'wait' && step.until === null && step.because === because)
    .length;
}
