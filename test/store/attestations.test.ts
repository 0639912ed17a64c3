import { beforeEach, expect, test } from '@jest/globals';
import { readRevision } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { latestAttestations, saveAttestation, voidAttestations } from '../../src/store/attestations.ts';
import { anAttestation } from '../support/attestations.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { LEDGER, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const db = await testDatabase();
const key = anAttestation();
const passkey = anAttestation({
  kind: 'passkey',
  makeModel: null,
  attestedAt: new Date('2026-12-01T09:00Z'),
  expiresAt: new Date('2027-12-01T09:00Z'),
});

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [anAccount({ id: PAYMENTS }), anAccount({ id: LEDGER })], day(1));
});

test('the last attestation of each account counts, whatever it says', async () => {
  const ledger = anAttestation({ accountId: LEDGER });
  for (const said of [passkey, key, ledger]) await saveAttestation(db, said);

  expect(await latestAttestations(db)).toEqual(
    new Map([
      [PAYMENTS, passkey],
      [LEDGER, ledger],
    ]),
  );
});

test('of two words of one moment, the one that came in last counts', async () => {
  await saveAttestation(db, key);
  await saveAttestation(db, { ...key, makeModel: 'Titan' });

  expect((await latestAttestations(db)).get(PAYMENTS)?.makeModel).toBe('Titan');
});

test('an attestation is known by its account, however old it is', async () => {
  await saveAttestation(db, key);

  expect((await latestAttestations(db)).get(PAYMENTS)).toEqual(key);
  expect(await latestAttestations(db, [PAYMENTS])).toEqual(new Map([[PAYMENTS, key]]));
  expect(await latestAttestations(db, [])).toEqual(new Map());
});

test('a word is void for good once root was seen without the device; a new one counts again', async () => {
  await saveAttestation(db, passkey);
  await saveAttestation(db, key);

  await voidAttestations(db, [PAYMENTS], day(3));
  expect(await latestAttestations(db)).toEqual(new Map());

  await saveAttestation(db, key);
  expect(await latestAttestations(db)).toEqual(new Map([[PAYMENTS, key]]));
});

test('a cache of attestations is invalidated by each change, and by nothing else', async () => {
  const before = await readRevision(db);

  await saveAttestation(db, key);
  await voidAttestations(db, [PAYMENTS], day(3));
  await voidAttestations(db, [PAYMENTS], day(4));

  expect(await readRevision(db)).toBe(before + 2);
});
