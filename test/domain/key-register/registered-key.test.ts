import { describe, expect, test } from '@jest/globals';
import { registerAttestedKey, registerEnrolledKeys } from '../../../src/domain/key-register/enrolled-key.ts';
import {
  addKey,
  changeKey,
  isConfirmationDue,
  type KeyFacts,
  keyFactsProblem,
} from '../../../src/domain/key-register/registered-key.ts';
import type { RootDeviceCounts } from '../../../src/domain/root-devices.ts';
import { anAttestation } from '../../support/attestations.ts';
import { aRegisteredKey } from '../../support/registered-keys.ts';
import { ANA, SAM } from '../../support/reminders.ts';
import { aPendingTokenRequest, PAYMENTS } from '../../support/token-requests.ts';

const now = new Date('2026-11-24T09:00:00Z');
const later = new Date('2027-02-01T09:00:00Z');
const facts: KeyFacts = {
  role: 'main',
  kind: 'security-key',
  holder: ANA,
  place: ' safe 2 ',
  serial: '',
  batteryEndsOn: null,
};
const listed = (fido: number): RootDeviceCounts => ({ virtual: 0, fido, tokens: 0, unrecognized: 0 });

describe('a key that a person describes', () => {
  test('is confirmed when its holder adds it, and not when another person does', () => {
    const entry = { id: 'k1', accountId: PAYMENTS, source: 'person', facts } as const;

    expect(addKey([], entry, ANA, now)).toMatchObject({
      kind: 'added',
      key: { place: 'safe 2', serial: null, confirmedAt: now },
    });
    expect(addKey([], entry, SAM, now)).toMatchObject({ kind: 'added', key: { confirmedAt: null } });
  });

  test('is refused as a ninth: root has at most eight devices', () => {
    const eight = Array.from({ length: 8 }, (_, n) => aRegisteredKey({ id: `k${n}` }));

    expect(addKey(eight, { id: 'k9', accountId: PAYMENTS, source: 'person', facts }, ANA, now)).toEqual({
      kind: 'too-many-keys',
      max: 8,
    });
  });

  test('has to be confirmed again when it gets another holder', () => {
    const key = aRegisteredKey({ askedAt: now });

    expect(changeKey(key, { ...key, holder: SAM }, ANA, later)).toMatchObject({
      kind: 'changed',
      key: { holder: SAM, confirmedAt: null, askedAt: null },
    });
    expect(changeKey(key, { ...key, place: 'desk 4' }, SAM, later)).toMatchObject({
      key: { place: 'desk 4', confirmedAt: key.confirmedAt },
    });
    expect(changeKey(key, key, SAM, later)).toMatchObject({ kind: 'unchanged' });
  });

  test.each<[Partial<KeyFacts>, string]>([
    [{ place: 'Hauptstraße 12' }, 'place-is-address'],
    [{ place: '12 Baker Street' }, 'place-is-address'],
    [{ place: 'at home, 28013 Madrid' }, 'place-is-address'],
    [{ place: 'x'.repeat(61) }, 'too-long'],
    [{ serial: '1'.repeat(61) }, 'too-long'],
    [{ kind: 'totp-token', batteryEndsOn: '2027-02-30' }, 'not-a-date'],
    [{ batteryEndsOn: '2027-03-31' }, 'no-battery'],
  ])('%j is refused: %s', (wrong, kind) => {
    expect(keyFactsProblem({ ...facts, place: null, ...wrong })).toMatchObject({ kind });
  });

  test.each(['Safe 2, Madrid office', 'Tresor 4711', 'Locker 12, street level', 'HQ floor 3 cabinet 12'])(
    '“%s” is a label',
    (place) => {
      expect(keyFactsProblem({ ...facts, place })).toBeUndefined();
    },
  );
});

describe('a key that a scan saw', () => {
  const request = { ...aPendingTokenRequest(), quantity: 1, serial: '123' };
  const id = { newId: () => 'k9', now };

  test('is the main one of an account without keys, held by the requester', () => {
    const account = { accountId: PAYMENTS, keys: [], devices: listed(1) };

    expect(registerEnrolledKeys(request, account, id)).toMatchObject([
      {
        change: 'added',
        key: { id: 'k9', role: 'main', holder: ANA, serial: '123', requestId: 'r1', confirmedAt: now },
      },
    ]);
  });

  test('is a spare where root has more devices than the register has keys', () => {
    const account = { accountId: PAYMENTS, keys: [aRegisteredKey({ holder: SAM })], devices: listed(2) };

    expect(registerEnrolledKeys(request, account, id)).toMatchObject([
      { change: 'added', key: { id: 'k9', role: 'spare', holder: ANA } },
    ]);
  });

  test('otherwise takes the place of the main one, with nothing left of what was said of that', () => {
    const old = aRegisteredKey({
      kind: 'totp-token',
      holder: SAM,
      place: 'safe',
      batteryEndsOn: '2027-03-31',
    });
    const account = { accountId: PAYMENTS, keys: [old], devices: listed(1) };

    expect(registerEnrolledKeys({ ...request, quantity: 2 }, account, id)).toMatchObject([
      {
        change: 'changed',
        key: { id: 'k1', holder: ANA, kind: 'security-key', place: null, batteryEndsOn: null, serial: null },
      },
    ]);
  });

  test('is one of two where AWS lists both, and no app counts as one', () => {
    const account = { accountId: PAYMENTS, keys: [], devices: { ...listed(2), virtual: 1 } };

    expect(registerEnrolledKeys({ ...request, quantity: 2 }, account, id)).toMatchObject([
      { change: 'added', key: { role: 'main', holder: ANA, serial: null } },
      { change: 'added', key: { role: 'spare', holder: ANA } },
    ]);
    expect(registerEnrolledKeys(request, account, id)).toHaveLength(1);
    const mixed = { accountId: PAYMENTS, keys: [aRegisteredKey()], devices: { ...listed(1), virtual: 1 } };
    expect(registerEnrolledKeys(request, mixed, id)).toMatchObject([{ change: 'changed' }]);
  });

  test('keeps what its holder said of it', () => {
    const known = aRegisteredKey({ place: 'desk', serial: '7' });
    const account = { accountId: PAYMENTS, keys: [known], devices: null };

    expect(registerEnrolledKeys({ ...request, serial: '' }, account, id)).toMatchObject([
      { change: 'changed', key: { place: 'desk', serial: '7' } },
    ]);
  });
});

describe('the word of an owner about the key', () => {
  test('is the first entry, or changes the kind only', () => {
    const passkey = anAttestation({ kind: 'passkey', makeModel: null });

    expect(registerAttestedKey(anAttestation(), [], 'k9')).toMatchObject({
      change: 'added',
      key: { role: 'main', kind: 'security-key', source: 'attestation' },
    });
    expect(registerAttestedKey(passkey, [aRegisteredKey({ holder: SAM })], 'k9')).toMatchObject({
      change: 'changed',
      key: { kind: 'passkey', holder: SAM },
    });
    expect(registerAttestedKey(anAttestation(), [aRegisteredKey()], 'k9')).toBeNull();
  });
});

test.each([
  ['no one', { holder: null }, '2028-01-01', false],
  ['a holder within the year', {}, '2027-11-24T08:59:59Z', false],
  ['a holder after a year', {}, '2027-11-24T09:00:00Z', true],
  [
    'a holder asked 29 days ago',
    { askedAt: new Date('2027-11-24T09:00:00Z') },
    '2027-12-23T09:00:00Z',
    false,
  ],
  ['a holder asked 30 days ago', { askedAt: new Date('2027-11-24T09:00:00Z') }, '2027-12-24T09:00:00Z', true],
])('%s is asked to confirm: %#', (_, key, at, expected) => {
  expect(isConfirmationDue(aRegisteredKey(key), new Date(at))).toBe(expected);
});
