import { describe, expect, test } from '@jest/globals';
import {
  isInRegister,
  type KeyedAccount,
  type KeyFindingKind,
  keyFindings,
} from '../../../src/domain/key-register/findings.ts';

import type { RootDeviceCounts } from '../../../src/domain/root-devices.ts';
import { aRegisteredKey } from '../../support/registered-keys.ts';
import { ANA, BEN, SAM } from '../../support/reminders.ts';

const now = new Date('2026-11-24T09:00:00Z');

const devices = (counts: Partial<RootDeviceCounts>): RootDeviceCounts => ({
  virtual: 0,
  fido: 0,
  tokens: 0,
  unrecognized: 0,
  ...counts,
});
const main = aRegisteredKey();
const spare = aRegisteredKey({ id: 'k2', role: 'spare', holder: SAM, place: 'safe 2' });
const twoKeys = { mfa: 'fido', devices: devices({ fido: 2 }), keys: [main, spare] } satisfies KeyedAccount;

const cases: readonly [string, KeyedAccount, readonly KeyFindingKind[]][] = [
  ['two keys, held by two people', twoKeys, []],
  [
    'one device, no spare',
    { mfa: 'fido', devices: devices({ fido: 1 }), keys: [main] },
    ['one-device-only', 'no-spare-named'],
  ],
  [
    'a spare in a safe that AWS does not list',
    { ...twoKeys, devices: devices({ fido: 1 }) },
    ['one-device-only'],
  ],
  ['devices that AWS did not list', { ...twoKeys, devices: null }, []],
  [
    'hardware that no one registered',
    { mfa: 'hardware', devices: devices({ tokens: 2 }), keys: [] },
    ['no-spare-named'],
  ],
  [
    'a single authenticator app',
    { mfa: 'virtual', devices: devices({ virtual: 1 }), keys: [] },
    ['one-device-only'],
  ],
  ['two authenticator apps', { mfa: 'virtual', devices: devices({ virtual: 2 }), keys: [] }, []],
  [
    'both keys held by one person',
    { ...twoKeys, keys: [main, { ...spare, holder: ANA }] },
    ['both-held-by-one-person'],
  ],
  [
    'two keys without a holder',
    {
      ...twoKeys,
      keys: [
        { ...main, holder: null },
        { ...spare, holder: null },
      ],
    },
    [],
  ],
  [
    'a third key held by another person',
    { ...twoKeys, keys: [main, { ...spare, holder: ANA }, { ...spare, id: 'k3' }] },
    [],
  ],
  ['a holder who left', { ...twoKeys, keys: [main, { ...spare, holder: BEN }] }, ['holder-left']],
  [
    'a battery that ends in 60 days',
    { ...twoKeys, keys: [{ ...main, kind: 'totp-token', batteryEndsOn: '2027-01-23' }, spare] },
    ['battery-ends'],
  ],
  [
    'a battery that ends in 61 days',
    { ...twoKeys, keys: [{ ...main, kind: 'totp-token', batteryEndsOn: '2027-01-24' }, spare] },
    [],
  ],
  [
    'a battery that ended last year',
    { ...twoKeys, keys: [{ ...main, kind: 'totp-token', batteryEndsOn: '2025-12-31' }, spare] },
    ['battery-ends'],
  ],
  [
    'a key confirmed a year ago',
    { ...twoKeys, keys: [{ ...main, confirmedAt: new Date('2025-11-24T09:00:00Z') }, spare] },
    ['not-confirmed'],
  ],
  [
    'a key confirmed almost a year ago',
    { ...twoKeys, keys: [{ ...main, confirmedAt: new Date('2025-11-24T09:00:01Z') }, spare] },
    [],
  ],
  [
    'a key added a year ago that no one ever confirmed',
    { ...twoKeys, keys: [{ ...main, confirmedAt: null, addedAt: new Date('2025-11-01T09:00:00Z') }, spare] },
    ['not-confirmed'],
  ],
  ['a root user that cannot sign in', { mfa: 'no_credentials', devices: devices({}), keys: [main] }, []],
];

describe('what is weak about the keys of an account', () => {
  test.each(cases)('%s', (_, account, expected) => {
    const found = keyFindings(account, (holder) => holder === BEN, now);

    expect(found.map(({ kind }) => kind)).toEqual(expected);
  });

  test('names the keys that it is about', () => {
    const left = { ...spare, holder: BEN };

    expect(keyFindings({ ...twoKeys, keys: [main, left] }, (holder) => holder === BEN, now)).toEqual([
      { kind: 'holder-left', keys: [left] },
    ]);
  });
});

test.each<[string, KeyedAccount, boolean]>([
  ['hardware on root', { mfa: 'fido', devices: null, keys: [] }, true],
  ['an app that AWS listed', { mfa: 'virtual', devices: devices({ virtual: 1 }), keys: [] }, true],
  ['a key that is named', { mfa: 'none', devices: devices({}), keys: [main] }, true],
  ['no MFA', { mfa: 'none', devices: devices({}), keys: [] }, false],
  ['no root sign-in', { mfa: 'no_credentials', devices: devices({ fido: 1 }), keys: [] }, false],
  ['an account that was never checked', { mfa: null, devices: null, keys: [] }, false],
])('the register lists %s: %#', (_, account, expected) => {
  expect(isInRegister(account)).toBe(expected);
});
