import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { daysBetween, localDate } from '../../src/domain/calendar.ts';
import {
  daysWithoutAnswer,
  disown,
  escalationAudience,
  markEscalated,
  markHandedBack,
  markReminded,
  nextStep,
  type Reminder,
  type ReminderPolicy,
  type ReminderSituation,
  restartAfterRegression,
  snooze,
  withOwner,
} from '../../src/domain/reminder.ts';
import {
  ANA,
  anAddressee,
  aReminder,
  aSituation,
  BEN,
  reminderPolicy as policy,
} from '../support/reminders.ts';

/** A moment of November 2026 in Berlin; the 2nd is a Monday. */
const nov = (day: number, time = '09:00') =>
  new Date(`2026-11-${String(day).padStart(2, '0')}T${time}+01:00`);
const step = (reminder: Reminder, now: Date, over: Partial<ReminderSituation> = {}) =>
  nextStep(reminder, aSituation(over), policy, now);
const wait = (until: Date, reason: string, next = 'remind') => ({ kind: 'wait', until, reason, next });

describe('the first reminder', () => {
  test('comes after two business days of grace, in the morning', () => {
    const reminder = aReminder({ noncompliantSince: nov(2, '10:00') });

    expect(step(reminder, nov(3, '12:00'))).toEqual(wait(nov(4), 'grace'));
    expect(step(reminder, nov(4))).toEqual({ kind: 'remind' });
  });

  test('does not count the weekend', () => {
    const fromFriday = aReminder({ noncompliantSince: nov(6, '16:00') });

    expect(step(fromFriday, nov(9))).toEqual(wait(nov(10), 'grace'));
  });

  test('is immediate for removed MFA, if they are at work', () => {
    const lost = aReminder({ noncompliantSince: nov(3, '11:00'), regressed: true });

    expect(step(lost, nov(3, '11:00'))).toEqual({ kind: 'remind' });
    expect(step(lost, nov(3, '18:00'))).toEqual(wait(nov(4), 'working-hours'));
  });

  test('comes in the owner’s own morning', () => {
    const inTokyo = { owner: anAddressee({ timeZone: 'Asia/Tokyo' }) };

    expect(step(aReminder(), new Date('2026-11-03T20:00Z'), inTokyo)).toEqual(
      wait(new Date('2026-11-04T09:00+09:00'), 'working-hours'),
    );
  });
});

describe('the next one', () => {
  const remindedAt = aReminder({ timesSent: 1, lastSentAt: nov(4, '09:30') });

  test('comes a week later, and does not wander through the day', () => {
    expect(step(remindedAt, nov(10))).toEqual(wait(nov(11), 'cadence'));
    expect(step(remindedAt, nov(11))).toEqual({ kind: 'remind' });
  });

  test('never comes on a weekend', () => {
    const everyThreeDays = { ...policy, everyDays: 3 };

    expect(nextStep(remindedAt, aSituation(), everyThreeDays, nov(6))).toEqual(wait(nov(9), 'cadence'));
  });

  test('comes late rather than never, when the bot was down', () => {
    expect(step(remindedAt, nov(26, '15:00'))).toEqual({ kind: 'remind' });
  });
});

describe('no one is asked twice a day', () => {
  test('whatever the other thing was about', () => {
    const contacted = { owner: anAddressee({ lastContactedAt: nov(4, '09:00') }) };

    expect(step(aReminder(), nov(4, '16:00'), contacted)).toEqual(wait(nov(5), 'contacted-today'));
    expect(step(aReminder(), nov(5), contacted)).toEqual({ kind: 'remind' });
  });

  test('nor on the weekend instead', () => {
    const contacted = { owner: anAddressee({ lastContactedAt: nov(6, '16:00') }) };

    expect(step(aReminder(), nov(6, '16:30'), contacted)).toEqual(wait(nov(9), 'contacted-today'));
  });
});

describe('a person who is away', () => {
  const away = (until: Date) => ({ owner: anAddressee({ awayUntil: until }) });

  test('is left alone until they are back', () => {
    expect(step(aReminder(), nov(4), away(nov(9, '12:00')))).toEqual(wait(nov(9, '12:00'), 'away'));
    expect(step(aReminder(), nov(4), away(nov(7, '12:00')))).toEqual(wait(nov(9), 'away'));
  });

  test('is left alone for two weeks, not forever', () => {
    const forgotten = away(new Date('2030-01-01'));

    expect(step(aReminder(), nov(5), forgotten)).toEqual(wait(nov(18), 'away'));
    expect(step(aReminder(), nov(18), forgotten)).toEqual({ kind: 'remind' });
  });

  test('is reminded anyway where the company says so', () => {
    const regardless = { ...policy, respectAway: false };

    expect(nextStep(aReminder(), aSituation(away(nov(20))), regardless, nov(4))).toEqual({ kind: 'remind' });
  });
});

describe('no one is reminded of an account', () => {
  test.each([
    ['that is unknown', { compliance: 'unknown' }, 'unknown'],
    ['that is exempt', { compliance: 'exempt' }, 'exempt'],
    ['that is fixed', { compliance: 'compliant' }, 'settled'],
    ['that needs no MFA', { compliance: 'not_applicable' }, 'settled'],
    ['of an owner who cannot be reached', { owner: null }, 'no-owner'],
    ['that a policy keeps from being fixed', { fixBlocked: true }, 'fix-blocked'],
  ] as const)('%s', (_what, situation, reason) => {
    const overdue = aReminder({ timesSent: 9, lastSentAt: nov(4) });

    expect(step(overdue, nov(27), situation)).toEqual({ kind: 'wait', until: null, reason });
  });

  test('that they handed back', () => {
    const disowned = aReminder({ disowned: { by: ANA, at: nov(4), reason: 'sold' } });

    expect(step(disowned, nov(20))).toMatchObject({ kind: 'wait', reason: 'disowned' });
  });
});

describe('a key on its way', () => {
  const overdue = aReminder({ timesSent: 1, lastSentAt: nov(4) });

  test('pauses reminders until it should have arrived', () => {
    const situation = { keyExpectedBy: nov(18, '00:00') };

    expect(step(overdue, nov(12), situation)).toMatchObject({ until: nov(18), reason: 'token-request' });
    expect(step(overdue, nov(18), situation)).toEqual({ kind: 'remind' });
  });

  test('puts off an escalation likewise', () => {
    const ignored = aReminder({ timesSent: 3, lastSentAt: nov(4) });

    expect(step(ignored, nov(12), { keyExpectedBy: nov(18, '00:00') })).toMatchObject({
      reason: 'token-request',
      next: 'escalate',
    });
  });

  test('changes nothing where the next reminder is later anyway', () => {
    expect(step(overdue, nov(5), { keyExpectedBy: nov(6) })).toMatchObject({ reason: 'cadence' });
  });
});

describe('a recovery window', () => {
  const overdue = aReminder({ timesSent: 1, lastSentAt: nov(4) });
  const open = { recoveryEndsAt: nov(13, '12:00') };

  test('pauses reminders until it ends', () => {
    expect(step(overdue, nov(12), open)).toMatchObject({
      until: nov(13, '12:00'),
      reason: 'recovery-window',
      next: 'remind',
    });
    expect(step(overdue, nov(13, '12:00'), open)).toEqual({ kind: 'remind' });
  });

  test('pauses escalations likewise', () => {
    const ignored = aReminder({ timesSent: 3, lastSentAt: nov(4) });

    expect(step(ignored, nov(12), open)).toMatchObject({ reason: 'recovery-window', next: 'escalate' });
  });

  test('is the reason even where the next reminder is later, so that no other reminder lists the account', () => {
    const recent = aReminder({ timesSent: 1, lastSentAt: nov(11) });

    expect(step(recent, nov(12), open)).toMatchObject({ until: nov(18), reason: 'recovery-window' });
  });
});

describe('escalation', () => {
  const remindedThreeTimes = aReminder({ timesSent: 3, lastSentAt: nov(4) });

  test('comes where the fourth reminder would', () => {
    expect(step(remindedThreeTimes, nov(10))).toEqual(wait(nov(11), 'cadence', 'escalate'));
    expect(step(remindedThreeTimes, nov(11))).toEqual({ kind: 'escalate' });
  });

  test('goes to the channel, a week later to the manager, then to the channel again', () => {
    const channel = anAddressee();
    const contact = anAddressee();
    const audience = (escalations: number) => escalationAudience({ escalations }, { channel, contact });

    expect([0, 1, 2, 3].map(audience)).toEqual(['channel', 'contact', 'channel', 'channel']);
    const once = markEscalated(remindedThreeTimes, nov(11));
    expect(step(once, nov(12), { contact })).toEqual(wait(nov(18), 'cadence', 'escalate'));
    expect(step(once, nov(18), { contact })).toEqual({ kind: 'escalate' });
  });

  test('goes on every four weeks where no manager or backup is known', () => {
    const once = { ...markEscalated(remindedThreeTimes, nov(11)), lastSentAt: nov(30) };

    expect(step(once, nov(18))).toEqual(wait(new Date('2026-12-09T09:00+01:00'), 'cadence', 'escalate'));
    expect(step(once, new Date('2026-12-09T09:00+01:00'))).toEqual({ kind: 'escalate' });
  });

  test('does not end the reminders of the owner: they come every four weeks', () => {
    const once = markEscalated(remindedThreeTimes, nov(11));
    const december = (day: number) => new Date(`2026-12-${String(day).padStart(2, '0')}T09:00+01:00`);

    expect(step(once, nov(18))).toEqual(wait(december(2), 'cadence', 'remind'));
    expect(step(once, december(2))).toEqual({ kind: 'remind' });
    const reminded = markReminded(once, 'reminder', december(2));
    expect(step(reminded, december(3))).toEqual(wait(december(9), 'cadence', 'escalate'));
  });

  test('in a pilot without a contact leaves the owner with a reminder every four weeks', () => {
    expect(step(remindedThreeTimes, nov(11), { channel: null })).toEqual(
      wait(new Date('2026-12-02T09:00+01:00'), 'cadence', 'remind'),
    );
  });

  test('waits for the morning of the recipient, and for their next day', () => {
    const backup = anAddressee({
      timeZone: 'America/New_York',
      lastContactedAt: new Date('2026-11-11T09:00-05:00'),
    });

    expect(
      step(remindedThreeTimes, nov(11), { channel: anAddressee({ timeZone: 'America/New_York' }) }),
    ).toEqual(wait(new Date('2026-11-11T09:00-05:00'), 'working-hours', 'escalate'));
    expect(step(remindedThreeTimes, nov(11, '16:00'), { channel: backup })).toEqual(
      wait(new Date('2026-11-12T09:00-05:00'), 'contacted-today', 'escalate'),
    );
  });

  test('does not come while the owner snoozes', () => {
    const snoozed = { ...remindedThreeTimes, snoozedUntil: nov(18) };

    expect(step(snoozed, nov(12))).toEqual(wait(nov(18), 'snoozed', 'escalate'));
  });
});

describe('an owner who does not answer', () => {
  const january = (day: number) => new Date(`2027-01-${String(day).padStart(2, '0')}T09:00+01:00`);
  const reminded = markReminded(aReminder(), 'reminder', nov(4));
  const silence = (lastActionAt: Date | null, now: Date) =>
    daysWithoutAnswer(reminded, lastActionAt, 'Europe/Berlin', now);

  test('is reported after eight weeks', () => {
    expect(silence(null, new Date('2026-12-29T09:00+01:00'))).toBeNull();
    expect(silence(null, new Date('2026-12-30T09:00+01:00'))).toBe(56);
    expect(silence(nov(2), january(6))).toBe(63);
  });

  test('is not reported while they answer, or before the first reminder', () => {
    expect(silence(nov(20), january(6))).toBeNull();
    expect(daysWithoutAnswer(aReminder(), null, 'Europe/Berlin', january(6))).toBeNull();
  });
});

describe('a snooze', () => {
  const remindedAt = aReminder({ timesSent: 1, lastSentAt: nov(4) });
  const snoozeAt = (reminder: Reminder, now: Date, by = ANA) =>
    snooze(reminder, by, policy, 'Europe/Berlin', now);

  test('lasts a week and names the day it ends', () => {
    const outcome = snoozeAt(remindedAt, nov(5, '15:00'));

    expect(outcome).toMatchObject({ kind: 'snoozed', until: nov(12), snoozesLeft: 1 });
    const { reminder } = outcome as Extract<typeof outcome, { kind: 'snoozed' }>;
    expect(step(reminder, nov(11))).toEqual(wait(nov(12), 'snoozed'));
    expect(step(reminder, nov(12))).toEqual({ kind: 'remind' });
  });

  test('that would end on a weekend ends on Monday', () => {
    expect(snoozeAt(remindedAt, nov(7))).toMatchObject({ until: nov(16) });
  });

  test('is not counted twice when the button is pressed twice', () => {
    const snoozed = aReminder({ snoozes: 1, snoozedUntil: nov(12) });

    expect(snoozeAt(snoozed, nov(5))).toEqual({ kind: 'already-snoozed', until: nov(12) });
  });

  test('is to be had twice, not more often', () => {
    expect(snoozeAt(aReminder({ snoozes: 2 }), nov(5))).toEqual({ kind: 'no-snoozes-left', maxSnoozes: 2 });
  });

  test('is the owner’s alone', () => {
    expect(snoozeAt(remindedAt, nov(5), BEN)).toEqual({ kind: 'not-yours' });
  });
});

describe('This is not mine', () => {
  test('hands the account back with a reason', () => {
    expect(disown(aReminder(), ANA, ' sold in spring ', nov(4))).toMatchObject({
      kind: 'disowned',
      reminder: { disowned: { by: ANA, at: nov(4), reason: 'sold in spring' } },
    });
  });

  test('needs a reason, the owner, and once', () => {
    const handedBackAlready = aReminder({ disowned: { by: ANA, at: nov(4), reason: 'sold' } });

    expect(disown(aReminder(), ANA, ' ', nov(4)).kind).toBe('no-reason');
    expect(disown(aReminder(), BEN, 'sold', nov(4)).kind).toBe('not-yours');
    expect(disown(handedBackAlready, ANA, 'sold', nov(4)).kind).toBe('already-disowned');
  });

  test('is over with the next owner, who starts over', () => {
    const disowned = aReminder({
      timesSent: 3,
      snoozes: 2,
      lastSentAt: nov(4),
      disowned: { by: ANA, at: nov(4), reason: 'sold' },
    });

    const theirs = withOwner(disowned, BEN, nov(5, '12:00'));

    expect(theirs).toMatchObject({
      owner: BEN,
      timesSent: 0,
      snoozes: 0,
      disowned: null,
      noncompliantSince: nov(2, '10:00'),
    });
    expect(step(theirs, nov(6))).toEqual(wait(nov(9), 'grace'));
    expect(withOwner(disowned, ANA, nov(5))).toBe(disowned);
  });

  test('is over when an admin hands it over again, not without grace', () => {
    const disowned = aReminder({ disowned: { by: ANA, at: nov(4), reason: 'sold' } });

    expect(step(markHandedBack(disowned, nov(9)), nov(10))).toEqual(wait(nov(11), 'grace'));
  });
});

test('what was sent while the clock was a year ahead does not silence the bot', () => {
  const nextYear = new Date('2027-11-04T10:00Z');
  const contacted = { owner: { timeZone: 'Europe/London', awayUntil: null, lastContactedAt: nextYear } };

  expect(step(aReminder({ timesSent: 1, lastSentAt: nextYear }), nov(10, '10:00'), contacted)).toEqual({
    kind: 'remind',
  });
  expect(step(aReminder({ graceStartsAt: nextYear }), nov(10, '10:00'))).toEqual({ kind: 'remind' });
});

test('an account whose MFA is removed while it is snoozed starts over immediately', () => {
  const snoozed = aReminder({ timesSent: 2, lastSentAt: nov(4), snoozedUntil: nov(12), snoozes: 1 });

  const worse = restartAfterRegression(snoozed, nov(5, '10:00'));

  expect(step(worse, nov(5, '10:00'))).toEqual({ kind: 'remind' });
  expect(worse).toMatchObject({ timesSent: 0, snoozes: 0, noncompliantSince: nov(2, '10:00') });
});

describe('whatever happens', () => {
  const HOUR = 3_600_000;
  const start = nov(2, '00:00');
  const within = (days: number) =>
    fc.integer({ min: 0, max: days * 24 }).map((h) => new Date(start.getTime() + h * HOUR));
  const anyZone = fc.constantFrom(
    'America/New_York',
    'Europe/Berlin',
    'Africa/Cairo',
    'Asia/Tokyo',
    'Asia/Kolkata',
  );
  const anyPolicy: fc.Arbitrary<ReminderPolicy> = fc.record({
    workingHours: fc.constantFrom('09:00-17:00', '00:00-23:59', '22:00-22:30'),
    respectAway: fc.boolean(),
    graceDays: fc.integer({ min: 0, max: 5 }),
    everyDays: fc.integer({ min: 1, max: 9 }),
    escalateAfter: fc.integer({ min: 1, max: 3 }),
    snoozeDays: fc.integer({ min: 1, max: 7 }),
    maxSnoozes: fc.integer({ min: 0, max: 2 }),
  });
  const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const anyReminder = fc
    .record({
      noncompliantSince: within(5),
      regressed: fc.boolean(),
      timesSent: fc.integer({ min: 0, max: 4 }),
      lastSentAt: nullable(within(5)),
      snoozedUntil: nullable(within(20)),
      escalatedAt: nullable(within(5)),
    })
    .map((over) => aReminder({ ...over, graceStartsAt: over.noncompliantSince }));
  const anyAddressee = fc.record({
    timeZone: anyZone,
    awayUntil: nullable(within(60)),
    lastContactedAt: nullable(within(10)),
  });

  test('the moment that a wait names is the moment that something is done, and not before', () => {
    fc.assert(
      fc.property(
        anyReminder,
        anyAddressee,
        anyAddressee,
        anyPolicy,
        within(10),
        (reminder, owner, channel, somePolicy, now) => {
          const situation = aSituation({ owner, channel });
          const first = nextStep(reminder, situation, somePolicy, now);
          if (first.kind !== 'wait' || first.until === null) return;

          const justBefore = new Date(first.until.getTime() - 1);
          expect(nextStep(reminder, situation, somePolicy, first.until).kind).toBe(first.next);
          expect(nextStep(reminder, situation, somePolicy, justBefore).kind).toBe('wait');
        },
      ),
    );
  });

  test('no one gets more than one message a day or one out of hours, and everyone gets theirs', () => {
    fc.assert(
      fc.property(
        fc.array(anyReminder, { minLength: 1, maxLength: 5 }),
        anyZone,
        nullable(within(60)),
        fc.record({ ...EVERYDAY, everyDays: fc.integer({ min: 1, max: 9 }) }),
        fc.integer({ min: 0, max: 2 }),
        (reminders, timeZone, awayUntil, somePolicy, offset) => {
          const dueReminders: Date[] = [];
          let lastContactedAt: Date | null = null;
          let open = reminders.map(
            (reminder) => ({ ...reminder, timesSent: 0, escalatedAt: null }) as Reminder,
          );

          for (let now = new Date(start.getTime() + offset * HOUR); daysBetween(start, now, 'UTC') < 40; ) {
            const owner = { timeZone, awayUntil, lastContactedAt };
            const situation = aSituation({ owner, channel: owner });
            const steps = open.map((reminder) => nextStep(reminder, situation, somePolicy, now).kind);
            if (steps.some((kind) => kind !== 'wait')) {
              dueReminders.push(now);
              lastContactedAt = now;
              open = open.map((reminder, n) =>
                steps[n] === 'remind'
                  ? markReminded(reminder, 'letter', now)
                  : steps[n] === 'escalate'
                    ? markEscalated(reminder, now)
                    : reminder,
              );
            }
            now = new Date(now.getTime() + 3 * HOUR);
          }

          expect(new Set(dueReminders.map((at) => localDate(at, timeZone))).size).toBe(dueReminders.length);
          expect(dueReminders.length).toBeGreaterThan(0);
          for (const at of dueReminders) expect(isOfficeTime(at, timeZone)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});

const EVERYDAY = {
  workingHours: fc.constant('09:00-17:00'),
  respectAway: fc.boolean(),
  graceDays: fc.integer({ min: 0, max: 5 }),
  escalateAfter: fc.integer({ min: 1, max: 3 }),
  snoozeDays: fc.constant(7),
  maxSnoozes: fc.constant(2),
};

function isOfficeTime(at: Date, timeZone: string): boolean {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  const sentence = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
  const hour = Number(sentence['hour']);
  return sentence['weekday'] !== 'Sat' && sentence['weekday'] !== 'Sun' && hour >= 9 && hour < 17;
}
