import { beforeEach, expect, test } from '@jest/globals';
import { closeVanished, rememberAccounts, rememberDirectory } from '../../src/store/accounts.ts';
import { allAccounts, keepBook } from '../../src/store/account-cache.ts';
import { rememberReadings } from '../../src/store/verdicts.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { anAccount, aReading, day, noMfa, virtualMfa } from './examples.ts';

const instances = await testDatabases(2);
const [db, other] = instances as [(typeof instances)[number], (typeof instances)[number]];
const payments = anAccount(1, { name: 'payments' });
const sandbox = anAccount(2, { name: 'sandbox' });

beforeEach(async () => {
  await emptyTables(db);
  await rememberReadings(db, null, [aReading(payments, noMfa, day(1)), aReading(sandbox, noMfa, day(1))]);
});

test('a book that is asked again while nothing has changed is the same one', async () => {
  const book = keepBook(db);

  expect(await book.accounts()).toEqual(await allAccounts(db));
  expect(await book.accounts()).toBe(await book.accounts());
});

test('a book knows whatever was written since, here or by another instance', async () => {
  const book = keepBook(db);
  const upToDate = async () => {
    const accounts = await book.accounts();
    expect(accounts).toEqual(await allAccounts(db));
    return accounts;
  };
  await upToDate();

  await rememberReadings(other, null, [aReading(payments, virtualMfa, day(2))]);
  expect((await upToDate())[0]?.verdict).toEqual(virtualMfa);

  await rememberDirectory(db, [{ id: sandbox.id, entry: { orgUnit: '/Lab' } }], day(3));
  expect((await upToDate())[1]?.orgUnit).toBe('/Lab');

  await rememberAccounts(other, [{ ...payments, name: 'zeta' }, anAccount(3, { name: 'alpha' })], day(4));
  expect((await upToDate()).map(({ name }) => name)).toEqual(['alpha', 'sandbox', 'zeta']);

  await closeVanished(db, [payments.id], day(5));
  expect((await upToDate()).map(({ closedAt }) => closedAt)).toEqual([day(5), day(5), null]);
});

test('a book misses nothing of a transaction that began before it was read and ended after', async () => {
  const book = keepBook(other);
  let letCommit = () => {};
  const mayCommit = new Promise<void>((resolve) => {
    letCommit = resolve;
  });

  const slow = db.transaction(async (tx) => {
    await tx.transaction((inner) => rememberReadings(inner, null, [aReading(payments, virtualMfa, day(2))]));
    await mayCommit;
  });
  const early = book.accounts();
  // Embedded, the book is not answered before the transaction has ended.
  if (db.kind === 'postgres') {
    await early;
    await rememberReadings(other, null, [aReading(sandbox, virtualMfa, day(2))]);
    await book.accounts();
  }
  letCommit();
  await slow;

  expect((await book.accounts())[0]?.verdict).toEqual(virtualMfa);
});

test('a book that could not be read is read anew at the next asking', async () => {
  let broken = true;
  const flaky: typeof db = {
    ...db,
    query: async (text, params) => {
      if (broken) throw new Error('connection lost');
      return db.query(text, params);
    },
  };
  const book = keepBook(flaky);

  await expect(book.accounts()).rejects.toThrow('connection lost');
  broken = false;

  expect(await book.accounts()).toHaveLength(2);
});
