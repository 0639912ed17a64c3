import { describe, expect, test } from '@jest/globals';
import { daysAfter } from '../../src/domain/calendar.ts';
import { type FollowUpRecipients, nextFollowUp, reminderPauseEnd } from '../../src/domain/token-follow-up.ts';
import {
  markFollowedUp,
  markRequestEscalated,
  type OpenTokenRequest,
} from '../../src/domain/token-request.ts';
import { anAddressee } from '../support/reminders.ts';
import {
  anApprovedTokenRequest,
  aPendingTokenRequest,
  aReceivedTokenRequest,
  aShippedTokenRequest,
} from '../support/token-requests.ts';

const policy = { workingHours: '09:00-17:00', respectAway: true, decideWithinDays: 3 };
/** A morning of November 2026 in Berlin; requests are made and moved on Monday the 2nd. */
const nov = (day: number, time = '09:00') =>
  new Date(`2026-11-${String(day).padStart(2, '0')}T${time}+01:00`);
const step = (request: OpenTokenRequest, now: Date, recipients: Partial<FollowUpRecipients> = {}) =>
  nextFollowUp(request, { approvers: anAddressee(), owner: anAddressee(), ...recipients }, policy, now);

/** The days of November on which something is asked, and what. */
function askDays(request: OpenTokenRequest): string[] {
  const days: string[] = [];
  let open = request;
  for (let day = 2; day <= 30; day += 1) {
    const now = nov(day, '10:00');
    const { kind } = step(open, now);
    if (kind === 'wait') continue;
    days.push(`${day} ${kind}`);
    open = kind === 'escalate' ? markRequestEscalated(open, now) : markFollowedUp(open, now);
  }
  return days;
}

describe('a request that no one acts on', () => {
  test('is put before its approvers less and less often, and taken further after three business days', () => {
    expect(askDays(aPendingTokenRequest())).toEqual([
      '3 ask-approvers',
      '5 escalate',
      '6 ask-approvers',
      '12 ask-approvers',
      '24 ask-approvers',
    ]);
  });

  test('waits to be sent', () => {
    expect(step(anApprovedTokenRequest(), nov(3))).toEqual({ kind: 'wait', until: nov(4) });
    expect(step(anApprovedTokenRequest(), nov(4))).toEqual({ kind: 'ask-approvers', to: 'ship' });
    expect(askDays(anApprovedTokenRequest())).toEqual([
      '4 ask-approvers',
      '10 ask-approvers',
      '20 ask-approvers',
    ]);
  });

  test('is its owner’s to confirm, once it was sent', () => {
    expect(step(aShippedTokenRequest(), nov(5))).toEqual({ kind: 'wait', until: nov(6) });
    expect(step(aShippedTokenRequest(), nov(6))).toEqual({ kind: 'ask-owner', to: 'confirm-receipt' });
  });

  test('is asked about on the day after its parcel should have arrived, and then as usual', () => {
    const expectedOn = (day: string) => ({ ...aShippedTokenRequest(), expectedOn: day });

    expect(askDays(expectedOn('2026-11-18'))).toEqual(['19 ask-owner']);
    expect(askDays(expectedOn('2026-11-03'))).toEqual(['4 ask-owner', '16 ask-owner', '30 ask-owner']);
    expect(step(expectedOn('2026-11-06'), nov(6, '16:00'))).toEqual({ kind: 'wait', until: nov(9) });
  });

  test('is its owner’s to enrol, once it has come', () => {
    expect(step(aReceivedTokenRequest(), nov(5))).toEqual({ kind: 'ask-owner', to: 'enrol' });
    expect(askDays(aReceivedTokenRequest())).toEqual(['5 ask-owner', '13 ask-owner', '27 ask-owner']);
  });

  test('makes its approvers find an owner when the one it has can no longer be reached', () => {
    for (const request of [aPendingTokenRequest(), anApprovedTokenRequest(), aShippedTokenRequest()]) {
      expect(step({ ...request, escalatedAt: nov(3) }, nov(6), { owner: null })).toEqual({
        kind: 'ask-approvers',
        to: 'find-owner',
      });
    }
  });
});

describe('a chase', () => {
  test('counts as a reminder: in working hours, once a day, not while they are away', () => {
    const owner = (over: Parameters<typeof anAddressee>[0]) => ({ owner: anAddressee(over) });

    expect(step(aReceivedTokenRequest(), nov(5, '18:00'))).toEqual({ kind: 'wait', until: nov(6) });
    expect(step(aReceivedTokenRequest(), nov(5), owner({ lastContactedAt: nov(5, '09:00') }))).toEqual({
      kind: 'wait',
      until: nov(6),
    });
    expect(step(aReceivedTokenRequest(), nov(5), owner({ awayUntil: nov(11, '09:00') }))).toEqual({
      kind: 'wait',
      until: nov(11),
    });
  });

  test('names when it is time to escalate, if that comes first', () => {
    const asksOn = markFollowedUp(markFollowedUp(aPendingTokenRequest(), nov(4)), nov(4));

    expect(step(asksOn, nov(4, '12:00'))).toEqual({ kind: 'wait', until: nov(5) });
  });

  test('escalates once', () => {
    expect(step(aPendingTokenRequest(), nov(5))).toEqual({ kind: 'escalate' });
    expect(
      step(markFollowedUp(markRequestEscalated(aPendingTokenRequest(), nov(5)), nov(5)), nov(5)).kind,
    ).toBe('wait');
  });
});

describe('reminders about the accounts of a request', () => {
  const zone = 'Europe/Berlin';
  const now = new Date('2026-12-01T12:00Z');

  test('go on until it is approved', () => {
    expect(reminderPauseEnd(aPendingTokenRequest(), zone, now)).toBeNull();
  });

  test('are paused for two weeks after each step, and then come again', () => {
    const approved = anApprovedTokenRequest();
    const shipped = aShippedTokenRequest();

    expect(reminderPauseEnd(approved, zone, now)).toEqual(daysAfter(approved.decidedAt, 14, zone));
    expect(reminderPauseEnd(shipped, zone, now)).toEqual(daysAfter(shipped.shippedAt, 14, zone));
  });

  test('are paused until the day after a later delivery was asked about', () => {
    const shipped = { ...aShippedTokenRequest(), expectedOn: '2026-11-20' };

    expect(reminderPauseEnd(shipped, zone, now)).toEqual(new Date('2026-11-22T00:00+01:00'));
    expect(reminderPauseEnd({ ...shipped, expectedOn: '2026-11-04' }, zone, now)).toEqual(
      daysAfter(shipped.shippedAt, 14, zone),
    );
  });
});
