import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  businessDaysAfter,
  daysAfter,
  daysBetween,
  endOfDate,
  isoWeek,
  localDate,
  nextWorkingMoment,
  timeZoneOrDefault,
  workingHours,
  yearAfter,
} from '../../src/domain/calendar.ts';

const OFFICE = workingHours('09:00-17:00');
const ZONES = ['America/New_York', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Kolkata', 'Pacific/Apia', 'UTC'];

const at = (text: string) => new Date(text);
const anInstant = fc.date({
  min: at('2024-01-01T00:00Z'),
  max: at('2029-12-31T00:00Z'),
  noInvalidDate: true,
});
const aZone = fc.constantFrom(...ZONES);

describe('the next working moment', () => {
  test('is now, while people work', () => {
    const tuesdayNoon = at('2026-11-24T12:00:00-05:00');

    expect(nextWorkingMoment(tuesdayNoon, 'America/New_York', OFFICE)).toEqual(tuesdayNoon);
  });

  test('is nine o’clock there, before work', () => {
    expect(nextWorkingMoment(at('2026-11-24T03:00:00Z'), 'Asia/Tokyo', OFFICE)).toEqual(
      at('2026-11-24T03:00:00Z'),
    );
    expect(nextWorkingMoment(at('2026-11-23T23:00:00Z'), 'Asia/Tokyo', OFFICE)).toEqual(
      at('2026-11-24T09:00:00+09:00'),
    );
  });

  test('is Monday, from Friday at five on', () => {
    expect(nextWorkingMoment(at('2026-11-27T17:00:00+01:00'), 'Europe/Berlin', OFFICE)).toEqual(
      at('2026-11-30T09:00:00+01:00'),
    );
  });

  test('is nine o’clock by the new clock, after the clocks changed over the weekend', () => {
    const next = (from: string, zone: string) => nextWorkingMoment(at(from), zone, OFFICE).toISOString();

    expect(next('2026-03-06T20:00:00-05:00', 'America/New_York')).toBe('2026-03-09T13:00:00.000Z');
    expect(next('2026-10-30T20:00:00-04:00', 'America/New_York')).toBe('2026-11-02T14:00:00.000Z');
    expect(next('2026-03-27T20:00:00+01:00', 'Europe/Berlin')).toBe('2026-03-30T07:00:00.000Z');
    expect(next('2026-10-23T20:00:00+02:00', 'Europe/Berlin')).toBe('2026-10-26T08:00:00.000Z');
    // Cairo changes its clocks at midnight, on a working day.
    expect(next('2026-04-23T20:00:00+02:00', 'Africa/Cairo')).toBe('2026-04-24T06:00:00.000Z');
  });

  test('skips hours that the clocks skip', () => {
    const midnights = workingHours('00:00-00:30');

    expect(nextWorkingMoment(at('2026-04-23T10:00:00+02:00'), 'Africa/Cairo', midnights)).toEqual(
      at('2026-04-24T01:00:00+03:00'),
    );
  });

  test('is always within working hours, and the earliest such time', () => {
    fc.assert(
      fc.property(anInstant, aZone, (instant, zone) => {
        const moment = nextWorkingMoment(instant, zone, OFFICE);

        const there = Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone);
        expect(there.dayOfWeek).toBeLessThanOrEqual(5);
        expect(there.hour).toBeGreaterThanOrEqual(9);
        expect(there.hour).toBeLessThan(17);
        expect(moment >= instant).toBe(true);
        expect(nextWorkingMoment(moment, zone, OFFICE)).toEqual(moment);
      }),
    );
  });
});

describe('business days', () => {
  test('count Monday to Friday', () => {
    const friday = at('2026-11-27T15:00:00Z');

    expect(businessDaysAfter(friday, 1, 'UTC')).toEqual(at('2026-11-30T00:00:00Z'));
    expect(businessDaysAfter(friday, 5, 'UTC')).toEqual(at('2026-12-04T00:00:00Z'));
  });

  test('begin with the day, in the zone', () => {
    const thursdayInNewYork = at('2026-11-27T02:00:00Z');

    expect(businessDaysAfter(thursdayInNewYork, 1, 'America/New_York')).toEqual(
      at('2026-11-27T00:00:00-05:00'),
    );
    expect(businessDaysAfter(thursdayInNewYork, 2, 'America/New_York')).toEqual(
      at('2026-11-30T00:00:00-05:00'),
    );
  });

  test('none after a Saturday is the Monday', () => {
    expect(businessDaysAfter(at('2026-11-28T12:00:00Z'), 0, 'UTC')).toEqual(at('2026-11-30T00:00:00Z'));
  });

  test('lead over 29 February', () => {
    expect(businessDaysAfter(at('2028-02-28T12:00:00Z'), 1, 'UTC')).toEqual(at('2028-02-29T00:00:00Z'));
    expect(daysBetween(at('2028-02-28T12:00:00Z'), at('2028-03-01T01:00:00Z'), 'UTC')).toBe(2);
  });

  test('added are the business days in between', () => {
    fc.assert(
      fc.property(anInstant, fc.integer({ min: 1, max: 60 }), aZone, (instant, days, zone) => {
        const last = daysBetween(instant, businessDaysAfter(instant, days, zone), zone);
        const later = Array.from({ length: last }, (_, n) =>
          localDate(daysAfter(instant, n + 1, zone), zone),
        );

        expect(later.filter((date) => ![0, 6].includes(new Date(date).getUTCDay()))).toHaveLength(days);
      }),
    );
  });
});

test('a week is named by ISO 8601, where people are', () => {
  expect(isoWeek(at('2026-11-24T09:00:00Z'), 'UTC')).toBe('2026-W48');
  expect(isoWeek(at('2027-01-03T12:00:00Z'), 'UTC')).toBe('2026-W53');
  expect(isoWeek(at('2025-12-29T12:00:00Z'), 'UTC')).toBe('2026-W01');
  // Monday morning in Auckland is still Sunday in London.
  expect(isoWeek(at('2026-11-22T20:00:00Z'), 'Pacific/Auckland')).toBe('2026-W48');
  expect(isoWeek(at('2026-11-22T20:00:00Z'), 'Europe/London')).toBe('2026-W47');
});

test('the date is the one on the wall there', () => {
  expect(localDate(at('2026-11-24T20:00:00Z'), 'Asia/Tokyo')).toBe('2026-11-25');
});

test('a date ends where the next one begins, even if that is at one in the morning', () => {
  expect(endOfDate('2026-04-23', 'Africa/Cairo')).toEqual(at('2026-04-24T01:00:00+03:00'));
  expect(endOfDate('2028-02-29', 'UTC')).toEqual(at('2028-03-01T00:00:00Z'));
});

test.each(['2026-02-29', '2026-13-01', 'tomorrow', '', '2026-1-1', '2026-11-24T10:00'])(
  '%j is no date',
  (text) => {
    expect(endOfDate(text, 'UTC')).toBeUndefined();
  },
);

test('a year after 29 February is the 28th', () => {
  expect(yearAfter(at('2028-02-29T10:00:00Z'), 'UTC')).toEqual(at('2029-02-28T10:00:00Z'));
});

test.each([null, undefined, '', 'Moon/Base', '<!channel>', 'Europe/Berlin]['])(
  'a person whose zone is %j gets the company’s',
  (zone) => {
    expect(timeZoneOrDefault(zone, 'Europe/Paris')).toBe('Europe/Paris');
  },
);

test('working hours end after they begin', () => {
  expect(workingHours('08:30-16:45')).toEqual({ from: '08:30', to: '16:45' });
  expect(() => workingHours('17:00-09:00')).toThrow(RangeError);
  expect(() => workingHours('9-17')).toThrow('expected "09:00-17:00"');
});

test('the day on the wall is the one that Temporal names, in every zone and also where clocks change at midnight', () => {
  const zones = [...Intl.supportedValuesOf('timeZone')];

  fc.assert(
    fc.property(anInstant, fc.constantFrom(...zones), (instant, zone) => {
      const there = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
      const tomorrow = there.toPlainDate().add({ days: 1 });

      expect(localDate(instant, zone)).toBe(there.toPlainDate().toString());
      expect(daysAfter(instant, 1, zone).getTime()).toBe(tomorrow.toZonedDateTime(zone).epochMilliseconds);
    }),
    { numRuns: 2_000 },
  );
});
