import type { Period } from './intervals.ts';

/** Returns the period that a text names: `2026Q3`, `Q3` (of the year that `now` is in or the last one), `2026-07`, or two dates. */
export function parsePeriod(text: string, now: Date): Period | null {
  const words = text.trim().split(/[\s,]+/);
  const [first = '', second] = words;
  if (words.length === 2 && second !== undefined) return datesPeriod(first, second);
  if (words.length !== 1) return null;

  const quarter = /^(?:(\d{4})-?)?Q([1-4])$/i.exec(first);
  if (quarter) {
    const number = Number(quarter[2]);
    const year = quarter[1] ? Number(quarter[1]) : latestYearOf(number, now);
    return { from: utc(year, (number - 1) * 3), to: utc(year, number * 3) };
  }
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(first);
  if (!month) return null;
  const [year, index] = [Number(month[1]), Number(month[2]) - 1];
  return { from: utc(year, index), to: utc(year, index + 1) };
}

/** Returns the period from one date to another, both included: `2026-07-01`, `2026-09-30`. `null` if they are not dates in order. */
export function datesPeriod(from: string, to: string): Period | null {
  const start = parseDate(from);
  const last = parseDate(to);
  if (!start || !last || last < start) return null;
  return { from: start, to: new Date(last.getTime() + 24 * 60 * 60_000) };
}

/** Returns the last quarter that is over. */
export function lastQuarter(now: Date): Period {
  const start = Math.floor(now.getUTCMonth() / 3) * 3;
  const year = now.getUTCFullYear();
  return { from: utc(year, start - 3), to: utc(year, start) };
}

/** Returns the part of a period that is over; `null` if it has not begun. */
export function pastPart(period: Period, now: Date): Period | null {
  if (period.from >= now) return null;
  return period.to > now ? { ...period, to: now } : period;
}

/** Returns a period as its first and last day, in UTC: `2026-07-01 to 2026-09-30`. */
export function periodText({ from, to }: Period): string {
  const last = new Date(to.getTime() - 1);
  return `${from.toISOString().slice(0, 10)} to ${last.toISOString().slice(0, 10)}`;
}

function parseDate(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const date = new Date(`${text}T00:00:00.000Z`);
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text) ? null : date;
}

/** The year of the last such quarter that has begun. */
function latestYearOf(quarter: number, now: Date): number {
  const year = now.getUTCFullYear();
  return utc(year, (quarter - 1) * 3) <= now ? year : year - 1;
}

function utc(year: number, month: number): Date {
  return new Date(Date.UTC(year, month));
}
