import { beforeEach, expect, test } from '@jest/globals';
import { saveAccounts } from '../../src/store/accounts.ts';
import { listGaps } from '../../src/store/observation-gaps.ts';
import { saveObservations } from '../../src/store/verdicts.ts';
import { aVerdict } from '../support/builders.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const db = await testDatabase();
const payments = anAccount(1);
const errors = [{ call: 'sts:AssumeRoot', code: 'AccessDenied', message: 'no' }];
const readable = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass' });
const unreadable = aVerdict({ mfa: 'unknown', level1: 'unknown', level2: 'unknown', confidence: 'none' });

const see = (n: number, ok: boolean) =>
  saveObservations(db, null, [
    { account: payments, verdict: ok ? readable : unreadable, errors: ok ? [] : errors, checkedAt: day(n) },
  ]);

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [payments], day(1));
});

test('a gap lasts from the first failed look to the next successful one', async () => {
  await see(1, true);
  await see(2, false);
  await see(3, false);
  await see(5, true);

  expect(await listGaps(db, { from: day(1), to: day(9) })).toEqual([
    { accountId: payments.id, since: day(2), until: day(5), errors },
  ]);
});

test('a gap that still lasts has no end, and each new gap is its own', async () => {
  await see(1, false);
  await see(2, true);
  await see(3, false);

  expect(await listGaps(db, { from: day(1), to: day(9) })).toMatchObject([
    { since: day(1), until: day(2) },
    { since: day(3), until: null },
  ]);
  expect(await listGaps(db, { from: day(2), to: day(3) })).toEqual([]);
});
