import { describe, expect, test } from '@jest/globals';
import { countedList } from '../../src/domain/counted-list.ts';
import { createExemptionRequest, grantExemptionRequest, revoke } from '../../src/domain/exemption.ts';
import {
  alertKey,
  digestKey,
  disownedAlertKey,
  type EscalationNotification,
  escalationKey,
  exemptionKey,
  exemptionUpdateKey,
  type FixedAccount,
  type NotificationContent,
  quietNoteKey,
  type ReminderNotification,
  reminderKey,
  sharedChannelAlertKey,
  tokenEscalationKey,
  tokenFollowUpKey,
  tokenRequestKey,
  tokenUpdateKey,
} from '../../src/domain/notification.ts';
import {
  exemptionRequestNotification,
  exemptionUpdateNotification,
  tokenRequestNotification,
  tokenUpdateNotification,
  withFixedAccounts,
} from '../../src/domain/notification-content.ts';
import { cancel, closeIfEnrolled, decline } from '../../src/domain/token-request.ts';
import { aDigest } from '../support/digest.ts';
import { ANA, SAM } from '../support/reminders.ts';
import {
  admin,
  anApprovedTokenRequest,
  ana,
  aPendingTokenRequest,
  aReceivedTokenRequest,
  aShippedTokenRequest,
  expectKind,
  LEDGER,
  MONDAY,
  PAYMENTS,
} from '../support/token-requests.ts';

/** What JSON can hold; anything else becomes `never`, and the line below no longer compiles. */
type Json<T> = T extends string | number | boolean | null
  ? T
  : T extends Date | undefined | ((...args: never) => unknown)
    ? never
    : { readonly [K in keyof T]: Json<T[K]> };
const survivesJson = (content: NotificationContent): Json<NotificationContent> => content;

const names = new Map([
  [PAYMENTS, 'payments-prod'],
  [LEDGER, 'payments-ledger'],
]);
const nameOf = (id: typeof PAYMENTS) => names.get(id) ?? id;

describe('the key of', () => {
  const tuesdayInUtc = new Date('2026-11-24T20:00Z');

  test.each([
    ['a digest is its week', digestKey(aDigest()), 'digest/2026-W48'],
    ['a quiet note is its week', quietNoteKey(tuesdayInUtc, 'UTC'), 'quiet-note/2026-W48'],
    [
      'an alert is the shortfall',
      alertKey(PAYMENTS, tuesdayInUtc),
      'alert/111122223333/2026-11-24T20:00:00.000Z',
    ],
    [
      'a reminder is the reader’s day',
      reminderKey(ANA, tuesdayInUtc, 'Asia/Tokyo'),
      'reminder/U03ANA/2026-11-25',
    ],
    [
      'an escalation is the reader’s day',
      escalationKey('C01SECURITY', tuesdayInUtc, 'UTC'),
      'escalation/C01SECURITY/2026-11-24',
    ],
    ['a token request is the request', tokenRequestKey('r1'), 'token-request/r1'],
    [
      'token news is the step',
      tokenUpdateKey('r1', { state: 'approved', at: '2026-11-24T20:00:00.000Z' }),
      'token-request/r1/approved',
    ],
    [
      'news of a parcel is the parcel',
      tokenUpdateKey('r1', { state: 'shipped', at: '2026-11-24T20:00:00.000Z' }),
      'token-request/r1/shipped/2026-11-24T20:00:00.000Z',
    ],
    [
      'a chase is the day',
      tokenFollowUpKey('r1', 'decide', tuesdayInUtc, 'UTC'),
      'token-request/r1/decide/2026-11-24',
    ],
    ['an escalated request is the admin', tokenEscalationKey('r1', SAM), 'token-request/r1/escalated/U01SAM'],
    ['a question for leave is the exemption', exemptionKey('e1'), 'exemption/e1'],
    ['exemption news is the step', exemptionUpdateKey('e1', 'ending'), 'exemption/e1/ending'],
    [
      'a disowned account is the day it was handed back',
      disownedAlertKey(PAYMENTS, tuesdayInUtc),
      'finding/account-disowned/111122223333/2026-11-24T20:00:00.000Z',
    ],
    [
      'a shared channel is the week',
      sharedChannelAlertKey('C03SHARED', tuesdayInUtc, 'UTC'),
      'finding/digest-channel-shared/C03SHARED/2026-W48',
    ],
  ])('%s', (_name, key, expected) => {
    expect(key).toBe(expected);
  });
});

describe('a request in the tokens channel', () => {
  const history = (request: Parameters<typeof tokenRequestNotification>[0]) =>
    tokenRequestNotification(request, nameOf).history.map(({ state, by, note }) => [state, by, note]);

  test('says how far it is, and who acted', () => {
    expect(history(aReceivedTokenRequest())).toEqual([
      ['requested', ANA, null],
      ['approved', SAM, null],
      ['shipped', SAM, 'DHL 123'],
      ['received', ANA, null],
    ]);
  });

  test('says how it ended', () => {
    const declined = expectKind(
      decline(aPendingTokenRequest(), admin, 'use the one you have', MONDAY),
      'declined',
    ).request;
    const cancelled = expectKind(cancel(anApprovedTokenRequest(), ana, null, MONDAY), 'cancelled').request;
    const seen = closeIfEnrolled(aPendingTokenRequest(), new Map([[PAYMENTS, { mfa: 'hardware' }]]), MONDAY);
    const enrolled = expectKind(seen, 'enrolled').request;

    expect(history(declined).at(-1)).toEqual(['declined', SAM, 'use the one you have']);
    expect(history(cancelled).map(([state]) => state)).toEqual(['requested', 'approved', 'cancelled']);
    expect(history(enrolled).at(-1)).toEqual(['enrolled', 'bot', null]);
  });

  test('names its accounts', () => {
    expect(tokenRequestNotification(aPendingTokenRequest(), nameOf).accounts).toEqual([
      { id: PAYMENTS, name: 'payments-prod', settled: null },
    ]);
  });
});

describe('an update about a request', () => {
  test('is what others did', () => {
    expect(tokenUpdateNotification(aShippedTokenRequest(), nameOf)).toMatchObject({
      news: 'shipped',
      step: { by: SAM, note: 'DHL 123' },
    });
  });

  test('is not what the reader did', () => {
    const own = expectKind(cancel(anApprovedTokenRequest(), ana, null, MONDAY), 'cancelled').request;

    expect(
      [aPendingTokenRequest(), aReceivedTokenRequest(), own].map((request) =>
        tokenUpdateNotification(request, nameOf),
      ),
    ).toEqual([undefined, undefined, undefined]);
  });
});

describe('an exemption', () => {
  const policy = { open: undefined, policy: { maxDays: 90 }, zone: 'Europe/Berlin' };
  const form = { id: 'e1', accountId: PAYMENTS, reason: 'key ordered', lastDay: '2026-12-31' };
  const requested = expectKind(createExemptionRequest(form, ANA, policy, MONDAY), 'asked').exemption;
  const granted = expectKind(grantExemptionRequest(requested, admin, 'once', MONDAY), 'granted').exemption;

  test('is shown to admins as a question, then with its answer', () => {
    expect(exemptionRequestNotification(requested, nameOf, 'Europe/Berlin')).toMatchObject({
      state: 'asked',
      decidedBy: null,
    });
    expect(exemptionRequestNotification(granted, nameOf, 'Europe/Berlin')).toMatchObject({
      state: 'granted',
      decidedBy: SAM,
      decisionNote: 'once',
      lastDay: '2026-12-31',
    });
  });

  test('goes to the requester, in the name of the approver', () => {
    const revoked = expectKind(revoke(granted, admin, MONDAY), 'revoked').exemption;

    expect(exemptionUpdateNotification(granted, 'granted', nameOf, 'Europe/Berlin')).toMatchObject({
      by: SAM,
      note: 'once',
    });
    expect(exemptionUpdateNotification(revoked, 'revoked', nameOf, 'Europe/Berlin')).toMatchObject({
      by: SAM,
      note: null,
    });
    expect(exemptionUpdateNotification(granted, 'ending', nameOf, 'Europe/Berlin')).toMatchObject({
      by: null,
      note: null,
    });
  });
});

describe('a reminder', () => {
  const reminded = (id: typeof PAYMENTS) => ({
    id,
    name: nameOf(id),
    managementAccount: false,
    mfa: 'virtual' as const,
    level: 2 as const,
    why: 'Root signs in with an authenticator app.',
    nextStep: 'Remove the root credentials centrally',
    since: '2026-11-02T09:00:00.000Z',
    regressed: false,
  });
  const notification: ReminderNotification = {
    kind: 'reminder',
    accounts: { count: 12, items: [reminded(PAYMENTS), reminded(LEDGER)] },
    counts: { owned: 20, noncompliant: 12 },
    snoozesLeft: 2,
    escalated: countedList([]),
    requests: [],
    fixed: [],
  };
  const fixed = (id: typeof PAYMENTS): FixedAccount => ({
    id,
    name: nameOf(id),
    mfa: 'hardware',
    at: '2026-11-24T20:00:00.000Z',
  });

  test('turns into thanks, account by account', () => {
    const after = withFixedAccounts(notification, [fixed(PAYMENTS)]);

    expect(after.accounts).toEqual({ count: 11, items: [reminded(LEDGER)] });
    expect(after.fixed).toEqual([fixed(PAYMENTS)]);
  });

  test('gives thanks once', () => {
    const once = withFixedAccounts(notification, [fixed(PAYMENTS)]);

    expect(withFixedAccounts(once, [fixed(PAYMENTS)])).toEqual(once);
  });

  test('is only thanks in the end', () => {
    const short: EscalationNotification = { kind: 'escalation', accounts: countedList([]), fixed: [] };

    expect(
      withFixedAccounts({ ...notification, accounts: countedList([reminded(LEDGER)]) }, [fixed(LEDGER)])
        .accounts.count,
    ).toBe(0);
    expect(withFixedAccounts(short, [fixed(LEDGER)]).accounts.count).toBe(0);
  });

  test('and every other notification survives JSON', () => {
    const notifications: NotificationContent[] = [
      notification,
      { kind: 'digest', digest: aDigest() },
      tokenRequestNotification(aReceivedTokenRequest(), nameOf),
    ];

    for (const content of notifications)
      expect(JSON.parse(JSON.stringify(survivesJson(content)))).toEqual(content);
  });
});
