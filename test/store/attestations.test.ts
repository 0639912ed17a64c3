import { beforeEach, expect, test } from '@jest/globals';
import { rememberAccounts } from '../../src/store/accounts.ts';
import {
  currentAttestations,
  lastAttestations,
  rememberAttestation,
  voidAttestations,
} from '../../src/store/attestations.ts';
import { revision } from '../../src/store/account-cache.ts';
import { anAttestation } from '../support/attestations.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { LEDGER, MONDAY, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const db = await testDatabase();
const key = anAttestation();
const passkey = anAttestation({
  kind: 'passkey',
  makeModel: null,
  saidAt: new Date('2026-12-01T09:00Z'),
  expiresAt: new Date('2027-12-01T09:00Z'),
});

beforeEach(async () => {
  await emptyTables(db);
  await rememberAccounts(db, [anAccount({ id: PAYMENTS }), anAccount({ id: LEDGER })], day(1));
});

test('of each account the last word counts, whatever it says', async () => {
  const ledger = anAttestation({ accountId: LEDGER });
  for (const said of [passkey, key, ledger]) await rememberAttestation(db, said);

  expect(await currentAttestations(db, MONDAY)).toEqual(
    new Map([
      [PAYMENTS, passkey],
      [LEDGER, ledger],
    ]),
  );
});

test('of two words of one moment, the one that came in last counts', async () => {
  await rememberAttestation(db, key);
  await rememberAttestation(db, { ...key, makeModel: 'Titan' });

  expect((await lastAttestations(db)).get(PAYMENTS)?.makeModel).toBe('Titan');
});

test('a word that has run out is known, and no longer current', async () => {
  await rememberAttestation(db, key);

  expect((await currentAttestations(db, new Date(key.expiresAt.getTime() - 1))).size).toBe(1);
  expect((await currentAttestations(db, key.expiresAt)).size).toBe(0);
  expect((await lastAttestations(db)).get(PAYMENTS)).toEqual(key);
  expect(await lastAttestations(db, [PAYMENTS])).toEqual(new Map([[PAYMENTS, key]]));
  expect(await lastAttestations(db, [])).toEqual(new Map());
});

test('a word is void for good once root was seen without the device; a new one counts again', async () => {
  await rememberAttestation(db, passkey);
  await rememberAttestation(db, key);

  await voidAttestations(db, [PAYMENTS], day(3));
  expect(await lastAttestations(db)).toEqual(new Map());

  await rememberAttestation(db, key);
  expect(await lastAttestations(db)).toEqual(new Map([[PAYMENTS, key]]));
});

test('who keeps attestations in memory hears of each change, and of nothing else', async () => {
  const before = await revision(db);

  await rememberAttestation(db, key);
  await voidAttestations(db, [PAYMENTS], day(3));
  await voidAttestations(db, [PAYMENTS], day(4));

  expect(await revision(db)).toBe(before + 2);
});
