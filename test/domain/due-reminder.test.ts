import { describe, expect, test } from '@jest/globals';
import type { ReminderStep } from '../../src/domain/reminder.ts';
import { escalationTarget, type PlannedStep, roundOf } from '../../src/domain/due-reminder.ts';
import type { Ranked } from '../../src/domain/worst-first.ts';
import { anAccount, aVerdict } from '../support/builders.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';

const later = new Date('2026-11-30T09:00Z');
const remind: ReminderStep = { kind: 'remind' };
const escalate: ReminderStep = { kind: 'escalate' };
const told: ReminderStep = { kind: 'wait', until: later, because: 'cadence', next: 'remind' };
const aboutToEscalate: ReminderStep = { kind: 'wait', until: later, because: 'cadence', next: 'escalate' };
const inGrace: ReminderStep = { kind: 'wait', until: later, because: 'grace', next: 'remind' };
const snoozed: ReminderStep = { kind: 'wait', until: later, because: 'snoozed', next: 'remind' };
const exempt: ReminderStep = { kind: 'wait', until: null, because: 'exempt' };

const planned = (
  name: string,
  step: ReminderStep,
  over: Partial<Omit<PlannedStep<Ranked>, 'account'>> & { verdict?: Ranked['verdict'] } = {},
): PlannedStep<Ranked> => ({
  account: {
    ...anAccount({ name }),
    standing: 'unmet',
    verdict: over.verdict ?? aVerdict(),
    unmetSince: new Date('2026-11-02'),
  },
  owner: ANA,
  escalatesTo: null,
  step,
  ...over,
});
const names = (accounts: readonly Ranked[] = []) => accounts.map(({ name }) => name);

describe('one message to one person', () => {
  test('lists what is due and what they know of, worst first, and counts for all of it', () => {
    const app = aVerdict({ mfa: 'virtual', level1: 'pass' });

    const { nudges } = roundOf([
      planned('b-app', told, { verdict: app }),
      planned('c-none', told),
      planned('a-none', remind),
    ]);

    expect(nudges).toHaveLength(1);
    expect(names(nudges[0]?.accounts)).toEqual(['a-none', 'c-none', 'b-app']);
    expect(names(nudges[0]?.counted)).toEqual(['a-none', 'c-none', 'b-app']);
  });

  test('leaves out what is in its grace, snoozed or exempt', () => {
    const { nudges } = roundOf([
      planned('due', remind),
      planned('new', inGrace),
      planned('later', snoozed),
      planned('exempt', exempt),
    ]);

    expect(names(nudges[0]?.accounts)).toEqual(['due']);
  });

  test('does not put off an escalation by listing the account once more', () => {
    const { nudges } = roundOf([planned('due', remind), planned('ignored', aboutToEscalate)]);

    expect(names(nudges[0]?.accounts)).toEqual(['due', 'ignored']);
    expect(names(nudges[0]?.counted)).toEqual(['due']);
  });

  test('is not written when nothing is due', () => {
    expect(roundOf([planned('a', told), planned('b', inGrace)]).nudges).toEqual([]);
  });

  test('holds their own accounts, those of others and their key together', () => {
    const { nudges } = roundOf(
      [planned('sams', remind, { owner: SAM }), planned('bens', escalate, { owner: BEN, escalatesTo: SAM })],
      [{ to: SAM, requestId: 'request-1' }],
    );

    expect(nudges).toHaveLength(1);
    expect(nudges[0]).toMatchObject({ to: SAM, requests: ['request-1'] });
    expect(names(nudges[0]?.accounts)).toEqual(['sams']);
    expect(names(nudges[0]?.escalated)).toEqual(['bens']);
  });

  test('may ask for nothing but a key', () => {
    expect(roundOf([], [{ to: ANA, requestId: 'request-1' }]).nudges).toEqual([
      { to: ANA, accounts: [], counted: [], escalated: [], requests: ['request-1'] },
    ]);
  });
});

test('without a backup the channel hears, and the owner is not written to once more', () => {
  const round = roundOf([planned('ignored', escalate)]);

  expect(names(round.toChannel)).toEqual(['ignored']);
  expect(round.nudges).toEqual([]);
});

test('nobody is their own backup', () => {
  expect(escalationTarget(ANA, SAM)).toBe(SAM);
  expect(escalationTarget(SAM, SAM)).toBeNull();
  expect(escalationTarget(ANA, null)).toBeNull();
});
