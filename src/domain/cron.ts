import { Temporal } from 'temporal-polyfill';

/** When a job is due, by the five fields of a cron expression: minute, hour, day of month, month, day of week. */
export interface Cron {
  readonly expression: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Monday is 1, Sunday is 7. */
  readonly weekdays: ReadonlySet<number>;
  /** Days of the month and of the week are both named: either is enough. */
  readonly eitherDay: boolean;
}

/**
 * What a cron expression of five fields says, as in crontab(5): `*`, lists, ranges (also over the end: `FRI-MON`),
 * steps, names of months and days, 0 and 7 for Sunday. Throws a RangeError that names the field.
 */
export function parseCron(expression: string): Cron {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new RangeError(`Cannot read ${JSON.stringify(expression)} as a schedule: expected five fields`);
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const weekdays = numbersIn(weekday, WEEKDAY, expression).map((number) => (number === 0 ? 7 : number));
  return {
    expression,
    minutes: numbersIn(minute, MINUTE, expression),
    hours: numbersIn(hour, HOUR, expression),
    days: new Set(numbersIn(day, DAY, expression)),
    months: new Set(numbersIn(month, MONTH, expression)),
    weekdays: new Set(weekdays),
    // A field that begins with a star restricts, if at all, what the other one names.
    eitherDay: !startsWithWildcard(day) && !startsWithWildcard(weekday),
  };
}

/** Whether a text is a schedule that we can read and that is ever due. */
export function isCron(expression: string): boolean {
  try {
    return nextRunAfter(parseCron(expression), 'UTC', new Date(0)) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Returns when the last run was due, at that instant or before; undefined if there was none within decades.
 *
 * A local time that the clocks skip is due as much later as they skip, so no run is lost; a local time that they show
 * twice is due the first time only.
 */
export function lastRunAt(cron: Cron, zone: string, now: Date): Date | undefined {
  const today = dateAt(now, zone);
  // Clocks that skip a whole day (Samoa in 2011) move a run into the next date, so the walk begins one day ahead.
  for (const date of datesOf(cron, today.add({ days: 1 }), -1)) {
    const due = runsOn(date, cron, zone).findLast((at) => at <= now.getTime());
    if (due !== undefined) return new Date(due);
  }
  return undefined;
}

/** Returns when the next run is due, later than that instant; undefined if there is none within decades. */
export function nextRunAfter(cron: Cron, zone: string, now: Date): Date | undefined {
  const today = dateAt(now, zone);
  for (const date of datesOf(cron, today.subtract({ days: 1 }), 1)) {
    const due = runsOn(date, cron, zone).find((at) => at > now.getTime());
    if (due !== undefined) return new Date(due);
  }
  return undefined;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The first name stands for `from`. */
  readonly names?: readonly string[];
}

const MINUTE: Field = { name: 'minute', from: 0, to: 59 };
const HOUR: Field = { name: 'hour', from: 0, to: 23 };
const DAY: Field = { name: 'day of month', from: 1, to: 31 };
const MONTH: Field = {
  name: 'month',
  from: 1,
  to: 12,
  names: 'january february march april may june july august september october november december'.split(' '),
};
const WEEKDAY: Field = {
  name: 'day of week',
  from: 0,
  to: 7,
  names: 'sunday monday tuesday wednesday thursday friday saturday'.split(' '),
};

const startsWithWildcard = (field: string) => field.startsWith('*') || field.startsWith('?');

function numbersIn(text: string, field: Field, expression: string): number[] {
  const reject = (): never => {
    throw new RangeError(
      `Cannot read ${JSON.stringify(expression)} as a schedule: ${JSON.stringify(text)} is no ${field.name}`,
    );
  };
  const numbers = text.split(',').flatMap((part) => {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? reject();
    const [from, to] = rangeOf(range, field, step !== undefined) ?? reject();
    const by = step === undefined ? 1 : Number(step);
    return by > 0 ? [...wrappingRange(from, to, by, field)] : reject();
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** The two ends of `*`, `7`, `1-5`; a single number with a step goes on to the end. */
function rangeOf(range: string, field: Field, hasStep: boolean): [number, number] | undefined {
  // Seven days, though Sunday has two numbers.
  const last = field === WEEKDAY ? 6 : field.to;
  if (range === '*' || range === '?') return [field.from, last];

  const ends = range.split('-').map((word) => numberOf(word, field));
  const [from, to] = ends;
  if (ends.length > 2 || ends.includes(undefined) || from === undefined) return undefined;
  return [from, to ?? (hasStep ? Math.max(from, last) : from)];
}

function numberOf(word: string, { from, to, names = [] }: Field): number | undefined {
  const lower = word.toLowerCase();
  const named = names.findIndex((name) => name === lower || name.slice(0, 3) === lower);
  if (named >= 0) return from + named;
  if (!/^\d{1,2}$/.test(word)) return undefined;
  const number = Number(word);
  return number >= from && number <= to ? number : undefined;
}

/** The numbers from one end to the other, over the end of the field if need be: `FRI-MON`, `22-2`. */
function* wrappingRange(from: number, to: number, by: number, field: Field): Generator<number> {
  const size = (field === WEEKDAY ? 6 : field.to) - field.from + 1;
  const end = to >= from ? to : to + size;
  for (let number = from; number <= end; number += by) {
    yield number > field.to ? number - size : number;
  }
}

/** Every combination of date and weekday comes back within 40 years, the one a century drops included. */
const SEARCH_YEARS = 40;

/** The dates on which the job is due, from one date on, forward or back. */
function* datesOf(cron: Cron, first: Temporal.PlainDate, direction: 1 | -1): Generator<Temporal.PlainDate> {
  const horizon = first.add({ years: direction * SEARCH_YEARS });
  let date = first;
  while (Temporal.PlainDate.compare(date, horizon) * direction < 0) {
    if (!cron.months.has(date.month)) {
      date =
        direction === 1
          ? date.with({ day: 1 }).add({ months: 1 })
          : date.with({ day: 1 }).subtract({ days: 1 });
      continue;
    }
    if (isDueOn(cron, date)) yield date;
    date = date.add({ days: direction });
  }
}

function isDueOn({ days, weekdays, eitherDay }: Cron, { day, dayOfWeek }: Temporal.PlainDate): boolean {
  return eitherDay ? days.has(day) || weekdays.has(dayOfWeek) : days.has(day) && weekdays.has(dayOfWeek);
}

/** The instants of one date, in order, once each. */
function runsOn(date: Temporal.PlainDate, { hours, minutes }: Cron, zone: string): number[] {
  const midnight = date.toZonedDateTime(zone);
  if (midnight.hour === 0 && midnight.hoursInDay === 24) {
    // A day like most: no need to ask the zone about every minute of it.
    const start = midnight.epochMilliseconds;
    return hours.flatMap((hour) => minutes.map((minute) => start + (hour * 60 + minute) * 60_000));
  }
  const instants = hours.flatMap((hour) =>
    minutes.map(
      (minute) =>
        date.toPlainDateTime({ hour, minute }).toZonedDateTime(zone, { disambiguation: 'compatible' })
          .epochMilliseconds,
    ),
  );
  return [...new Set(instants)].sort((a, b) => a - b);
}

function dateAt(now: Date, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
}
