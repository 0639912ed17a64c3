import { daysAfter, earliest, latest, localDate, nextWorkingMoment, workingHours } from './calendar.ts';
import type { SlackUserId } from './person.ts';

/** When somebody may be written to. A channel is nobody's: never away, but it too has a zone and a last time. */
export interface Addressee {
  /** A usable IANA zone. */
  readonly timeZone: string;
  /** Until when their status says that they are away; `null`: it does not. */
  readonly awayUntil: Date | null;
  /** When the bot last asked something of them, about whatever; `null`: never. */
  readonly lastNudgedAt: Date | null;
}

/** How considerate the bot is. */
export interface NudgePolicy {
  /** Hours of the person's own working day: `09:00-17:00`. */
  readonly workingHours: string;
  readonly respectAway: boolean;
}

/** What puts a nudge off that is due. */
export type Delay = 'away' | 'nudged-today' | 'working-hours';

/** The first moment for a nudge; without a delay it has come. */
export interface Opportunity {
  readonly at: Date;
  readonly delay: Delay | null;
}

/** A status that was never taken back must not excuse for ever. */
export const LONGEST_AWAY_DAYS = 14;

/**
 * The first moment from now on at which somebody may be nudged about what was due then: in their own working hours,
 * on a day on which nothing else was asked of them, and while they are away up to two weeks later.
 */
export function opportunity(due: Date, who: Addressee, policy: NudgePolicy, now: Date): Opportunity {
  const zone = who.timeZone;
  const asked = latest(due, now);
  let at = asked;
  let delay: Delay | null = null;

  if (policy.respectAway && who.awayUntil) {
    const back = earliest(who.awayUntil, daysAfter(due, LONGEST_AWAY_DAYS, zone));
    if (back > at) [at, delay] = [back, 'away'];
  }
  // By the calendar on their wall, so that no two nudges of one day can lie hours apart.
  if (who.lastNudgedAt && localDate(who.lastNudgedAt, zone) >= localDate(at, zone)) {
    [at, delay] = [daysAfter(latest(who.lastNudgedAt, at), 1, zone), delay ?? 'nudged-today'];
  }
  const working = nextWorkingMoment(at, zone, workingHours(policy.workingHours));
  return { at: working, delay: delay ?? (working > asked ? 'working-hours' : null) };
}

/** Whether people get nudges, or admins only see who would get what. */
export interface Rollout {
  readonly mode: 'off' | 'preview' | 'pilot' | 'on';
  /** E-mails and Slack user ids. */
  readonly pilot: readonly string[];
}

/** What becomes of a nudge to somebody: sent, only shown to admins, or not even worked out. */
export function deliveryTo(
  person: { readonly id: SlackUserId; readonly email: string | null },
  { mode, pilot }: Rollout,
): 'send' | 'preview' | 'nothing' {
  switch (mode) {
    case 'off':
      return 'nothing';
    case 'preview':
      return 'preview';
    case 'on':
      return 'send';
    case 'pilot': {
      const isPilot = pilot.some(
        (who) =>
          who === person.id || (person.email !== null && who.toLowerCase() === person.email.toLowerCase()),
      );
      return isPilot ? 'send' : 'preview';
    }
  }
}
