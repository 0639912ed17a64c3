import { describe, expect, test } from '@jest/globals';
import { type ChaseAddressees, nextChase } from '../../src/domain/token-follow-up.ts';
import { chased, escalated, type OpenTokenRequest } from '../../src/domain/token-request.ts';
import { anAddressee } from '../support/reminders.ts';
import { anApproved, aReceived, aRequested, aShipped } from '../support/token-requests.ts';

const policy = { workingHours: '09:00-17:00', respectAway: true, decideWithinDays: 3 };
/** A morning of November 2026 in Berlin; requests are made and moved on Monday the 2nd. */
const nov = (day: number, time = '09:00') =>
  new Date(`2026-11-${String(day).padStart(2, '0')}T${time}+01:00`);
const step = (request: OpenTokenRequest, now: Date, who: Partial<ChaseAddressees> = {}) =>
  nextChase(request, { approvers: anAddressee(), owner: anAddressee(), ...who }, policy, now);

/** The days of November on which something is asked, and what. */
function asked(request: OpenTokenRequest): string[] {
  const days: string[] = [];
  let open = request;
  for (let day = 2; day <= 30; day += 1) {
    const now = nov(day, '10:00');
    const { kind } = step(open, now);
    if (kind === 'wait') continue;
    days.push(`${day} ${kind}`);
    open = kind === 'escalate' ? escalated(open, now) : chased(open, now);
  }
  return days;
}

describe('a request that nobody moves', () => {
  test('is put before its approvers less and less often, and taken further after three business days', () => {
    expect(asked(aRequested())).toEqual([
      '3 ask-approvers',
      '5 escalate',
      '6 ask-approvers',
      '12 ask-approvers',
      '24 ask-approvers',
    ]);
  });

  test('waits to be sent', () => {
    expect(step(anApproved(), nov(3))).toEqual({ kind: 'wait', until: nov(4) });
    expect(step(anApproved(), nov(4))).toEqual({ kind: 'ask-approvers', to: 'ship' });
    expect(asked(anApproved())).toEqual(['4 ask-approvers', '10 ask-approvers', '20 ask-approvers']);
  });

  test('is its owner’s to confirm, once it was sent', () => {
    expect(step(aShipped(), nov(5))).toEqual({ kind: 'wait', until: nov(6) });
    expect(step(aShipped(), nov(6))).toEqual({ kind: 'ask-owner', to: 'confirm-receipt' });
  });

  test('is its owner’s to enrol, once it has come', () => {
    expect(step(aReceived(), nov(5))).toEqual({ kind: 'ask-owner', to: 'enrol' });
    expect(asked(aReceived())).toEqual(['5 ask-owner', '13 ask-owner', '27 ask-owner']);
  });

  test('goes back to the approvers when its owner can no longer be reached', () => {
    expect(step(aShipped(), nov(6), { owner: null })).toEqual({ kind: 'ask-approvers', to: 'ship' });
  });
});

describe('a chase', () => {
  test('is a nudge like any other: in working hours, once a day, not while they are away', () => {
    const owner = (over: Parameters<typeof anAddressee>[0]) => ({ owner: anAddressee(over) });

    expect(step(aReceived(), nov(5, '18:00'))).toEqual({ kind: 'wait', until: nov(6) });
    expect(step(aReceived(), nov(5), owner({ lastNudgedAt: nov(5, '09:00') }))).toEqual({
      kind: 'wait',
      until: nov(6),
    });
    expect(step(aReceived(), nov(5), owner({ awayUntil: nov(11, '09:00') }))).toEqual({
      kind: 'wait',
      until: nov(11),
    });
  });

  test('names when it is time to escalate, if that comes first', () => {
    const asksToday = chased(chased(aRequested(), nov(4)), nov(4));

    expect(step(asksToday, nov(4, '12:00'))).toEqual({ kind: 'wait', until: nov(5) });
  });

  test('escalates once', () => {
    expect(step(aRequested(), nov(5))).toEqual({ kind: 'escalate' });
    expect(step(chased(escalated(aRequested(), nov(5)), nov(5)), nov(5)).kind).toBe('wait');
  });
});
