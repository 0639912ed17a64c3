import { describe, expect, test } from '@jest/globals';
import { systemActor } from '../../src/domain/person.ts';
import { pendingStepOf } from '../../src/domain/token-follow-up.ts';
import {
  approve,
  COMPANY_DELIVERY,
  cancel,
  closeIfEnrolled,
  createTokenRequest,
  decline,
  finishWithoutSecondKey,
  markFollowedUp,
  quantityFor,
  type Received,
  receive,
  ship,
  type TokenForm,
} from '../../src/domain/token-request.ts';
import type { Mfa } from '../../src/domain/verdict.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';
import {
  admin,
  anApprovedTokenRequest,
  ana,
  aPendingTokenRequest,
  aReceivedTokenRequest,
  aShippedTokenRequest,
  aTokenRequestAccount,
  expectKind,
  LEDGER,
  MONDAY as now,
  PAYMENTS,
  tokenForm,
  tokenPolicy,
} from '../support/token-requests.ts';

const createRequest = (
  over: Partial<TokenForm> = {},
  {
    accounts = [aTokenRequestAccount()],
    by = ana,
    policy = tokenPolicy as Parameters<typeof createTokenRequest>[3],
  } = {},
) => createTokenRequest({ ...tokenForm, ...over }, accounts, by, policy, now);

describe('requesting a key', () => {
  test('remembers what protected root until then', () => {
    expect(createRequest({ note: ' for the safe ' })).toMatchObject({
      kind: 'requested',
      request: {
        state: 'requested',
        requestedBy: ANA,
        quantity: 2,
        note: 'for the safe',
        accounts: [{ id: PAYMENTS, mfaAtRequest: 'virtual', settled: null }],
      },
    });
  });

  test('names an account once, however often it was chosen', () => {
    const { request } = expectKind(
      createRequest({}, { accounts: [aTokenRequestAccount(), aTokenRequestAccount()] }),
      'requested',
    );

    expect(request.accounts).toHaveLength(1);
  });

  test('is refused while another request for the account is open', () => {
    const accounts = [aTokenRequestAccount({ id: LEDGER }), aTokenRequestAccount({ openRequest: 'r0' })];

    expect(createRequest({}, { accounts })).toEqual({
      kind: 'already-open',
      accountId: PAYMENTS,
      requestId: 'r0',
    });
  });

  test('is refused for accounts of others, but not to an admin', () => {
    const accounts = [aTokenRequestAccount({ owner: BEN })];

    expect(createRequest({}, { accounts })).toEqual({ kind: 'not-yours', accountId: PAYMENTS });
    expect(createRequest({}, { accounts, by: admin }).kind).toBe('requested');
  });

  test.each(['no_credentials', 'no_password', 'not_applicable'] as const)(
    'is refused where no one can sign in as root: %s',
    (mfa) => {
      expect(createRequest({}, { accounts: [aTokenRequestAccount({ mfa })] }).kind).toBe(
        'nothing-to-protect',
      );
    },
  );

  test('is refused for no account at all', () => {
    expect(createRequest({}, { accounts: [] })).toEqual({ kind: 'no-accounts' });
  });

  test('is for what the company offers', () => {
    const policy = { kinds: ['security-key'] as const, offices: ['Berlin', 'Lisbon'] };

    expect(createRequest({ kind: 'totp-token' }, { policy }).kind).toBe('not-offered');
    expect(createRequest({}, { policy })).toEqual({ kind: 'no-such-office', offices: ['Berlin', 'Lisbon'] });
    expect(createRequest({ office: 'My kitchen' }, { policy }).kind).toBe('no-such-office');
    expect(createRequest({ office: 'Lisbon' }, { policy })).toMatchObject({ request: { office: 'Lisbon' } });
  });

  test('can go to people far from every office, by the company’s own process', () => {
    const policy = { kinds: ['security-key'] as const, offices: ['Berlin'] };

    expect(createRequest({ office: COMPANY_DELIVERY }, { policy })).toMatchObject({ kind: 'requested' });
  });

  test('never stores an address where the company names no offices', () => {
    expect(createRequest({ office: '12 Home Street' }).kind).toBe('no-such-office');
  });

  test('is for one key for many accounts, but for one token each', () => {
    const accounts = [aTokenRequestAccount(), aTokenRequestAccount({ id: LEDGER })];

    expect(createRequest({ quantity: 1 }, { accounts }).kind).toBe('requested');
    expect(createRequest({ kind: 'totp-token', quantity: 1 }, { accounts })).toEqual({
      kind: 'wrong-quantity',
      min: 2,
      max: 16,
    });
    expect(quantityFor('security-key', 14)).toEqual({ min: 1, recommended: 2, max: 8 });
    expect(quantityFor('totp-token', 3)).toEqual({ min: 3, recommended: 6, max: 24 });
  });

  test.each([0, 9, 1.5, Number.NaN, -1])('%d keys are refused', (quantity) => {
    expect(createRequest({ quantity }).kind).toBe('wrong-quantity');
  });
});

describe('each step is for the right people', () => {
  const anaAsAdmin = { id: ANA, admin: true };
  const colleague = { id: BEN, admin: false };

  test('no one decides about their own request', () => {
    expect(approve(aPendingTokenRequest(), anaAsAdmin, now)).toEqual({ kind: 'own-request' });
    expect(decline(aPendingTokenRequest(), anaAsAdmin, 'no', now)).toEqual({ kind: 'own-request' });
  });

  test('admins decide, with a reason against', () => {
    expect(approve(aPendingTokenRequest(), colleague, now)).toEqual({ kind: 'not-an-admin' });
    expect(decline(aPendingTokenRequest(), colleague, 'no', now)).toEqual({ kind: 'not-an-admin' });
    expect(decline(aPendingTokenRequest(), admin, ' ', now)).toEqual({ kind: 'no-reason' });
    expect(decline(aPendingTokenRequest(), admin, 'Use the spare one', now)).toMatchObject({
      kind: 'declined',
      request: { state: 'declined', reason: 'Use the spare one', decidedBy: SAM },
    });
  });

  test('admins send, and say how', () => {
    expect(ship(anApprovedTokenRequest(), colleague, { note: 'DHL' }, now)).toEqual({ kind: 'not-an-admin' });
    expect(ship(anApprovedTokenRequest(), admin, { note: ' ' }, now)).toEqual({ kind: 'no-shipping-note' });
    expect(ship(anApprovedTokenRequest(), admin, { note: 'Front desk', serial: ' ' }, now)).toMatchObject({
      request: { state: 'shipped', shippingNote: 'Front desk', serial: null },
    });
  });

  test('a lost parcel is sent once more', () => {
    expect(ship(aShippedTokenRequest(), admin, { note: 'DHL 456' }, now)).toMatchObject({
      request: { shippingNote: 'DHL 456' },
    });
  });

  test('the requester confirms that it came', () => {
    expect(receive(aShippedTokenRequest(), admin, now)).toEqual({ kind: 'not-yours' });
    expect(receive(aShippedTokenRequest(), { id: ANA, admin: false }, now)).toMatchObject({
      request: { state: 'received', receivedAt: now },
    });
  });

  test('a system that follows the parcel confirms it too, under its name', () => {
    expect(receive(aShippedTokenRequest(), systemActor('Jira'), now)).toMatchObject({
      request: { state: 'received', receivedBy: 'system:Jira' },
    });
  });

  test('the requester gives it up at any time, an admin with a reason', () => {
    for (const request of [
      aPendingTokenRequest(),
      anApprovedTokenRequest(),
      aShippedTokenRequest(),
      aReceivedTokenRequest(),
    ]) {
      expect(cancel(request, ana, null, now)).toMatchObject({
        request: { state: 'cancelled', cancelledBy: ANA },
      });
      expect(cancel(request, colleague, 'x', now)).toEqual({ kind: 'not-yours' });
      expect(cancel(request, admin, null, now)).toEqual({ kind: 'no-reason' });
      expect(cancel(request, admin, 'Ana has left', now).kind).toBe('cancelled');
    }
  });

  test('a step restarts the follow-ups', () => {
    const pendingFor = markFollowedUp(markFollowedUp(aPendingTokenRequest(), now), now);

    expect(pendingFor).toMatchObject({ followUpCount: 2, followedUpAt: now });
    expect(approve(pendingFor, admin, now)).toMatchObject({
      request: { followUpCount: 0, followedUpAt: null },
    });
  });
});

describe('a check in AWS', () => {
  /** Each root user with that MFA, and both of two keys where it is hardware. */
  const afterScan = (...seen: [typeof PAYMENTS, Mfa][]) =>
    new Map(seen.map(([id, mfa]) => [id, { mfa, hardwareDevices: 2 }]));

  test.each(['hardware', 'fido', 'non_virtual', 'mixed'] as const)(
    'that sees %s closes the request',
    (mfa) => {
      expect(closeIfEnrolled(aReceivedTokenRequest(), afterScan([PAYMENTS, mfa]), now)).toMatchObject({
        kind: 'enrolled',
        settled: [PAYMENTS],
        request: { state: 'enrolled', closedAt: now, accounts: [{ settled: 'enrolled', settledAt: now }] },
      });
    },
  );

  test('closes it too when the owner had a key in the drawer', () => {
    const oneKey = new Map([[PAYMENTS, { mfa: 'fido', hardwareDevices: 1 }]] as const);

    expect(closeIfEnrolled(aPendingTokenRequest(), oneKey, now).kind).toBe('enrolled');
  });

  describe('of two keys', () => {
    const firstSeen = (hardwareDevices: number | undefined, request = aReceivedTokenRequest()) =>
      closeIfEnrolled(request, new Map([[PAYMENTS, { mfa: 'fido', hardwareDevices }]] as const), now);

    test.each([1, undefined])('waits for the second when %s is listed on root', (listed) => {
      const outcome = expectKind(firstSeen(listed), 'progress');

      expect(outcome).toMatchObject({
        settled: [],
        request: { state: 'received', accounts: [{ settled: null, firstKeyAt: now }] },
      });
      expect(firstSeen(listed, outcome.request as Received).kind).toBe('unchanged');
    });

    test('ends when both are listed, or immediately where only one was requested', () => {
      const { request } = expectKind(firstSeen(1), 'progress');
      const oneOnly = { ...aReceivedTokenRequest(), quantity: 1 };

      expect(firstSeen(2, request as Received).kind).toBe('enrolled');
      expect(firstSeen(1, oneOnly).kind).toBe('enrolled');
    });

    test('ends when the requester says that the second is for later, not before a key is seen', () => {
      const { request } = expectKind(firstSeen(1), 'progress');

      expect(finishWithoutSecondKey(request, ANA, now)).toMatchObject({
        kind: 'enrolled',
        settled: [PAYMENTS],
      });
      expect(finishWithoutSecondKey(request, BEN, now)).toEqual({ kind: 'not-yours' });
      expect(finishWithoutSecondKey(aReceivedTokenRequest(), ANA, now)).toEqual({ kind: 'no-key-seen' });
    });

    test('is asked for the second, not to register the first', () => {
      const { request } = expectKind(firstSeen(1), 'progress');

      expect(pendingStepOf(request).step).toEqual({ kind: 'ask-owner', to: 'second-key' });
      expect(pendingStepOf(aReceivedTokenRequest()).step).toEqual({ kind: 'ask-owner', to: 'enrol' });
    });
  });

  test.each(['none', 'virtual', 'unknown'] as const)('that sees %s changes nothing', (mfa) => {
    expect(closeIfEnrolled(aReceivedTokenRequest(), afterScan([PAYMENTS, mfa]), now)).toEqual({
      kind: 'unchanged',
    });
  });

  test('that did not reach the account changes nothing', () => {
    expect(closeIfEnrolled(aReceivedTokenRequest(), afterScan([LEDGER, 'fido']), now)).toEqual({
      kind: 'unchanged',
    });
  });

  test('does not take hardware that was there before for the new key, until that has come', () => {
    const spare = aTokenRequestAccount({ mfa: 'fido' });

    expect(closeIfEnrolled(aShippedTokenRequest(spare), afterScan([PAYMENTS, 'fido']), now)).toEqual({
      kind: 'unchanged',
    });
    expect(closeIfEnrolled(aReceivedTokenRequest(spare), afterScan([PAYMENTS, 'fido']), now).kind).toBe(
      'enrolled',
    );
  });

  test('does not take a removed authenticator app for a key', () => {
    const mixed = aTokenRequestAccount({ mfa: 'mixed' });

    expect(closeIfEnrolled(aShippedTokenRequest(mixed), afterScan([PAYMENTS, 'mixed']), now)).toEqual({
      kind: 'unchanged',
    });
    expect(closeIfEnrolled(aShippedTokenRequest(mixed), afterScan([PAYMENTS, 'fido']), now).kind).toBe(
      'enrolled',
    );
  });

  test('closes a request for several accounts with the last of them', () => {
    const both = aReceivedTokenRequest(aTokenRequestAccount(), aTokenRequestAccount({ id: LEDGER }));

    const half = expectKind(
      closeIfEnrolled(both, afterScan([PAYMENTS, 'fido'], [LEDGER, 'virtual']), now),
      'progress',
    );
    expect(half.settled).toEqual([PAYMENTS]);
    expect(half.request.accounts.map(({ settled }) => settled)).toEqual(['enrolled', null]);

    const later = new Date('2026-11-10T10:00Z');
    const whole = expectKind(
      closeIfEnrolled(half.request, afterScan([PAYMENTS, 'virtual'], [LEDGER, 'fido']), later),
      'enrolled',
    );
    expect(whole.settled).toEqual([LEDGER]);
    expect(whole.request.accounts.map(({ settledAt }) => settledAt)).toEqual([now, later]);
  });

  test('ends a request for an account whose root credentials were removed instead', () => {
    expect(
      closeIfEnrolled(aShippedTokenRequest(), afterScan([PAYMENTS, 'no_credentials']), now),
    ).toMatchObject({
      kind: 'not-needed',
      request: { state: 'cancelled', cancelledBy: 'bot', accounts: [{ settled: 'not-needed' }] },
    });
  });

  test('counts one account with hardware and one without root as enrolled', () => {
    const both = aReceivedTokenRequest(aTokenRequestAccount(), aTokenRequestAccount({ id: LEDGER }));

    expect(closeIfEnrolled(both, afterScan([PAYMENTS, 'fido'], [LEDGER, 'no_credentials']), now).kind).toBe(
      'enrolled',
    );
  });
});
