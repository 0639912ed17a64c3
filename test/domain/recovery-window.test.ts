import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import { slackUserId } from '../../src/domain/person.ts';
import {
  declineRecovery,
  endRecovery,
  findRecoveryFormProblem,
  type GrantedRecovery,
  grantRecovery,
  isEndDue,
  type RequestedRecovery,
  recoveryCovers,
  recoveryStepAfterCheck,
} from '../../src/domain/recovery-window.ts';
import { expectKind } from '../support/token-requests.ts';

const at = (time: string) => new Date(`2026-11-24T${time}:00Z`);
const ana = { id: slackUserId('U03ANA'), admin: false };
const ben = { id: slackUserId('U04BEN'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };

const request: RequestedRecovery = {
  id: 'w1',
  accountId: accountId('111122223333'),
  state: 'asked',
  askedBy: ana.id,
  askedAt: at('09:00'),
  reason: 'Unlock a bucket',
  ticket: 'SEC-7',
  endsAt: at('13:00'),
};
const granted = (hasCredentials = false): GrantedRecovery =>
  expectKind(grantRecovery(request, sam, { hasCredentials }, at('10:00')), 'granted').window;

describe('a request', () => {
  test.each([
    ['', at('13:00'), 'no-reason'],
    ['Unlock a bucket', null, 'no-end'],
    ['Unlock a bucket', at('09:00'), 'in-the-past'],
    ['Unlock a bucket', new Date('2026-11-27T09:00:01Z'), 'too-long'],
    ['Unlock a bucket', new Date('2026-11-27T09:00:00Z'), undefined],
  ])('for "%s" until %s: %s', (reason, endsAt, problem) => {
    expect(findRecoveryFormProblem({ reason, ticket: null, endsAt }, at('09:00'))?.kind).toBe(problem);
  });

  test('is granted by a second person who is an admin, while there is time', () => {
    const options = { hasCredentials: false };
    expect(grantRecovery(request, { ...ana, admin: true }, options, at('10:00')).kind).toBe('own-request');
    expect(grantRecovery(request, ben, options, at('10:00')).kind).toBe('not-an-admin');
    expect(grantRecovery(request, sam, options, at('13:00')).kind).toBe('already-over');
    expect(granted()).toMatchObject({ state: 'granted', decidedBy: sam.id, credentialsSeenAt: null });
  });

  test('is declined with a reason, and withdrawn by its requester alone', () => {
    expect(declineRecovery(request, sam, ' ', at('10:00')).kind).toBe('no-reason');
    expect(declineRecovery(request, sam, 'Use a role', at('10:00'))).toMatchObject({
      kind: 'declined',
      window: { state: 'declined', decisionNote: 'Use a role' },
    });
    expect(endRecovery(request, sam, at('10:00')).kind).toBe('not-yours');
    expect(endRecovery(request, ana, at('10:00')).kind).toBe('withdrawn');
  });
});

describe('an open window', () => {
  test('is not closed by a check that sees no credentials before there were any', () => {
    expect(recoveryStepAfterCheck(granted(), 'absent', at('10:30'))).toBeUndefined();
  });

  test('is closed by the check that sees them gone', () => {
    const seen = recoveryStepAfterCheck(granted(), 'present', at('10:30'));
    expect(seen).toMatchObject({ kind: 'credentials-seen', window: { credentialsSeenAt: at('10:30') } });

    expect(recoveryStepAfterCheck(granted(true), 'absent', at('11:00'))).toMatchObject({
      kind: 'completed',
      window: { state: 'completed', closedAt: at('11:00') },
    });
  });

  test('is left as it is by a check that could not read, and after its end', () => {
    expect(recoveryStepAfterCheck(granted(true), 'unknown', at('11:00'))).toBeUndefined();
    expect(recoveryStepAfterCheck(granted(true), 'absent', at('13:00'))).toBeUndefined();
  });

  test('is ended early by an admin or its requester', () => {
    expect(endRecovery(granted(), ben, at('11:00')).kind).toBe('not-yours');
    expect(endRecovery(granted(), ana, at('11:00')).kind).toBe('revoked');
    expect(endRecovery(granted(), sam, at('11:00')).kind).toBe('revoked');
  });

  test.each([
    ['11:59', false],
    ['12:00', true],
    ['12:59', true],
    ['13:00', false],
  ])('reminds of its end within the last hour: at %s %s', (time, due) => {
    expect(isEndDue(granted(), at(time))).toBe(due);
    expect(isEndDue({ ...granted(), endAnnouncedAt: at('12:00') }, at(time))).toBe(false);
  });

  test('reminds of nothing if it was an hour or shorter', () => {
    const short = { ...granted(), decidedAt: at('12:00') };

    expect(isEndDue(short, at('12:30'))).toBe(false);
  });

  test.each([
    ['09:57', false],
    ['10:00', true],
    ['13:00', true],
    ['13:03', false],
  ])('explains the use of root while it is open: at %s %s', (time, covered) => {
    expect(recoveryCovers(granted(), at(time))).toBe(covered);
    expect(recoveryCovers(request, at(time))).toBe(false);
  });

  test('explains nothing after it was closed', () => {
    const window = { ...granted(), state: 'completed', closedAt: at('11:00') } as const;

    expect(recoveryCovers(window, at('10:30'))).toBe(true);
    expect(recoveryCovers(window, at('12:00'))).toBe(false);
  });
});
