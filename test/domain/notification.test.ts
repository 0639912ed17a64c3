import { describe, expect, test } from '@jest/globals';
import { ask, grant, revoke } from '../../src/domain/exemption.ts';
import {
  alertKey,
  digestKey,
  disownedKey,
  type EscalationLetter,
  escalationKey,
  exemptionKey,
  exemptionNewsKey,
  type FixedAccount,
  type LetterContent,
  quietNoteKey,
  type ReminderLetter,
  reminderKey,
  sharedChannelKey,
  tokenChaseKey,
  tokenEscalationKey,
  tokenNewsKey,
  tokenRequestKey,
} from '../../src/domain/notification.ts';
import {
  exemptionNewsLetter,
  exemptionRequestLetter,
  thanking,
  tokenNewsLetter,
  tokenRequestLetter,
} from '../../src/domain/notification-content.ts';
import { listed } from '../../src/domain/counted-list.ts';
import { cancel, closeIfEnrolled, decline } from '../../src/domain/token-request.ts';
import { aDigest } from '../support/digest.ts';
import { ANA, SAM } from '../support/reminders.ts';
import {
  admin,
  anApproved,
  ana,
  aReceived,
  aRequested,
  aShipped,
  LEDGER,
  MONDAY,
  only,
  PAYMENTS,
} from '../support/token-requests.ts';

/** What JSON can hold; anything else becomes `never`, and the line below no longer compiles. */
type Json<T> = T extends string | number | boolean | null
  ? T
  : T extends Date | undefined | ((...args: never) => unknown)
    ? never
    : { readonly [K in keyof T]: Json<T[K]> };
const jsonHolds = (content: LetterContent): Json<LetterContent> => content;

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
      tokenNewsKey('r1', { state: 'approved', at: '2026-11-24T20:00:00.000Z' }),
      'token-request/r1/approved',
    ],
    [
      'news of a parcel is the parcel',
      tokenNewsKey('r1', { state: 'shipped', at: '2026-11-24T20:00:00.000Z' }),
      'token-request/r1/shipped/2026-11-24T20:00:00.000Z',
    ],
    [
      'a chase is the day',
      tokenChaseKey('r1', 'decide', tuesdayInUtc, 'UTC'),
      'token-request/r1/decide/2026-11-24',
    ],
    ['an escalated request is the admin', tokenEscalationKey('r1', SAM), 'token-request/r1/escalated/U01SAM'],
    ['a question for leave is the exemption', exemptionKey('e1'), 'exemption/e1'],
    ['exemption news is the step', exemptionNewsKey('e1', 'ending'), 'exemption/e1/ending'],
    [
      'a disowned account is the day it was handed back',
      disownedKey(PAYMENTS, tuesdayInUtc),
      'finding/account-disowned/111122223333/2026-11-24T20:00:00.000Z',
    ],
    [
      'a shared channel is the week',
      sharedChannelKey('C03SHARED', tuesdayInUtc, 'UTC'),
      'finding/digest-channel-shared/C03SHARED/2026-W48',
    ],
  ])('%s', (_name, key, expected) => {
    expect(key).toBe(expected);
  });
});

describe('a request in the tokens channel', () => {
  const history = (request: Parameters<typeof tokenRequestLetter>[0]) =>
    tokenRequestLetter(request, nameOf).history.map(({ state, by, note }) => [state, by, note]);

  test('tells how far it has come, and by whom', () => {
    expect(history(aReceived())).toEqual([
      ['requested', ANA, null],
      ['approved', SAM, null],
      ['shipped', SAM, 'DHL 123'],
      ['received', ANA, null],
    ]);
  });

  test('tells how it ended', () => {
    const declined = only(decline(aRequested(), admin, 'use the one you have', MONDAY), 'declined').request;
    const cancelled = only(cancel(anApproved(), ana, null, MONDAY), 'cancelled').request;
    const seen = closeIfEnrolled(aRequested(), new Map([[PAYMENTS, { mfa: 'hardware' }]]), MONDAY);
    const enrolled = only(seen, 'enrolled').request;

    expect(history(declined).at(-1)).toEqual(['declined', SAM, 'use the one you have']);
    expect(history(cancelled).map(([state]) => state)).toEqual(['requested', 'approved', 'cancelled']);
    expect(history(enrolled).at(-1)).toEqual(['enrolled', 'bot', null]);
  });

  test('names its accounts', () => {
    expect(tokenRequestLetter(aRequested(), nameOf).accounts).toEqual([
      { id: PAYMENTS, name: 'payments-prod', settled: null },
    ]);
  });
});

describe('news of a request', () => {
  test('is what others did', () => {
    expect(tokenNewsLetter(aShipped(), nameOf)).toMatchObject({
      news: 'shipped',
      step: { by: SAM, note: 'DHL 123' },
    });
  });

  test('is not what the reader did', () => {
    const own = only(cancel(anApproved(), ana, null, MONDAY), 'cancelled').request;

    expect([aRequested(), aReceived(), own].map((request) => tokenNewsLetter(request, nameOf))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('an exemption', () => {
  const policy = { open: undefined, policy: { maxDays: 90 }, zone: 'Europe/Berlin' };
  const form = { id: 'e1', accountId: PAYMENTS, reason: 'key ordered', lastDay: '2026-12-31' };
  const asked = only(ask(form, ANA, policy, MONDAY), 'asked').exemption;
  const granted = only(grant(asked, admin, 'once', MONDAY), 'granted').exemption;

  test('is shown to admins as a question, then with its answer', () => {
    expect(exemptionRequestLetter(asked, nameOf, 'Europe/Berlin')).toMatchObject({
      state: 'asked',
      decidedBy: null,
    });
    expect(exemptionRequestLetter(granted, nameOf, 'Europe/Berlin')).toMatchObject({
      state: 'granted',
      decidedBy: SAM,
      decisionNote: 'once',
      lastDay: '2026-12-31',
    });
  });

  test('is news to whoever asked, from whoever decided', () => {
    const revoked = only(revoke(granted, admin, MONDAY), 'revoked').exemption;

    expect(exemptionNewsLetter(granted, 'granted', nameOf, 'Europe/Berlin')).toMatchObject({
      by: SAM,
      note: 'once',
    });
    expect(exemptionNewsLetter(revoked, 'revoked', nameOf, 'Europe/Berlin')).toMatchObject({
      by: SAM,
      note: null,
    });
    expect(exemptionNewsLetter(granted, 'ending', nameOf, 'Europe/Berlin')).toMatchObject({
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
  const letter: ReminderLetter = {
    kind: 'reminder',
    accounts: { count: 12, items: [reminded(PAYMENTS), reminded(LEDGER)] },
    counts: { owned: 20, unmet: 12 },
    snoozesLeft: 2,
    escalated: listed([]),
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
    const after = thanking(letter, [fixed(PAYMENTS)]);

    expect(after.accounts).toEqual({ count: 11, items: [reminded(LEDGER)] });
    expect(after.fixed).toEqual([fixed(PAYMENTS)]);
  });

  test('gives thanks once', () => {
    const once = thanking(letter, [fixed(PAYMENTS)]);

    expect(thanking(once, [fixed(PAYMENTS)])).toEqual(once);
  });

  test('is only thanks in the end', () => {
    const short: EscalationLetter = { kind: 'escalation', accounts: listed([]), fixed: [] };

    expect(
      thanking({ ...letter, accounts: listed([reminded(LEDGER)]) }, [fixed(LEDGER)]).accounts.count,
    ).toBe(0);
    expect(thanking(short, [fixed(LEDGER)]).accounts.count).toBe(0);
  });

  test('and every other letter survives JSON', () => {
    const letters: LetterContent[] = [
      letter,
      { kind: 'digest', digest: aDigest() },
      tokenRequestLetter(aReceived(), nameOf),
    ];

    for (const content of letters) expect(JSON.parse(JSON.stringify(jsonHolds(content)))).toEqual(content);
  });
});
