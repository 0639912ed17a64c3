import { expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import type { OwnerAssignment } from '../../src/domain/owner-assignment.ts';
import { markProposalStep, nextProposalStep } from '../../src/domain/owner-proposal-follow-up.ts';
import { ANA, anAddressee, reminderPolicy, SAM } from '../support/reminders.ts';

/** A moment of November 2026 in Berlin; the 2nd is a Monday. */
const nov = (day: number, time = '10:00') =>
  new Date(`2026-11-${String(day).padStart(2, '0')}T${time}+01:00`);
const proposal: OwnerAssignment = {
  accountId: accountId('111122223333'),
  owner: ANA,
  identifier: 'ana@example.com',
  replaces: null,
  proposedBy: SAM,
  proposedAt: nov(2),
  note: null,
  confirmedAt: null,
  askedAgain: 0,
  askedAgainAt: null,
};
const step = (overrides: Partial<OwnerAssignment>, now: Date, recipient = anAddressee()) =>
  nextProposalStep(
    { ...proposal, ...overrides },
    recipient,
    { policy: reminderPolicy, zone: 'Europe/Berlin' },
    now,
  );

test('a person who does not answer is asked twice more, then the one who picked them is notified', () => {
  expect(step({}, nov(3))).toBe('wait');
  expect(step({}, nov(4))).toBe('ask-again');
  const once = markProposalStep(proposal, 'ask-again', nov(4));
  expect(step(once, nov(9))).toBe('wait');
  expect(step(once, nov(10))).toBe('ask-again');
  const twice = markProposalStep(once, 'ask-again', nov(10));
  expect(step(twice, nov(13))).toBe('wait');
  expect(step(twice, nov(16))).toBe('report-no-answer');
  expect(step(markProposalStep(twice, 'report-no-answer', nov(16)), nov(30))).toBe('wait');
});

test('a person is asked again in their own working hours, and not while they are away', () => {
  expect(step({}, nov(4, '20:00'))).toBe('wait');
  expect(step({}, nov(4), anAddressee({ awayUntil: nov(9) }))).toBe('wait');
});

test('where the person cannot be reached, the one who picked them is notified immediately', () => {
  const unreachable = (now: Date) =>
    nextProposalStep(proposal, null, { policy: reminderPolicy, zone: 'Europe/Berlin' }, now);

  expect(unreachable(nov(3))).toBe('wait');
  expect(unreachable(nov(4))).toBe('report-no-answer');
});

test('an answer ends it', () => {
  expect(step({ confirmedAt: nov(3) }, nov(30))).toBe('wait');
});
