import { beforeEach, expect, test } from '@jest/globals';
import { rememberAccounts } from '../../src/store/accounts.ts';
import { allAccounts, knownAccount, revision } from '../../src/store/account-cache.ts';
import { openScan } from '../../src/store/scans.ts';
import { historyOf, rememberReadings, verdictsSince } from '../../src/store/verdicts.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, aReading, day, noMfa, nothingTold, refused, virtualMfa } from './examples.ts';

const db = await testDatabase();
const payments = anAccount(1, { name: 'payments' });

beforeEach(() => emptyTables(db));

test('the first verdict of an account is a change from nothing', async () => {
  await rememberAccounts(db, [payments], day(1));

  const changes = await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);

  expect(changes).toEqual([{ accountId: payments.id, before: null, after: noMfa, at: day(1) }]);
  expect(await knownAccount(db, payments.id)).toMatchObject({
    verdict: noMfa,
    since: day(1),
    checkedAt: day(1),
    unread: null,
  });
});

test('a look that finds the same is no change, only more recent', async () => {
  await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);

  const changes = await rememberReadings(db, null, [aReading(payments, noMfa, day(2))]);

  expect(changes).toEqual([]);
  expect(await knownAccount(db, payments.id)).toMatchObject({ since: day(1), checkedAt: day(2) });
  expect(await historyOf(db, payments.id)).toHaveLength(1);
});

test('other words for the same finding are remembered, and are no change', async () => {
  const reworded = { ...noMfa, why: 'No device protects root.', confidence: 'stale' as const };
  await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);

  const changes = await rememberReadings(db, null, [aReading(payments, reworded, day(2))]);

  expect(changes).toEqual([]);
  expect((await knownAccount(db, payments.id))?.verdict).toEqual(reworded);
});

test('another flag is a change', async () => {
  const withKey = { ...noMfa, flags: ['root_access_key_present' as const] };
  await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);

  const changes = await rememberReadings(db, null, [aReading(payments, withKey, day(2))]);

  expect(changes).toMatchObject([{ before: noMfa, after: withKey }]);
});

test('history has a row for each time the verdict changed, and the scan that saw it', async () => {
  const scan = await openScan(db, { startedBy: 'schedule', at: day(2) });
  await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);
  await rememberReadings(db, scan.id, [aReading(payments, virtualMfa, day(2))]);
  await rememberReadings(db, null, [aReading(payments, virtualMfa, day(3))]);
  await rememberReadings(db, null, [aReading(payments, noMfa, day(4))]);

  const history = await historyOf(db, payments.id);

  expect(history.map(({ verdict, since, until }) => [verdict.mfa, since, until])).toEqual([
    ['none', day(1), day(2)],
    ['virtual', day(2), day(4)],
    ['none', day(4), null],
  ]);
  expect(history.map(({ scanId }) => scanId)).toEqual([null, scan.id, null]);
  expect((await verdictsSince(db, day(2))).map(({ since }) => since)).toEqual([day(4)]);
});

test('a look that told nothing leaves the last verdict standing, marked since the first of such looks', async () => {
  await rememberReadings(db, null, [aReading(payments, virtualMfa, day(1))]);

  await rememberReadings(db, null, [aReading(payments, nothingTold, day(2))]);
  const changes = await rememberReadings(db, null, [aReading(payments, nothingTold, day(3))]);

  expect(changes).toEqual([]);
  expect(await knownAccount(db, payments.id)).toMatchObject({
    verdict: virtualMfa,
    since: day(1),
    checkedAt: day(1),
    unread: { since: day(2), errors: [refused] },
  });
});

test('the next look that tells something makes the account current again', async () => {
  await rememberReadings(db, null, [aReading(payments, virtualMfa, day(1))]);
  await rememberReadings(db, null, [aReading(payments, nothingTold, day(2))]);

  await rememberReadings(db, null, [aReading(payments, virtualMfa, day(3))]);

  expect(await knownAccount(db, payments.id)).toMatchObject({
    since: day(1),
    checkedAt: day(3),
    unread: null,
  });
});

test('an account that could never be read has no verdict', async () => {
  await rememberReadings(db, null, [aReading(payments, nothingTold, day(1))]);

  expect(await knownAccount(db, payments.id)).toMatchObject({
    verdict: null,
    since: null,
    checkedAt: null,
    unread: { since: day(1) },
  });
});

test('a slow scan does not overwrite the check that overtook it', async () => {
  await rememberReadings(db, null, [aReading(payments, virtualMfa, day(2))]);

  const changes = await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);
  await rememberReadings(db, null, [aReading(payments, nothingTold, day(1))]);

  expect(changes).toEqual([]);
  expect(await knownAccount(db, payments.id)).toMatchObject({ verdict: virtualMfa, unread: null });
});

test('of two readings of one account in one look, the newer one counts', async () => {
  await rememberReadings(db, null, [
    aReading(payments, virtualMfa, day(2)),
    aReading(payments, noMfa, day(1)),
  ]);

  expect((await knownAccount(db, payments.id))?.verdict).toEqual(virtualMfa);
});

test('what strangers wrote is kept as they wrote it, as far as a database can', async () => {
  const hostile = anAccount(2, { name: `'; drop table accounts; -- <!channel> "\\u0000" \0 \ud800 é 日本` });
  const verdict = { ...noMfa, why: 'A \0 in a message \udfff' };

  await rememberAccounts(db, [hostile], day(1));
  await rememberReadings(db, null, [aReading(hostile, verdict, day(1))]);

  const known = await knownAccount(db, hostile.id);
  expect(known?.name).toBe(`'; drop table accounts; -- <!channel> "\\u0000" \u{fffd} \u{fffd} é 日本`);
  expect(known?.verdict?.why).toBe('A \u{fffd} in a message \u{fffd}');
});

test('a reading tells those who keep the whole company that it has changed', async () => {
  const before = await revision(db);

  await rememberReadings(db, null, [aReading(payments, noMfa, day(1))]);

  expect(await revision(db)).toBe(before + 1);
});

test('the whole company is read in one order, however many pages it takes', async () => {
  const accounts = Array.from({ length: 2100 }, (_, index) => anAccount(index + 1));
  await rememberReadings(
    db,
    null,
    accounts.map((account) => aReading(account, noMfa, day(1))),
  );

  const all = await allAccounts(db);

  expect(all).toHaveLength(2100);
  expect(all.map(({ name }) => name)).toEqual(accounts.map(({ name }) => name));
});
