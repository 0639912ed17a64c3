import { describe, expect, test } from '@jest/globals';
import { groupReminders, type PlannedStep } from '../../src/domain/due-reminder.ts';
import type { ReminderStep } from '../../src/domain/reminder.ts';
import type { Ranked } from '../../src/domain/worst-first.ts';
import { anAccount, aVerdict } from '../support/builders.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';

const later = new Date('2026-11-30T09:00Z');
const remind: ReminderStep = { kind: 'remind' };
const escalate: ReminderStep = { kind: 'escalate' };
const remindedRecently: ReminderStep = { kind: 'wait', until: later, reason: 'cadence', next: 'remind' };
const escalationDue: ReminderStep = { kind: 'wait', until: later, reason: 'cadence', next: 'escalate' };
const inGrace: ReminderStep = { kind: 'wait', until: later, reason: 'grace', next: 'remind' };
const snoozed: ReminderStep = { kind: 'wait', until: later, reason: 'snoozed', next: 'remind' };
const exempt: ReminderStep = { kind: 'wait', until: null, reason: 'exempt' };

const planned = (
  name: string,
  step: ReminderStep,
  over: Partial<Omit<PlannedStep<Ranked>, 'account'>> & { verdict?: Ranked['verdict'] } = {},
): PlannedStep<Ranked> => ({
  account: {
    ...anAccount({ name }),
    compliance: 'noncompliant',
    verdict: over.verdict ?? aVerdict(),
    noncompliantSince: new Date('2026-11-02'),
  },
  owner: ANA,
  escalatesTo: null,
  step,
  ...over,
});
const names = (accounts: readonly Ranked[] = []) => accounts.map(({ name }) => name);

describe('one message to one person', () => {
  test('lists what is due and what was reported before, worst first, and counts as a reminder for all of it', () => {
    const app = aVerdict({ mfa: 'virtual', level1: 'pass' });

    const { dueReminders } = groupReminders([
      planned('b-app', remindedRecently, { verdict: app }),
      planned('c-none', remindedRecently),
      planned('a-none', remind),
    ]);

    expect(dueReminders).toHaveLength(1);
    expect(names(dueReminders[0]?.accounts)).toEqual(['a-none', 'c-none', 'b-app']);
    expect(names(dueReminders[0]?.counted)).toEqual(['a-none', 'c-none', 'b-app']);
  });

  test('leaves out what is in its grace, snoozed or exempt', () => {
    const { dueReminders } = groupReminders([
      planned('due', remind),
      planned('new', inGrace),
      planned('later', snoozed),
      planned('exempt', exempt),
    ]);

    expect(names(dueReminders[0]?.accounts)).toEqual(['due']);
  });

  test('does not delay an escalation by listing the account again', () => {
    const { dueReminders } = groupReminders([planned('due', remind), planned('ignored', escalationDue)]);

    expect(names(dueReminders[0]?.accounts)).toEqual(['due', 'ignored']);
    expect(names(dueReminders[0]?.counted)).toEqual(['due']);
  });

  test('is not sent when nothing is due', () => {
    expect(groupReminders([planned('a', remindedRecently), planned('b', inGrace)]).dueReminders).toEqual([]);
  });

  test('holds their own accounts, those of others and their key together', () => {
    const { dueReminders } = groupReminders(
      [planned('sams', remind, { owner: SAM }), planned('bens', escalate, { owner: BEN, escalatesTo: SAM })],
      [{ to: SAM, requestId: 'request-1' }],
    );

    expect(dueReminders).toHaveLength(1);
    expect(dueReminders[0]).toMatchObject({ to: SAM, requests: ['request-1'] });
    expect(names(dueReminders[0]?.accounts)).toEqual(['sams']);
    expect(names(dueReminders[0]?.escalated)).toEqual(['bens']);
  });

  test('can be about a key only', () => {
    expect(groupReminders([], [{ to: ANA, requestId: 'request-1' }]).dueReminders).toEqual([
      { to: ANA, accounts: [], counted: [], escalated: [], requests: ['request-1'] },
    ]);
  });
});

test('without a backup the channel is notified, and the owner gets no further message', () => {
  const grouped = groupReminders([planned('ignored', escalate)]);

  expect(names(grouped.channelEscalations)).toEqual(['ignored']);
  expect(grouped.dueReminders).toEqual([]);
});
