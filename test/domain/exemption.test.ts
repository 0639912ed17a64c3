import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import {
  createExemptionRequest,
  declineExemption,
  type ExemptionForm,
  endsSoon,
  exemptUntil,
  type GrantedExemption,
  grantExemptionRequest,
  isInForce,
  type RequestedExemption,
  revoke,
  withdrawExemptionRequest,
} from '../../src/domain/exemption.ts';
import { endIfExpired } from '../../src/domain/temporary-grant.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';

const now = new Date('2026-11-24T10:00Z');
const admin = { id: SAM, admin: true };
const inputs = { open: undefined, policy: { maxDays: 90 }, zone: 'Europe/Berlin' };

const form: ExemptionForm = {
  id: 'x1',
  accountId: accountId('111122223333'),
  reason: 'The key is stuck at customs',
  lastDay: '2026-12-31',
};
const requestFor = (over: Partial<ExemptionForm> = {}) =>
  createExemptionRequest({ ...form, ...over }, ANA, inputs, now);
const requested = (over: Partial<ExemptionForm> = {}): RequestedExemption => {
  const outcome = requestFor(over);
  if (outcome.kind !== 'asked') throw new Error(outcome.kind);
  return outcome.exemption;
};
const granted = (over: Partial<ExemptionForm> = {}): GrantedExemption => {
  const outcome = grantExemptionRequest(requested(over), admin, null, now);
  if (outcome.kind !== 'granted') throw new Error(outcome.kind);
  return outcome.exemption;
};

describe('asking', () => {
  test('is for the whole of the last day, where the company is', () => {
    expect(requested()).toMatchObject({
      state: 'asked',
      askedBy: ANA,
      endsAt: new Date('2027-01-01T00:00+01:00'),
    });
  });

  test('may be for today', () => {
    expect(requestFor({ lastDay: '2026-11-24' }).kind).toBe('asked');
  });

  test('may be for as many days as the policy allows, not one more', () => {
    expect(requestFor({ lastDay: '2027-02-22' }).kind).toBe('asked');
    expect(requestFor({ lastDay: '2027-02-23' })).toEqual({
      kind: 'too-long',
      maxDays: 90,
      latestDay: '2027-02-22',
    });
    expect(requestFor({ lastDay: '9999-12-31' }).kind).toBe('too-long');
  });

  test.each<[Partial<ExemptionForm>, string]>([
    [{ reason: '  \n ' }, 'no-reason'],
    [{ lastDay: '2026-11-23' }, 'in-the-past'],
    [{ lastDay: '2026-02-30' }, 'not-a-date'],
    [{ lastDay: 'next spring' }, 'not-a-date'],
  ])('%j is refused: %s', (form, kind) => {
    expect(requestFor(form).kind).toBe(kind);
  });

  test('is refused while the account has an open one', () => {
    expect(
      createExemptionRequest({ ...form, lastDay: '2026-12-01' }, BEN, { ...inputs, open: granted() }, now),
    ).toEqual({
      kind: 'already-open',
      exemption: granted(),
    });
  });
});

describe('deciding', () => {
  test('is for a second person', () => {
    expect(grantExemptionRequest(requested(), { id: ANA, admin: true }, null, now)).toEqual({
      kind: 'own-request',
    });
    expect(declineExemption(requested(), { id: ANA, admin: true }, 'no', now)).toEqual({
      kind: 'own-request',
    });
  });

  test('is for admins', () => {
    expect(grantExemptionRequest(requested(), { id: BEN, admin: false }, null, now)).toEqual({
      kind: 'not-an-admin',
    });
    expect(declineExemption(requested(), { id: BEN, admin: false }, 'no', now)).toEqual({
      kind: 'not-an-admin',
    });
  });

  test('remembers who and why', () => {
    expect(grantExemptionRequest(requested(), admin, ' until customs ', now)).toMatchObject({
      kind: 'granted',
      exemption: { state: 'granted', decidedBy: SAM, decidedAt: now, decisionNote: 'until customs' },
    });
    expect(declineExemption(requested(), admin, 'Use the spare key', now)).toMatchObject({
      kind: 'declined',
      exemption: { state: 'declined', decisionNote: 'Use the spare key' },
    });
  });

  test('against it needs a reason', () => {
    expect(declineExemption(requested(), admin, ' ', now)).toEqual({ kind: 'no-reason' });
  });

  test('is too late after its end', () => {
    const short = requested({ lastDay: '2026-11-24' });

    expect(grantExemptionRequest(short, admin, null, new Date('2026-11-25T10:00Z'))).toEqual({
      kind: 'already-over',
    });
  });

  test('is not needed any more when the asker takes it back', () => {
    expect(withdrawExemptionRequest(requested(), ANA, now)).toMatchObject({
      kind: 'withdrawn',
      exemption: { closedBy: ANA },
    });
    expect(withdrawExemptionRequest(requested(), SAM, now)).toEqual({ kind: 'not-yours' });
  });
});

describe('a granted exemption', () => {
  const end = new Date('2027-01-01T00:00+01:00');
  const justBefore = new Date(end.getTime() - 1);

  test('holds until its end, then ends automatically', () => {
    expect(isInForce(granted(), justBefore)).toBe(true);
    expect(endIfExpired(granted(), justBefore)).toBeUndefined();

    expect(isInForce(granted(), end)).toBe(false);
    expect(endIfExpired(granted(), end)).toMatchObject({ state: 'ended', closedAt: end });
  });

  test('is said to end soon a week before', () => {
    expect(endsSoon(granted(), new Date('2026-12-24T22:59:59Z'))).toBe(false);
    expect(endsSoon(granted(), new Date('2026-12-24T23:00:00Z'))).toBe(true);
    expect(endsSoon(granted(), end)).toBe(false);
  });

  test('can be revoked by an admin and canceled by its requester', () => {
    expect(revoke(granted(), admin, now)).toMatchObject({ kind: 'revoked', exemption: { closedBy: SAM } });
    expect(revoke(granted(), { id: ANA, admin: false }, now).kind).toBe('revoked');
    expect(revoke(granted(), { id: BEN, admin: false }, now)).toEqual({ kind: 'not-an-admin' });
  });

  test('makes an account exempt; a request does not', () => {
    const outcome = revoke(granted(), admin, now);
    const revoked = outcome.kind === 'revoked' ? [outcome.exemption] : [];

    expect(exemptUntil([requested(), ...revoked], now)).toBeUndefined();
    expect(exemptUntil([requested(), granted()], now)).toEqual(end);
    expect(exemptUntil([granted()], end)).toBeUndefined();
  });
});
