import { beforeEach, expect, test } from '@jest/globals';
import { createAccountCache, listKnownAccounts } from '../../src/store/account-cache.ts';
import { closeAccounts, saveAccounts, saveDirectoryEntries } from '../../src/store/accounts.ts';
import { saveObservations } from '../../src/store/verdicts.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { anAccount, anObservation, day, noMfa, virtualMfa } from './examples.ts';

const instances = await testDatabases(2);
const [db, other] = instances as [(typeof instances)[number], (typeof instances)[number]];
const payments = anAccount(1, { name: 'payments' });
const sandbox = anAccount(2, { name: 'sandbox' });

beforeEach(async () => {
  await emptyTables(db);
  await saveObservations(db, null, [
    anObservation(payments, noMfa, day(1)),
    anObservation(sandbox, noMfa, day(1)),
  ]);
});

test('a second read without a change returns the same list', async () => {
  const cache = createAccountCache(db);

  expect(await cache.accounts()).toEqual(await listKnownAccounts(db));
  expect(await cache.accounts()).toBe(await cache.accounts());
});

test('a book knows whatever was written since, here or by another instance', async () => {
  const cache = createAccountCache(db);
  const upToDate = async () => {
    const accounts = await cache.accounts();
    expect(accounts).toEqual(await listKnownAccounts(db));
    return accounts;
  };
  await upToDate();

  await saveObservations(other, null, [anObservation(payments, virtualMfa, day(2))]);
  expect((await upToDate())[0]?.verdict).toEqual(virtualMfa);

  await saveDirectoryEntries(db, [{ id: sandbox.id, entry: { orgUnit: '/Lab' } }], day(3));
  expect((await upToDate())[1]?.orgUnit).toBe('/Lab');

  await saveAccounts(other, [{ ...payments, name: 'zeta' }, anAccount(3, { name: 'alpha' })], day(4));
  expect((await upToDate()).map(({ name }) => name)).toEqual(['alpha', 'sandbox', 'zeta']);

  await closeAccounts(db, [sandbox.id, anAccount(3).id], day(5));
  expect((await upToDate()).map(({ closedAt }) => closedAt)).toEqual([day(5), day(5), null]);
});

test('the cache misses nothing of a transaction that began before a read and ended after it', async () => {
  const cache = createAccountCache(other);
  let allowCommit = () => {};
  const commitAllowed = new Promise<void>((resolve) => {
    allowCommit = resolve;
  });

  const slow = db.transaction(async (tx) => {
    await tx.transaction((inner) =>
      saveObservations(inner, null, [anObservation(payments, virtualMfa, day(2))]),
    );
    await commitAllowed;
  });
  const early = cache.accounts();
  // Embedded, the book is not answered before the transaction has ended.
  if (db.kind === 'postgres') {
    await early;
    await saveObservations(other, null, [anObservation(sandbox, virtualMfa, day(2))]);
    await cache.accounts();
  }
  allowCommit();
  await slow;

  expect((await cache.accounts())[0]?.verdict).toEqual(virtualMfa);
});

test('a read that failed is repeated at the next request', async () => {
  let broken = true;
  const flaky: typeof db = {
    ...db,
    query: async (text, params) => {
      if (broken) throw new Error('connection lost');
      return db.query(text, params);
    },
  };
  const cache = createAccountCache(flaky);

  await expect(cache.accounts()).rejects.toThrow('connection lost');
  broken = false;

  expect(await cache.accounts()).toHaveLength(2);
});
