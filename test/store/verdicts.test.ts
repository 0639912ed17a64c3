import { beforeEach, expect, test } from '@jest/globals';
import { findKnownAccount, listKnownAccounts, readRevision } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { createScan } from '../../src/store/scans.ts';
import { listVerdictHistory, saveObservations } from '../../src/store/verdicts.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import {
  accessDeniedError,
  anAccount,
  anObservation,
  day,
  noMfa,
  noVerdict,
  virtualMfa,
} from './examples.ts';

const db = await testDatabase();
const payments = anAccount(1, { name: 'payments' });

beforeEach(() => emptyTables(db));

test('the first verdict of an account is a change from nothing', async () => {
  await saveAccounts(db, [payments], day(1));

  const changes = await saveObservations(db, null, [anObservation(payments, noMfa, day(1))]);

  expect(changes).toEqual([{ accountId: payments.id, before: null, after: noMfa, at: day(1) }]);
  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    verdict: noMfa,
    since: day(1),
    checkedAt: day(1),
    readFailure: null,
  });
});

test('a look that finds the same is no change, only more recent', async () => {
  await saveObservations(db, null, [anObservation(payments, noMfa, day(1))]);

  const changes = await saveObservations(db, null, [anObservation(payments, noMfa, day(2))]);

  expect(changes).toEqual([]);
  expect(await findKnownAccount(db, payments.id)).toMatchObject({ since: day(1), checkedAt: day(2) });
  expect(await listVerdictHistory(db, payments.id)).toHaveLength(1);
});

test('other words for the same finding are remembered, and are no change', async () => {
  const reworded = { ...noMfa, why: 'No device protects root.', confidence: 'stale' as const };
  await saveObservations(db, null, [anObservation(payments, noMfa, day(1))]);

  const changes = await saveObservations(db, null, [anObservation(payments, reworded, day(2))]);

  expect(changes).toEqual([]);
  expect((await findKnownAccount(db, payments.id))?.verdict).toEqual(reworded);
});

test('another flag is a change', async () => {
  const withKey = { ...noMfa, flags: ['root_access_key_present' as const] };
  await saveObservations(db, null, [anObservation(payments, noMfa, day(1))]);

  const changes = await saveObservations(db, null, [anObservation(payments, withKey, day(2))]);

  expect(changes).toMatchObject([{ before: noMfa, after: withKey }]);
});

test('history has a row for each time the verdict changed, and the scan that saw it', async () => {
  const scan = await createScan(db, { startedBy: 'schedule', at: day(2) });
  await saveObservations(db, null, [anObservation(payments, noMfa, day(1))]);
  await saveObservations(db, scan.id, [anObservation(payments, virtualMfa, day(2))]);
  await saveObservations(db, null, [anObservation(payments, virtualMfa, day(3))]);
  await saveObservations(db, null, [anObservation(payments, noMfa, day(4))]);

  const history = await listVerdictHistory(db, payments.id);

  expect(history.map(({ verdict, since, until }) => [verdict.mfa, since, until])).toEqual([
    ['none', day(1), day(2)],
    ['virtual', day(2), day(4)],
    ['none', day(4), null],
  ]);
  expect(history.map(({ scanId }) => scanId)).toEqual([null, scan.id, null]);
});

test('a check without an answer keeps the last verdict, marked since the first such check', async () => {
  await saveObservations(db, null, [anObservation(payments, virtualMfa, day(1))]);

  await saveObservations(db, null, [anObservation(payments, noVerdict, day(2))]);
  const changes = await saveObservations(db, null, [anObservation(payments, noVerdict, day(3))]);

  expect(changes).toEqual([]);
  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    verdict: virtualMfa,
    since: day(1),
    checkedAt: day(1),
    readFailure: { since: day(2), errors: [accessDeniedError] },
  });
});

test('the next check with an answer makes the account current again', async () => {
  await saveObservations(db, null, [anObservation(payments, virtualMfa, day(1))]);
  await saveObservations(db, null, [anObservation(payments, noVerdict, day(2))]);

  await saveObservations(db, null, [anObservation(payments, virtualMfa, day(3))]);

  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    since: day(1),
    checkedAt: day(3),
    readFailure: null,
  });
});

test('an account that could never be read has no verdict', async () => {
  await saveObservations(db, null, [anObservation(payments, noVerdict, day(1))]);

  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    verdict: null,
    since: null,
    checkedAt: null,
    readFailure: { since: day(1) },
  });
});

test('a slow scan does not overwrite the check that overtook it', async () => {
  const halfAnHourBefore = new Date(day(2).getTime() - 30 * 60_000);
  await saveObservations(db, null, [anObservation(payments, virtualMfa, day(2))]);

  const changes = await saveObservations(db, null, [anObservation(payments, noMfa, halfAnHourBefore)]);
  await saveObservations(db, null, [anObservation(payments, noVerdict, halfAnHourBefore)]);

  expect(changes).toEqual([]);
  expect(await findKnownAccount(db, payments.id)).toMatchObject({ verdict: virtualMfa, readFailure: null });
});

test('a reading of a clock that was a year ahead does not hold back the next one', async () => {
  const nextYear = new Date('2027-01-02T09:00:00Z');
  await saveObservations(db, null, [anObservation(payments, virtualMfa, nextYear)]);

  const changes = await saveObservations(db, null, [anObservation(payments, noMfa, day(2))]);

  expect(changes).toHaveLength(1);
  expect(await findKnownAccount(db, payments.id)).toMatchObject({ verdict: noMfa, checkedAt: day(2) });
  expect((await listVerdictHistory(db, payments.id)).map(({ since, until }) => [since, until])).toEqual([
    [day(2), day(2)],
    [day(2), null],
  ]);
});

test('of two readings of one account in one look, the newer one counts', async () => {
  await saveObservations(db, null, [
    anObservation(payments, virtualMfa, day(2)),
    anObservation(payments, noMfa, day(1)),
  ]);

  expect((await findKnownAccount(db, payments.id))?.verdict).toEqual(virtualMfa);
});

test('what strangers wrote is kept as they wrote it, as far as a database can', async () => {
  const hostile = anAccount(2, { name: `'; drop table accounts; -- <!channel> "\\u0000" \0 \ud800 é 日本` });
  const verdict = { ...noMfa, why: 'A \0 in a message \udfff' };

  await saveAccounts(db, [hostile], day(1));
  await saveObservations(db, null, [anObservation(hostile, verdict, day(1))]);

  const known = await findKnownAccount(db, hostile.id);
  expect(known?.name).toBe(`'; drop table accounts; -- <!channel> "\\u0000" \u{fffd} \u{fffd} é 日本`);
  expect(known?.verdict?.why).toBe('A \u{fffd} in a message \u{fffd}');
});

test('an observation invalidates the caches of the whole company', async () => {
  const before = await readRevision(db);

  await saveObservations(db, null, [anObservation(payments, noMfa, day(1))]);

  expect(await readRevision(db)).toBe(before + 1);
});

test('the whole company is read in one order, however many pages it takes', async () => {
  const accounts = Array.from({ length: 2100 }, (_, index) => anAccount(index + 1));
  await saveObservations(
    db,
    null,
    accounts.map((account) => anObservation(account, noMfa, day(1))),
  );

  const all = await listKnownAccounts(db);

  expect(all).toHaveLength(2100);
  expect(all.map(({ name }) => name)).toEqual(accounts.map(({ name }) => name));
});
