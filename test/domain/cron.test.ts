import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { isCron, lastRunAt, nextRunAfter, parseCron } from '../../src/domain/cron.ts';

const at = (text: string) => new Date(text);

/** The runs from one instant on until another, by asking again and again for the next one. */
function runs(expression: string, zone: string, from: Date, to: Date): string[] {
  const cron = parseCron(expression);
  const found: string[] = [];
  for (let run = nextRunAfter(cron, zone, from); run && run <= to; run = nextRunAfter(cron, zone, run)) {
    found.push(run.toISOString());
  }
  return found;
}

describe('Monday at nine', () => {
  const mondayAtNine = parseCron('0 9 * * 1');

  test('was due last on Monday, all week', () => {
    const monday = at('2026-11-23T09:00:00Z');

    expect(lastRunAt(mondayAtNine, 'UTC', at('2026-11-23T09:00:00Z'))).toEqual(monday);
    expect(lastRunAt(mondayAtNine, 'UTC', at('2026-11-29T23:59:59Z'))).toEqual(monday);
    expect(lastRunAt(mondayAtNine, 'UTC', at('2026-11-23T08:59:59.999Z'))).toEqual(
      at('2026-11-16T09:00:00Z'),
    );
  });

  test('is due next a week later', () => {
    expect(nextRunAfter(mondayAtNine, 'UTC', at('2026-11-23T09:00:00Z'))).toEqual(at('2026-11-30T09:00:00Z'));
  });

  test.each([
    [
      'America/New_York',
      ['2026-03-02T14:00:00.000Z', '2026-03-09T13:00:00.000Z'],
      '2026-03-01',
      '2026-03-14',
    ],
    [
      'America/New_York',
      ['2026-10-26T13:00:00.000Z', '2026-11-02T14:00:00.000Z'],
      '2026-10-25',
      '2026-11-07',
    ],
    ['Europe/Berlin', ['2026-03-23T08:00:00.000Z', '2026-03-30T07:00:00.000Z'], '2026-03-22', '2026-04-04'],
    ['Europe/Berlin', ['2026-10-19T07:00:00.000Z', '2026-10-26T08:00:00.000Z'], '2026-10-18', '2026-10-31'],
    ['Africa/Cairo', ['2026-04-20T07:00:00.000Z', '2026-04-27T06:00:00.000Z'], '2026-04-19', '2026-05-02'],
    ['Africa/Cairo', ['2026-10-26T06:00:00.000Z', '2026-11-02T07:00:00.000Z'], '2026-10-25', '2026-11-07'],
  ])('stays at nine in %s when the clocks change', (zone, expected, from, to) => {
    expect(runs('0 9 * * 1', zone, at(from), at(to))).toEqual(expected);
  });
});

describe('a time that the clocks skip', () => {
  test.each([
    ['America/New_York', '30 2 * * *', '2026-03-08', '2026-03-08T03:30:00-04:00'],
    ['Europe/Berlin', '30 2 * * *', '2026-03-29', '2026-03-29T03:30:00+02:00'],
    ['Africa/Cairo', '0 0 * * *', '2026-04-24', '2026-04-24T01:00:00+03:00'],
  ])('is due an hour later in %s, once', (zone, expression, day, expected) => {
    const [from, to] = [at(`${day}T00:00:00Z`).getTime() - 43_200_000, at(`${day}T20:00:00Z`)];

    const found = runs(expression, zone, new Date(from), to);

    expect(found).toContain(at(expected).toISOString());
    expect(found).toHaveLength(1);
  });

  test('adds nothing to a run that is due at that time anyway', () => {
    const found = runs(
      '*/30 * * * *',
      'Europe/Berlin',
      at('2026-03-29T00:29:00Z'),
      at('2026-03-29T02:00:00Z'),
    );

    expect(found).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-29T02:00:00.000Z',
    ]);
  });
});

describe('a time that the clocks show twice', () => {
  test.each([
    ['America/New_York', '30 1 * * *', '2026-11-01', '2026-11-01T01:30:00-04:00'],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25', '2026-10-25T02:30:00+02:00'],
    ['Africa/Cairo', '30 23 * * *', '2026-10-29', '2026-10-29T23:30:00+03:00'],
  ])('is due the first time only in %s', (zone, expression, day, expected) => {
    const found = runs(expression, zone, at(`${day}T00:00:00Z`), at(`${day}T23:59:00Z`));

    expect(found).toEqual([at(expected).toISOString()]);
  });
});

describe('29 February', () => {
  test('comes every four years', () => {
    expect(runs('0 9 29 2 *', 'Europe/Berlin', at('2026-01-01'), at('2034-01-01'))).toEqual([
      '2028-02-29T08:00:00.000Z',
      '2032-02-29T08:00:00.000Z',
    ]);
  });

  test('is a day like others for a daily run', () => {
    expect(lastRunAt(parseCron('0 9 * * *'), 'UTC', at('2028-02-29T12:00:00Z'))).toEqual(
      at('2028-02-29T09:00:00Z'),
    );
  });

  test('is remembered over the century that leaves it out', () => {
    expect(lastRunAt(parseCron('0 9 29 2 *'), 'UTC', at('2103-06-01'))).toEqual(at('2096-02-29T09:00:00Z'));
  });
});

describe('an expression', () => {
  const AUGUST = [at('2026-07-31T23:59:59Z'), at('2026-08-31T23:59:59Z')] as const;
  const datesInAugust = (expression: string) =>
    runs(expression, 'UTC', ...AUGUST).map((run) => Number(run.slice(8, 10)));

  test.each([
    ['a list', '0 9 1,15,20 * *', [1, 15, 20]],
    ['a range', '0 9 10-12 * *', [10, 11, 12]],
    ['a step', '0 9 */10 * *', [1, 11, 21, 31]],
    ['a step in a range', '0 9 10-20/5 * *', [10, 15, 20]],
    ['a step from a day on', '0 9 20/5 * *', [20, 25, 30]],
    ['a weekday by name', '0 9 * * mon', [3, 10, 17, 24, 31]],
    ['a weekday by its whole name', '0 9 * aug Monday', [3, 10, 17, 24, 31]],
    ['Sunday as 0', '0 9 * * 0', [2, 9, 16, 23, 30]],
    ['Sunday as 7', '0 9 * * 7', [2, 9, 16, 23, 30]],
    ['a range to Sunday', '0 9 8-14 8 *', [8, 9, 10, 11, 12, 13, 14]],
    [
      'a range over the weekend',
      '0 9 * * FRI-MON',
      [1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 17, 21, 22, 23, 24, 28, 29, 30, 31],
    ],
    ['another month', '0 9 * JAN,feb *', []],
    ['day of month or day of week, when both are named', '0 9 13 * FRI', [7, 13, 14, 21, 28]],
    ['day of month and day of week, when one begins with a star', '0 9 */2 * MON', [3, 17, 31]],
  ])('may hold %s', (_what, expression, expected) => {
    expect(datesInAugust(expression)).toEqual(expected);
  });

  test('may run over midnight', () => {
    expect(runs('0 22-1 * * *', 'UTC', at('2026-08-01T12:00:00Z'), at('2026-08-02T12:00:00Z'))).toEqual([
      '2026-08-01T22:00:00.000Z',
      '2026-08-01T23:00:00.000Z',
      '2026-08-02T00:00:00.000Z',
      '2026-08-02T01:00:00.000Z',
    ]);
  });

  test.each([
    '',
    '0 9 * *',
    '0 0 9 * * 1',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    'a * * * *',
    '1--2 * * * *',
    '1-2-3 * * * *',
    '1, * * * *',
    '* * L * *',
    '* * * * MON#1',
    '-1 * * * *',
    '1.5 * * * *',
    '* * 31 2 *',
  ])('%j is none', (expression) => {
    expect(isCron(expression)).toBe(false);
  });

  test('that cannot be read is named with its field', () => {
    expect(() => parseCron('0 9 * * Funday')).toThrow(
      'Cannot read "0 9 * * Funday" as a schedule: "Funday" is no day of week',
    );
  });
});

describe('the walk over days finds what a walk over minutes finds', () => {
  const WINDOWS = [
    ['America/New_York', '2026-03-07T00:00Z'],
    ['America/New_York', '2026-10-31T00:00Z'],
    ['Europe/Berlin', '2026-03-28T00:00Z'],
    ['Europe/Berlin', '2026-10-24T00:00Z'],
    ['Africa/Cairo', '2026-04-23T00:00Z'],
    ['Africa/Cairo', '2026-10-29T00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T00:00Z'],
    ['UTC', '2028-02-28T00:00Z'],
  ] as const;
  const MINUTES = 60 * 60;

  /** A part of a field: text and what it matches, said apart from the code under test. */
  const part = (from: number, to: number) =>
    fc.oneof(
      fc.constant({ text: '*', fits: (_: number) => true }),
      fc.integer({ min: from, max: to }).map((n) => ({ text: String(n), fits: (x: number) => x === n })),
      fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to })).map(([a, b]) => ({
        text: `${a}-${b}`,
        fits: (x: number) => (a <= b ? a <= x && x <= b : x >= a || x <= b),
      })),
      fc
        .integer({ min: 1, max: 20 })
        .map((n) => ({ text: `*/${n}`, fits: (x: number) => (x - from) % n === 0 })),
    );
  const field = (from: number, to: number) =>
    fc.array(part(from, to), { minLength: 1, maxLength: 3 }).map((parts) => ({
      text: parts.map(({ text }) => text).join(','),
      fits: (x: number) => parts.some(({ fits }) => fits(x)),
    }));

  /** Every local minute of the window and when it is due: a skipped one later, a repeated one at first sight. */
  const minutesOf = (zone: string, from: string) => {
    const start = Date.parse(from);
    const seen = new Map<string, number>();
    let previous: Temporal.PlainDateTime | undefined;
    for (let n = 0; n < MINUTES; n += 1) {
      const instant = start + n * 60_000;
      const local = Temporal.Instant.fromEpochMilliseconds(instant)
        .toZonedDateTimeISO(zone)
        .toPlainDateTime();
      const expected = previous?.add({ minutes: 1 }) ?? local;
      for (let skipped = expected; Temporal.PlainDateTime.compare(skipped, local) < 0; ) {
        const shift = skipped.until(local).total('minutes');
        const into = expected.until(skipped).total('minutes');
        if (!seen.has(skipped.toString())) seen.set(skipped.toString(), instant + into * 60_000);
        skipped = skipped.add({ minutes: 1 });
        if (shift > 24 * 60) break;
      }
      if (!seen.has(local.toString())) seen.set(local.toString(), instant);
      previous = local;
    }
    return [...seen].map(([text, due]) => ({ local: Temporal.PlainDateTime.from(text), due }));
  };

  test.each(WINDOWS)('in %s around %s', (zone, from) => {
    const minutes = minutesOf(zone, from);
    const probe = fc
      .integer({ min: 0, max: MINUTES - 180 })
      .map((n) => new Date(Date.parse(from) + n * 60_000));

    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 31), probe, (minute, hour, day, now) => {
        const cron = parseCron(`${minute.text} ${hour.text} ${day.text} * *`);

        const [last, next] = [lastRunAt(cron, zone, now), nextRunAfter(cron, zone, now)];

        const brute = minutes
          .filter(({ local }) => minute.fits(local.minute) && hour.fits(local.hour) && day.fits(local.day))
          .map(({ due }) => due)
          .sort((a, b) => a - b);
        const [lastOf, nextOf] = [
          brute.findLast((due) => due <= now.getTime()),
          brute.find((due) => due > now.getTime()),
        ];
        if (lastOf !== undefined) expect(last).toEqual(new Date(lastOf));
        if (nextOf !== undefined) expect(next).toEqual(new Date(nextOf));
      }),
      { numRuns: 40 },
    );
  });
});
