import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import {
  approve,
  cancel,
  chased,
  closeIfEnrolled,
  decline,
  isUnderWay,
  quantityFor,
  receive,
  requestToken,
  ship,
  type TokenForm,
} from '../../src/domain/token-request.ts';
import type { Mfa } from '../../src/domain/verdict.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';
import {
  admin,
  anAccountInQuestion,
  anApproved,
  ana,
  aReceived,
  aRequested,
  aShipped,
  LEDGER,
  MONDAY as now,
  only,
  PAYMENTS,
  tokenForm,
  tokenPolicy,
} from '../support/token-requests.ts';

const ask = (
  over: Partial<TokenForm> = {},
  {
    accounts = [anAccountInQuestion()],
    by = ana,
    policy = tokenPolicy as Parameters<typeof requestToken>[3],
  } = {},
) => requestToken({ ...tokenForm, ...over }, accounts, by, policy, now);

describe('asking for a key', () => {
  test('remembers what protected root until then', () => {
    expect(ask({ note: ' for the safe ' })).toMatchObject({
      kind: 'requested',
      request: {
        state: 'requested',
        requestedBy: ANA,
        quantity: 2,
        note: 'for the safe',
        accounts: [{ id: PAYMENTS, mfaThen: 'virtual', settled: null }],
      },
    });
  });

  test('names an account once, however often it was chosen', () => {
    const { request } = only(
      ask({}, { accounts: [anAccountInQuestion(), anAccountInQuestion()] }),
      'requested',
    );

    expect(request.accounts).toHaveLength(1);
  });

  test('is refused while another request for the account is open', () => {
    const accounts = [anAccountInQuestion({ id: LEDGER }), anAccountInQuestion({ openRequest: 'r0' })];

    expect(ask({}, { accounts })).toEqual({ kind: 'already-open', accountId: PAYMENTS, requestId: 'r0' });
  });

  test('is refused for accounts of others, but not to an admin', () => {
    const accounts = [anAccountInQuestion({ owner: BEN })];

    expect(ask({}, { accounts })).toEqual({ kind: 'not-yours', accountId: PAYMENTS });
    expect(ask({}, { accounts, by: admin }).kind).toBe('requested');
  });

  test.each(['no_credentials', 'no_password', 'not_applicable'] as const)(
    'is refused where nobody can sign in as root: %s',
    (mfa) => {
      expect(ask({}, { accounts: [anAccountInQuestion({ mfa })] }).kind).toBe('nothing-to-protect');
    },
  );

  test('is refused for no account at all', () => {
    expect(ask({}, { accounts: [] })).toEqual({ kind: 'no-accounts' });
  });

  test('is for what the company offers', () => {
    const policy = { kinds: ['security-key'] as const, offices: ['Berlin', 'Lisbon'] };

    expect(ask({ kind: 'totp-token' }, { policy }).kind).toBe('not-offered');
    expect(ask({}, { policy })).toEqual({ kind: 'no-such-office', offices: ['Berlin', 'Lisbon'] });
    expect(ask({ office: 'My kitchen' }, { policy }).kind).toBe('no-such-office');
    expect(ask({ office: 'Lisbon' }, { policy })).toMatchObject({ request: { office: 'Lisbon' } });
  });

  test('never stores an address where the company names no offices', () => {
    expect(ask({ office: '12 Home Street' }).kind).toBe('no-such-office');
  });

  test('is for one key for many accounts, but for one token each', () => {
    const accounts = [anAccountInQuestion(), anAccountInQuestion({ id: LEDGER })];

    expect(ask({ quantity: 1 }, { accounts }).kind).toBe('requested');
    expect(ask({ kind: 'totp-token', quantity: 1 }, { accounts })).toEqual({
      kind: 'wrong-quantity',
      least: 2,
      most: 16,
    });
    expect(quantityFor('security-key', 14)).toEqual({ least: 1, recommended: 2, most: 8 });
    expect(quantityFor('totp-token', 3)).toEqual({ least: 3, recommended: 6, most: 24 });
  });

  test.each([0, 9, 1.5, Number.NaN, -1])('%d keys are refused', (quantity) => {
    expect(ask({ quantity }).kind).toBe('wrong-quantity');
  });
});

describe('each step is for the right people', () => {
  const anaAsAdmin = { id: ANA, admin: true };
  const somebody = { id: BEN, admin: false };

  test('nobody decides about their own request', () => {
    expect(approve(aRequested(), anaAsAdmin, now)).toEqual({ kind: 'own-request' });
    expect(decline(aRequested(), anaAsAdmin, 'no', now)).toEqual({ kind: 'own-request' });
  });

  test('admins decide, with a reason against', () => {
    expect(approve(aRequested(), somebody, now)).toEqual({ kind: 'not-an-admin' });
    expect(decline(aRequested(), somebody, 'no', now)).toEqual({ kind: 'not-an-admin' });
    expect(decline(aRequested(), admin, ' ', now)).toEqual({ kind: 'no-reason' });
    expect(decline(aRequested(), admin, 'Use the spare one', now)).toMatchObject({
      kind: 'declined',
      request: { state: 'declined', reason: 'Use the spare one', decidedBy: SAM },
    });
  });

  test('admins send, and say how', () => {
    expect(ship(anApproved(), somebody, { note: 'DHL' }, now)).toEqual({ kind: 'not-an-admin' });
    expect(ship(anApproved(), admin, { note: ' ' }, now)).toEqual({ kind: 'no-shipping-note' });
    expect(ship(anApproved(), admin, { note: 'Front desk', serial: ' ' }, now)).toMatchObject({
      request: { state: 'shipped', shippingNote: 'Front desk', serial: null },
    });
  });

  test('a lost parcel is sent once more', () => {
    expect(ship(aShipped(), admin, { note: 'DHL 456' }, now)).toMatchObject({
      request: { shippingNote: 'DHL 456' },
    });
  });

  test('the requester confirms that it came', () => {
    expect(receive(aShipped(), SAM, now)).toEqual({ kind: 'not-yours' });
    expect(receive(aShipped(), ANA, now)).toMatchObject({ request: { state: 'received', receivedAt: now } });
  });

  test('the requester gives it up at any time, an admin with a reason', () => {
    for (const request of [aRequested(), anApproved(), aShipped(), aReceived()]) {
      expect(cancel(request, ana, null, now)).toMatchObject({
        request: { state: 'cancelled', cancelledBy: ANA },
      });
      expect(cancel(request, somebody, 'x', now)).toEqual({ kind: 'not-yours' });
      expect(cancel(request, admin, null, now)).toEqual({ kind: 'no-reason' });
      expect(cancel(request, admin, 'Ana has left', now).kind).toBe('cancelled');
    }
  });

  test('a step begins the chase anew', () => {
    const waitedFor = chased(chased(aRequested(), now), now);

    expect(waitedFor).toMatchObject({ chases: 2, chasedAt: now });
    expect(approve(waitedFor, admin, now)).toMatchObject({ request: { chases: 0, chasedAt: null } });
  });
});

describe('a look at AWS', () => {
  const look = (...seen: [typeof PAYMENTS, Mfa][]) => new Map(seen.map(([id, mfa]) => [id, { mfa }]));

  test.each(['hardware', 'fido', 'non_virtual', 'mixed'] as const)(
    'that sees %s closes the request',
    (mfa) => {
      expect(closeIfEnrolled(aReceived(), look([PAYMENTS, mfa]), now)).toMatchObject({
        kind: 'enrolled',
        settled: [PAYMENTS],
        request: { state: 'enrolled', closedAt: now, accounts: [{ settled: 'enrolled', settledAt: now }] },
      });
    },
  );

  test('closes it too when the owner had a key in the drawer', () => {
    expect(closeIfEnrolled(aRequested(), look([PAYMENTS, 'fido']), now).kind).toBe('enrolled');
  });

  test.each(['none', 'virtual', 'unknown'] as const)('that sees %s changes nothing', (mfa) => {
    expect(closeIfEnrolled(aReceived(), look([PAYMENTS, mfa]), now)).toEqual({ kind: 'unchanged' });
  });

  test('that did not reach the account changes nothing', () => {
    expect(closeIfEnrolled(aReceived(), look([LEDGER, 'fido']), now)).toEqual({ kind: 'unchanged' });
  });

  test('does not take hardware that was there before for the new key, until that has come', () => {
    const spare = anAccountInQuestion({ mfa: 'fido' });

    expect(closeIfEnrolled(aShipped(spare), look([PAYMENTS, 'fido']), now)).toEqual({ kind: 'unchanged' });
    expect(closeIfEnrolled(aReceived(spare), look([PAYMENTS, 'fido']), now).kind).toBe('enrolled');
  });

  test('takes an app that went away for what it was', () => {
    const mixed = anAccountInQuestion({ mfa: 'mixed' });

    expect(closeIfEnrolled(aShipped(mixed), look([PAYMENTS, 'mixed']), now)).toEqual({ kind: 'unchanged' });
    expect(closeIfEnrolled(aShipped(mixed), look([PAYMENTS, 'fido']), now).kind).toBe('enrolled');
  });

  test('closes a request for several accounts with the last of them', () => {
    const both = aReceived(anAccountInQuestion(), anAccountInQuestion({ id: LEDGER }));

    const half = only(closeIfEnrolled(both, look([PAYMENTS, 'fido'], [LEDGER, 'virtual']), now), 'progress');
    expect(half.settled).toEqual([PAYMENTS]);
    expect(isUnderWay(half.request, PAYMENTS)).toBe(false);
    expect(isUnderWay(half.request, LEDGER)).toBe(true);

    const later = new Date('2026-11-10T10:00Z');
    const whole = only(
      closeIfEnrolled(half.request, look([PAYMENTS, 'virtual'], [LEDGER, 'fido']), later),
      'enrolled',
    );
    expect(whole.settled).toEqual([LEDGER]);
    expect(whole.request.accounts.map(({ settledAt }) => settledAt)).toEqual([now, later]);
    expect(isUnderWay(whole.request, LEDGER)).toBe(false);
  });

  test('ends a request for an account whose root credentials were removed instead', () => {
    expect(closeIfEnrolled(aShipped(), look([PAYMENTS, 'no_credentials']), now)).toMatchObject({
      kind: 'not-needed',
      request: { state: 'cancelled', cancelledBy: 'bot', accounts: [{ settled: 'not-needed' }] },
    });
  });

  test('counts one account with hardware and one without root as enrolled', () => {
    const both = aReceived(anAccountInQuestion(), anAccountInQuestion({ id: LEDGER }));

    expect(closeIfEnrolled(both, look([PAYMENTS, 'fido'], [LEDGER, 'no_credentials']), now).kind).toBe(
      'enrolled',
    );
  });
});

test('a request stands in for reminders about its own accounts, while it is open', () => {
  expect(isUnderWay(aRequested(), PAYMENTS)).toBe(true);
  expect(isUnderWay(aRequested(), accountId('999999999999'))).toBe(false);
  expect(isUnderWay(only(decline(aRequested(), admin, 'no', now), 'declined').request, PAYMENTS)).toBe(false);
});
