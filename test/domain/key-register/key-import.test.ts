import { describe, expect, test } from '@jest/globals';
import {
  type KeyImportInputs,
  type KeyImportRow,
  planKeyImport,
} from '../../../src/domain/key-register/key-import.ts';
import { aRegisteredKey } from '../../support/registered-keys.ts';
import { ANA, SAM } from '../../support/reminders.ts';
import { LEDGER, PAYMENTS } from '../../support/token-requests.ts';

const now = new Date('2026-11-24T09:00:00Z');
const inputs: KeyImportInputs = {
  isOpenAccount: (id) => id === PAYMENTS || id === LEDGER,
  keysOf: () => [],
  personOf: (text) => (text === 'ana@example.com' ? ANA : text === SAM ? SAM : undefined),
  newId: () => 'new',
  now,
};
const aRow = (overrides: Partial<KeyImportRow> = {}): KeyImportRow => ({
  line: 2,
  accountId: PAYMENTS,
  role: 'main',
  kind: 'security-key',
  holder: 'ana@example.com',
  place: '',
  serial: '123',
  batteryEndsOn: '',
  ...overrides,
});

describe('a file of keys', () => {
  test('adds keys that no one has confirmed yet', () => {
    expect(planKeyImport([aRow()], inputs)).toMatchObject({
      kind: 'plan',
      unchanged: 0,
      entries: [{ change: 'added', key: { id: 'new', holder: ANA, source: 'import', confirmedAt: null } }],
    });
  });

  test('can be imported again, and changes what it says otherwise', () => {
    const known = { ...inputs, keysOf: () => [aRegisteredKey({ serial: '123' })] };

    expect(planKeyImport([aRow()], known)).toEqual({ kind: 'plan', entries: [], unchanged: 1 });
    expect(planKeyImport([aRow({ place: 'safe 2' })], known)).toMatchObject({
      entries: [{ change: 'changed', key: { id: 'k1', place: 'safe 2' } }],
    });
  });

  test('may name accounts without a key, as an export does', () => {
    const empty = aRow({ role: '', kind: '', holder: '', serial: '' });

    expect(planKeyImport([empty], inputs)).toEqual({ kind: 'plan', entries: [], unchanged: 0 });
  });

  test.each<[Partial<KeyImportRow>, string]>([
    [{ accountId: '12ab' }, 'accountId "12ab": expected 12 digits'],
    [
      { accountId: '999999999999' },
      'accountId "999999999999": no open account of the organization has this ID',
    ],
    [{ role: 'first' }, 'role "first": expected main or spare'],
    [{ kind: '' }, 'kind is empty: expected security-key, totp-token, passkey'],
    [
      { holder: 'ben' },
      'holder "ben": expected a Slack user ID, or the email address of a person the bot knows',
    ],
    [
      { place: '12 Baker Street' },
      'place looks like an address: expected a label, such as safe 2, Madrid office',
    ],
    [{ batteryEndsOn: '2027-03-31' }, 'batteryEndsOn: only a totp-token has a battery that ends'],
    [{ kind: 'totp-token', batteryEndsOn: 'soon' }, 'batteryEndsOn: expected a day, such as 2027-03-31'],
  ])('with %j is refused as a whole', (wrong, problem) => {
    const rows = [aRow({ accountId: LEDGER }), aRow({ ...wrong, line: 3 })];

    expect(planKeyImport(rows, inputs)).toEqual({ kind: 'errors', errors: [{ line: 3, problem }] });
  });

  test('names every mistake at once, and a key that is there twice', () => {
    const rows = [aRow(), aRow({ line: 3 }), aRow({ line: 4, role: '', accountId: '' })];

    expect(planKeyImport(rows, inputs)).toMatchObject({
      errors: [
        { line: 3, problem: 'is about the same key as line 2' },
        { line: 4, problem: 'accountId is empty: expected 12 digits' },
        { line: 4, problem: 'role is empty: expected main or spare' },
      ],
    });
  });

  test('adds no ninth key to an account', () => {
    const rows = Array.from({ length: 9 }, (_, n) => aRow({ line: n + 2, serial: String(n) }));
    let id = 0;

    expect(planKeyImport(rows, { ...inputs, newId: () => `new${id++}` })).toMatchObject({
      errors: [{ line: 10, problem: 'the account has 8 keys already, as many as root can have' }],
    });
  });
});
