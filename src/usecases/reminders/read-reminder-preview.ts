import type { Config } from '../../config/config.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { type PlannedChase, roundOf } from '../../domain/due-reminder.ts';
import { worstFirst } from '../../domain/worst-first.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { isSentTo, type OwedStep, type ReminderDesk, readReminderDesk, stepsAt } from './plan-reminders.ts';

/** Who would get what, and when, if nothing else happened. */
export interface ReminderPreview {
  readonly mode: Config['reminders']['mode'];
  /** The next letter to each person, soonest first. */
  readonly letters: readonly PreviewedLetter[];
  /** Why nothing is owed about other accounts that fall short. */
  readonly paused: Readonly<Record<PreviewedPause, number>>;
}

export type PreviewedPause = 'no-owner' | 'token-request' | 'disowned';

export interface PreviewedLetter {
  /** `null`: the channel, and without one every admin. */
  readonly to: { readonly id: SlackUserId; readonly name: string } | null;
  readonly at: Date;
  /** Really, or only once reminders are switched on for them. */
  readonly sends: boolean;
  /** Their own accounts, worst first. */
  readonly accounts: readonly AccountView[];
  /** Accounts of others who did not answer. */
  readonly escalated: readonly AccountView[];
  /** How many of their keys are on the way and asked about. */
  readonly requests: number;
}

/** Reads who would get what, and when. It decides nothing, and nothing is remembered of it. */
export async function readReminderPreview(
  ctx: Context,
  chases: readonly PlannedChase[] = [],
): Promise<ReminderPreview> {
  const { mode } = ctx.config.reminders;
  const paused = { 'no-owner': 0, 'token-request': 0, disowned: 0 };
  if (mode === 'off') return { mode, letters: [], paused };

  const now = ctx.now();
  const desk = await readReminderDesk(ctx);
  const steps = stepsAt(desk, now);
  paused['no-owner'] = desk.owed.filter(({ owner }) => owner === null).length;
  for (const { step } of steps) {
    if (step.kind !== 'wait' || step.until !== null) continue;
    if (step.because === 'token-request' || step.because === 'disowned') paused[step.because] += 1;
  }
  const letters = [...ownLetters(desk, steps, chases, now), ...escalations(desk, steps, now)];
  return { mode, letters: letters.sort((a, b) => a.at.getTime() - b.at.getTime()), paused };
}

/** The next letter to each owner, as it would be written at its time. */
function ownLetters(
  desk: ReminderDesk,
  steps: readonly OwedStep[],
  chases: readonly PlannedChase[],
  now: Date,
): PreviewedLetter[] {
  const times = new Map<SlackUserId, Date>(chases.map(({ to }) => [to, now]));
  for (const planned of steps) {
    const at = timeOf(planned, 'remind', now);
    const known = times.get(planned.owner);
    if (at && (!known || at < known)) times.set(planned.owner, at);
  }
  const owed = byPerson(desk.owed, ({ owner }) => owner?.id);
  const asked = byPerson(chases, (chase) => chase.to);
  return [...times].flatMap(([to, at]): PreviewedLetter[] => {
    const theirs = stepsAt(desk, at, owed.get(to) ?? []);
    const nudge = roundOf(theirs, asked.get(to)).nudges.find((one) => one.to === to);
    if (!nudge) return [];
    const owner = theirs[0]?.account.owner;
    return [
      {
        to: { id: to, name: owner?.name ?? to },
        at,
        sends: isSentTo({ id: to, email: owner?.email ?? null }, desk.config),
        accounts: nudge.accounts.map(({ view }) => view),
        escalated: [],
        requests: nudge.requests.length,
      },
    ];
  });
}

/** The items of each person; nobody's are left out. */
function byPerson<T>(
  items: readonly T[],
  personOf: (item: T) => SlackUserId | undefined,
): ReadonlyMap<SlackUserId, readonly T[]> {
  const theirs = new Map<SlackUserId, T[]>();
  for (const item of items) {
    const person = personOf(item);
    if (person === undefined) continue;
    const known = theirs.get(person);
    if (known) known.push(item);
    else theirs.set(person, [item]);
  }
  return theirs;
}

/** What others would hear next of accounts whose owners do not answer. */
function escalations(desk: ReminderDesk, steps: readonly OwedStep[], now: Date): PreviewedLetter[] {
  const soonest = new Map<SlackUserId | null, { at: Date; steps: OwedStep[] }>();
  for (const planned of steps) {
    const at = timeOf(planned, 'escalate', now);
    if (!at) continue;
    const known = soonest.get(planned.escalatesTo);
    if (!known || at < known.at) soonest.set(planned.escalatesTo, { at, steps: [planned] });
    else if (at.getTime() === known.at.getTime()) known.steps.push(planned);
  }
  return [...soonest].map(([target, { at, steps: due }]) => {
    const backup = target === null ? null : desk.backup;
    return {
      to: backup && { id: backup.id, name: backup.name },
      at,
      sends: isSentTo(backup, desk.config),
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
function timeOf({ step }: OwedStep, what: 'remind' | 'escalate', now: Date): Date | undefined {
  if (step.kind === what) return now;
  return step.kind === 'wait' && step.until !== null && step.next === what ? step.until : undefined;
}
