import { describe, expect, test } from '@jest/globals';
import {
  countTarget,
  daysUntil,
  nextTargetOf,
  reminderPolicyUntil,
  type Target,
  type TargetAccount,
  targetProgress,
} from '../../src/domain/target.ts';
import { anAccountView } from '../support/account-views.ts';
import { aVerdict } from '../support/builders.ts';

const ZONE = 'Europe/Berlin';
/** 18 weeks and two days before the end of March. */
const NOW = new Date('2026-11-23T09:00+01:00');

const productionOnHardware: Target = {
  name: 'Production on hardware',
  match: { accounts: [], orgUnits: ['/Production/**'], tags: {} },
  level: 2,
  by: '2027-03-31',
};

const onHardware = (overrides: Parameters<typeof anAccountView>[0] = {}): TargetAccount =>
  anAccountView({ compliance: 'compliant', level1: 'pass', level2: 'pass', ...overrides });
const withApp = (overrides: Parameters<typeof anAccountView>[0] = {}): TargetAccount =>
  anAccountView({ level1: 'pass', level2: 'fail', ...overrides });

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const progress = (
  accounts: readonly TargetAccount[],
  { target = productionOnHardware, samples = [] as readonly { at: Date; done: number }[], now = NOW } = {},
) =>
  targetProgress(target, countTarget(target, accounts), {
    samples: samples.map((sample) => ({ total: 61, ...sample })),
    zone: ZONE,
    now,
  });

test('14 of 61 to go by the end of March: one a week is needed', () => {
  const result = progress([...times(47, onHardware()), ...times(14, withApp())]);

  expect(result).toMatchObject({ state: 'open', total: 61, done: 47, toGo: 14, daysLeft: 128 });
  expect(result.neededPerWeek).toBe(1);
});

describe('the pace is what digests of the last four weeks reported', () => {
  const monday = (weeksAgo: number, done: number) => ({
    at: new Date(NOW.getTime() - weeksAgo * 7 * 24 * 60 * 60_000),
    done,
  });

  test.each([
    ['six more in four weeks', [monday(4, 41), monday(2, 44), monday(0, 47)], 1.5],
    ['what was done before does not count', [monday(9, 1), monday(4, 41), monday(0, 47)], 1.5],
    ['a week without a digest', [monday(3, 44), monday(0, 47)], 1],
    [
      'a digest that came hours late',
      [{ ...monday(1, 45), at: new Date('2026-11-16T15:00Z') }, monday(0, 47)],
      2,
    ],
    ['accounts that fell back', [monday(1, 48), monday(0, 47)], 0],
    ['one digest tells no pace', [monday(0, 47)], null],
    ['none tells none', [], null],
  ])('%s', (_, samples, expected) => {
    expect(progress([withApp()], { samples }).achievedPerWeek).toBe(expected);
  });
});

describe('what an account counts as', () => {
  const noRootSignIn = anAccountView({
    compliance: 'not_applicable',
    level1: 'not_applicable',
    level2: 'not_applicable',
    account: { verdict: aVerdict({ mfa: 'no_credentials' }) },
  });
  const china = anAccountView({
    level1: 'not_applicable',
    level2: 'not_applicable',
    account: { verdict: aVerdict({ mfa: 'not_applicable' }) },
  });
  const unread = anAccountView({ compliance: 'unknown', level1: 'unknown', level2: 'unknown' });

  test.each([
    ['no root sign-in at all is done', noRootSignIn, { total: 1, done: 1, toGo: 0 }],
    ['no root user that could sign in is left out', china, { total: 0, toGo: 0 }],
    ['another org unit is left out', withApp({ account: { orgUnit: '/Sandbox' } }), { total: 0 }],
    [
      'an unread org unit is counted apart',
      withApp({ account: { orgUnit: null } }),
      { total: 0, unplaced: 1 },
    ],
    ['an account that could not be checked is to go', unread, { toGo: 1, unknown: 1 }],
    ['an exempt one is to go', withApp({ compliance: 'exempt' }), { toGo: 1, exempt: 1 }],
    [
      'one that policy is content with is to go',
      withApp({ compliance: 'compliant' }),
      { toGo: 1, notRequired: 1 },
    ],
  ])('%s', (_, account, expected) => expect(progress([account])).toMatchObject(expected));

  test('root credentials of the management account cannot be removed, so that it is left out', () => {
    const target: Target = {
      name: 'No root credentials',
      match: { accounts: [], orgUnits: [], tags: {} },
      rootCredentials: 'forbidden',
      by: '2027-03-31',
    };
    const accounts = [
      anAccountView({ rootCredentials: 'present', account: { managementAccount: true } }),
      anAccountView({ rootCredentials: 'present' }),
      anAccountView({ rootCredentials: 'absent', compliance: 'compliant' }),
    ];

    expect(progress(accounts, { target })).toMatchObject({ total: 2, done: 1, toGo: 1 });
  });
});

describe('the state of a target', () => {
  const on = (now: string) => ({ now: new Date(now) });

  test.each([
    ['the last day counts', [withApp()], on('2027-03-31T23:59+02:00'), 'open'],
    ['the day after it is overdue', [withApp()], on('2027-04-01T00:00+02:00'), 'overdue'],
    ['reached is reached, however late', [onHardware()], on('2027-06-01T00:00+02:00'), 'reached'],
    ['no account matches', [], {}, 'empty'],
  ])('%s', (_, accounts, options, expected) => expect(progress(accounts, options).state).toBe(expected));

  test('in the last week a number per week would say nothing', () => {
    const result = progress([withApp()], on('2027-03-27T09:00+01:00'));

    expect(result).toMatchObject({ daysLeft: 4, neededPerWeek: null });
  });
});

describe('an account of several targets goes by', () => {
  const base = { match: { accounts: [], orgUnits: [], tags: {} } };
  const anyMfa: Target = { ...base, name: 'Any MFA', level: 1, by: '2026-12-31' };
  const hardware: Target = { ...base, name: 'Hardware', level: 2, by: '2026-12-31' };
  const noCredentials: Target = { ...base, name: 'No root', rootCredentials: 'forbidden', by: '2027-06-30' };
  const targets = [noCredentials, anyMfa, hardware];

  test.each([
    ['the strictest of the earliest day', anAccountView(), 'Hardware'],
    ['the next one that it has not reached', onHardware({ rootCredentials: 'present' }), 'No root'],
    ['none once it has reached all', onHardware({ rootCredentials: 'absent' }), undefined],
  ])('%s', (_, account, expected) => expect(nextTargetOf(targets, account)?.name).toBe(expected));
});

describe('as the day nears', () => {
  const policy = {
    mode: 'on',
    pilot: [],
    respectAway: true,
    workingHours: '09:00-17:00',
    graceDays: 2,
    everyDays: 7,
    escalateAfter: 3,
    snoozeDays: 7,
    maxSnoozes: 2,
  } as const;

  test.each([
    [90, { everyDays: 7, snoozeDays: 7, escalateAfter: 3 }],
    [28, { everyDays: 4, snoozeDays: 7, escalateAfter: 3 }],
    [5, { everyDays: 2, snoozeDays: 5, escalateAfter: 3 }],
    [0, { everyDays: 2, snoozeDays: 1, escalateAfter: 3 }],
    [-1, { everyDays: 2, snoozeDays: 1, escalateAfter: 1 }],
  ])('with %i days left', (daysLeft, expected) => {
    expect(reminderPolicyUntil(policy, daysLeft)).toMatchObject(expected);
  });
});

test('the days left are those of the company’s calendar, over a change of clocks too', () => {
  expect(daysUntil({ by: '2027-03-31' }, ZONE, new Date('2027-03-27T23:30+01:00'))).toBe(4);
  expect(daysUntil({ by: '2027-03-31' }, ZONE, new Date('2027-03-28T00:30+01:00'))).toBe(3);
});
