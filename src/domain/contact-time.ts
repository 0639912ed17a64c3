import { daysAfter, earliest, latest, localDate, nextWorkingMoment, workingHours } from './calendar.ts';
import type { SlackUserId } from './person.ts';

/** When a recipient can be contacted. A channel is never away, but has a time zone and a last contact, too. */
export interface ReminderRecipient {
  /** A usable IANA zone. */
  readonly timeZone: string;
  /** Until when their status says that they are away; `null`: it does not. */
  readonly awayUntil: Date | null;
  /** When the bot last contacted them about anything; `null`: never. */
  readonly lastContactedAt: Date | null;
}

/** When the company allows the bot to contact people. */
export interface ContactPolicy {
  /** Hours of the person's own working day: `09:00-17:00`. */
  readonly workingHours: string;
  readonly respectAway: boolean;
}

/** Why a due reminder is delayed. */
export type DelayReason = 'away' | 'contacted-today' | 'working-hours';

/** The earliest time for a reminder; without a delay it is now. */
export interface ContactTime {
  readonly at: Date;
  readonly delay: DelayReason | null;
}

/** No recorded date can be later than this. */
const MAX_CLOCK_ERROR_MS = 30 * 24 * 60 * 60_000;

/** A status that was never cleared must not delay reminders forever. */
export const MAX_AWAY_DAYS = 14;

/**
 * Returns the earliest time from now on to remind a person of what was due then: in their own working hours,
 * on a day on which they were not contacted yet, and while they are away up to two weeks later.
 */
export function nextContactTime(
  due: Date,
  recipient: ReminderRecipient,
  policy: ContactPolicy,
  now: Date,
): ContactTime {
  const zone = recipient.timeZone;
  const target = latest(due, now);
  let at = target;
  let delay: DelayReason | null = null;

  if (policy.respectAway && recipient.awayUntil) {
    const returnsAt = earliest(recipient.awayUntil, daysAfter(due, MAX_AWAY_DAYS, zone));
    if (returnsAt > at) [at, delay] = [returnsAt, 'away'];
  }
  // By the recipient's calendar, so that no two reminders of one day can be hours apart.
  const lastContactedAt = pastOrNull(recipient.lastContactedAt, now);
  if (lastContactedAt && localDate(lastContactedAt, zone) >= localDate(at, zone)) {
    [at, delay] = [daysAfter(latest(lastContactedAt, at), 1, zone), delay ?? 'contacted-today'];
  }
  const working = nextWorkingMoment(at, zone, workingHours(policy.workingHours));
  return { at: working, delay: delay ?? (working > target ? 'working-hours' : null) };
}

/** The date, or `null` where it is so far ahead that the clock must have been wrong; a smaller error passes by itself. */
export function pastOrNull(date: Date | null, now: Date): Date | null {
  return date && date.getTime() - now.getTime() > MAX_CLOCK_ERROR_MS ? null : date;
}

/** Whether people get reminders, or admins only preview them. */
export interface Rollout {
  readonly mode: 'off' | 'preview' | 'pilot' | 'on';
  /** E-mails and Slack user ids. */
  readonly pilot: readonly string[];
}

/** Returns what happens to a reminder: it is sent, only shown to admins, or not planned at all. */
export function deliveryModeFor(
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
        (entry) =>
          entry === person.id ||
          (person.email !== null && entry.toLowerCase() === person.email.toLowerCase()),
      );
      return isPilot ? 'send' : 'preview';
    }
  }
}
