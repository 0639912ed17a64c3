import { Temporal } from 'temporal-polyfill';

/** The hours of a working day, in the person's own time: `09:00-17:00`. */
export interface WorkingHours {
  readonly from: string;
  readonly to: string;
}

/** The hours that a text such as `09:00-17:00` names; throws a RangeError that says what was expected. */
export function workingHours(text: string): WorkingHours {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || from >= to) {
    throw new RangeError(`Cannot read ${JSON.stringify(text)} as working hours: expected "09:00-17:00"`);
  }
  return { from, to };
}

/** The zone if it can be used, else the other one. Slack's zones come from people's devices: any text may arrive. */
export function usableZone(zone: string | null | undefined, otherwise: string): string {
  if (!zone) return otherwise;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return zone;
  } catch {
    return otherwise;
  }
}

/** The date there at that instant: `2026-11-24`. */
export function localDate(at: Date, zone: string): string {
  return dateOf(at, zone).toString();
}

/** The week there at that instant, by ISO 8601: `2026-W48`. It begins on Monday; the year is the week's own. */
export function isoWeek(at: Date, zone: string): string {
  const { yearOfWeek, weekOfYear } = dateOf(at, zone);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, '0')}`;
}

/** How many days later the second date is there; a part of a day does not count, a midnight in between does. */
export function daysBetween(from: Date, to: Date, zone: string): number {
  return dateOf(from, zone).until(dateOf(to, zone)).days;
}

/** How many business days (Monday to Friday) began there after the first date, up to and including the second. */
export function businessDaysBetween(from: Date, to: Date, zone: string): number {
  const first = dateOf(from, zone);
  const days = first.until(dateOf(to, zone)).days;
  const wholeWeeks = Math.floor(Math.max(days, 0) / 7);
  let count = wholeWeeks * 5;
  for (let day = wholeWeeks * 7 + 1; day <= days; day += 1) {
    if (isBusinessDay(first.add({ days: day }))) count += 1;
  }
  return count;
}

/**
 * The first instant of the day that is so many business days later there. No business days later is that very day, or
 * on a weekend its Monday.
 */
export function businessDaysAfter(at: Date, days: number, zone: string): Date {
  let date = dateOf(at, zone);
  for (let left = days; left > 0; left -= 1) date = onBusinessDay(date.add({ days: 1 }));
  return startOf(onBusinessDay(date), zone);
}

/** The first instant of the day that is so many calendar days later there. */
export function daysAfter(at: Date, days: number, zone: string): Date {
  return startOf(dateOf(at, zone).add({ days }), zone);
}

/** The first instant after a date has passed there; undefined for a text that is no date. */
export function endOfDate(date: string, zone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  try {
    return startOf(Temporal.PlainDate.from(date, { overflow: 'reject' }).add({ days: 1 }), zone);
  } catch {
    return undefined;
  }
}

/** The same moment a year later there; 29 February becomes the 28th. */
export function yearAfter(at: Date, zone: string): Date {
  return asDate(zoned(at, zone).add({ years: 1 }));
}

/** That very instant if it lies within working hours there, else the next instant that does. */
export function nextWorkingMoment(at: Date, zone: string, hours: WorkingHours): Date {
  const instant = zoned(at, zone);
  let date = instant.toPlainDate();
  for (;;) {
    if (isBusinessDay(date)) {
      const start = date.toZonedDateTime({ timeZone: zone, plainTime: hours.from });
      const end = date.toZonedDateTime({ timeZone: zone, plainTime: hours.to });
      if (
        Temporal.ZonedDateTime.compare(instant, end) < 0 &&
        Temporal.ZonedDateTime.compare(start, end) < 0
      ) {
        return Temporal.ZonedDateTime.compare(instant, start) < 0 ? asDate(start) : at;
      }
    }
    date = date.add({ days: 1 });
  }
}

/** The earliest of the instants. */
export function earliest(...dates: [Date, ...Date[]]): Date {
  return new Date(Math.min(...dates.map((date) => date.getTime())));
}

/** The latest of the instants. */
export function latest(...dates: [Date, ...Date[]]): Date {
  return new Date(Math.max(...dates.map((date) => date.getTime())));
}

function zoned(at: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
}

function dateOf(at: Date, zone: string): Temporal.PlainDate {
  return zoned(at, zone).toPlainDate();
}

/** A day may begin at one in the morning: some zones change their clocks at midnight. */
function startOf(date: Temporal.PlainDate, zone: string): Date {
  return asDate(date.toZonedDateTime(zone));
}

function asDate(moment: Temporal.ZonedDateTime): Date {
  return new Date(moment.epochMilliseconds);
}

function isBusinessDay({ dayOfWeek }: Temporal.PlainDate): boolean {
  return dayOfWeek <= 5;
}

function onBusinessDay(date: Temporal.PlainDate): Temporal.PlainDate {
  return isBusinessDay(date) ? date : date.add({ days: 8 - date.dayOfWeek });
}
