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
export function timeZoneOrDefault(zone: string | null | undefined, fallback: string): string {
  if (!zone) return fallback;
  let usable = zoneValidity.get(zone);
  if (usable === undefined) {
    usable = isValidTimeZone(zone);
    if (zoneValidity.size >= MAX_CACHED_ZONES) zoneValidity.clear();
    zoneValidity.set(zone, usable);
  }
  return usable ? zone : fallback;
}

function isValidTimeZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

const zoneValidity = new Map<string, boolean>();
const MAX_CACHED_ZONES = 1_000;

/** The date there at that instant: `2026-11-24`. */
export function localDate(at: Date, zone: string): string {
  return dateText(dayOf(at, zone).number);
}

/** The week there at that instant, by ISO 8601: `2026-W48`. It begins on Monday; the year is the week's own. */
export function isoWeek(at: Date, zone: string): string {
  const { yearOfWeek, weekOfYear } = dateOf(dayOf(at, zone).number);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, '0')}`;
}

/** How many days later the second date is there; a part of a day does not count, a midnight in between does. */
export function daysBetween(from: Date, to: Date, zone: string): number {
  return dayOf(to, zone).number - dayOf(from, zone).number;
}

/**
 * Returns the first instant of the day that many business days later in the zone. Zero means that very day, or
 * on a weekend its Monday.
 */
export function businessDaysAfter(at: Date, days: number, zone: string): Date {
  let day = dayOf(at, zone).number;
  for (let left = days; left > 0; left -= 1) day = toBusinessDay(day + 1);
  return startOf(toBusinessDay(day), zone);
}

/** Returns the first instant of the day that many calendar days later in the zone. */
export function daysAfter(at: Date, days: number, zone: string): Date {
  return startOf(dayOf(at, zone).number + days, zone);
}

/** The first instant after a date has passed there; undefined for a text that is no date. */
export function endOfDate(date: string, zone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  try {
    const last = Temporal.PlainDate.from(date, { overflow: 'reject' });
    return startOf(numberOf(last) + 1, zone);
  } catch {
    return undefined;
  }
}

/** The same moment a year later there; 29 February becomes the 28th. */
export function yearAfter(at: Date, zone: string): Date {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  return new Date(zoned.add({ years: 1 }).epochMilliseconds);
}

/** That very instant if it lies within working hours there, else the next instant that does. */
export function nextWorkingMoment(at: Date, zone: string, hours: WorkingHours): Date {
  const now = at.getTime();
  for (let { number } = dayOf(at, zone); ; number += 1) {
    if (!isBusinessDay(number)) continue;
    const { from, to } = workingHoursOn(number, zone, hours);
    if (now < to && from < to) return now < from ? new Date(from) : at;
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

/**
 * A day on the calendar of one zone, by how many days it is later than 1 January 1970. Most questions are about few days
 * of few zones, thousands of times: what the zone's clocks did on a day is worked out once.
 */
interface LocalDay {
  readonly number: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Working hours of that day, by the text of the hours. */
  readonly workingSpans: Map<string, { readonly from: number; readonly to: number }>;
}

const DAY_MS = 24 * 60 * 60_000;
const dayCache = new Map<string, Map<number, LocalDay>>();
/** A year of days in many zones. */
const MAX_CACHED_DAYS = 20_000;
let cachedDayCount = 0;

function dayOf(at: Date, zone: string): LocalDay {
  const now = at.getTime();
  const utc = Math.floor(now / DAY_MS);
  // No clock is a whole day away from UTC's.
  for (const number of [utc, utc - 1, utc + 1]) {
    const day = dayByNumber(number, zone);
    if (day.startsAt <= now && now < day.endsAt) return day;
  }
  const date = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  return dayByNumber(numberOf(date), zone);
}

function dayByNumber(number: number, zone: string): LocalDay {
  const cached = dayCache.get(zone)?.get(number);
  if (cached) return cached;
  const date = dateOf(number);
  const startsAt = date.toZonedDateTime(zone).epochMilliseconds;
  const endsAt = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  const day = { number, startsAt, endsAt, workingSpans: new Map() };
  if (cachedDayCount >= MAX_CACHED_DAYS) {
    dayCache.clear();
    cachedDayCount = 0;
  }
  const zoneDays = dayCache.get(zone) ?? new Map<number, LocalDay>();
  dayCache.set(zone, zoneDays.set(number, day));
  cachedDayCount += 1;
  return day;
}

/** From when to when people work there on that day; a time that the clocks skip is later by as much as they skip. */
function workingHoursOn(number: number, zone: string, hours: WorkingHours) {
  const { workingSpans } = dayByNumber(number, zone);
  const key = `${hours.from}-${hours.to}`;
  const cached = workingSpans.get(key);
  if (cached) return cached;
  const at = (plainTime: string) =>
    dateOf(number).toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
  const span = { from: at(hours.from), to: at(hours.to) };
  workingSpans.set(key, span);
  return span;
}

/** A day may begin at one in the morning: some zones change their clocks at midnight. */
function startOf(number: number, zone: string): Date {
  return new Date(dayByNumber(number, zone).startsAt);
}

function dateOf(number: number): Temporal.PlainDate {
  return Temporal.PlainDate.from(dateText(number));
}

function dateText(number: number): string {
  const [date = ''] = new Date(number * DAY_MS).toISOString().split('T');
  return date;
}

function numberOf(date: Temporal.PlainDate): number {
  return date.toZonedDateTime('UTC').epochMilliseconds / DAY_MS;
}

/** 1 January 1970 was a Thursday; Monday is 1. */
function weekdayOf(number: number): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

function isBusinessDay(number: number): boolean {
  return weekdayOf(number) <= 5;
}

function toBusinessDay(number: number): number {
  return isBusinessDay(number) ? number : number + 8 - weekdayOf(number);
}

/** Returns a day of the company's calendar for people, the same for every reader: `Dec 31, 2026`. */
export function formatCalendarDay(date: string): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-US', format);
}
