import { beforeEach, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/domain/verdict.ts';
import { rememberAccounts } from '../../src/store/accounts.ts';
import { allAccounts, revision } from '../../src/store/account-cache.ts';
import { historyOf, rememberReadings } from '../../src/store/verdicts.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { anAccount, aReading, day, noMfa, virtualMfa } from './examples.ts';

const instances = await testDatabases(4);
const [db] = instances as [(typeof instances)[number]];
const accounts = Array.from({ length: 1000 }, (_, index) => anAccount(index + 1));

beforeEach(() => emptyTables(db));

test('instances that see the same at the same time tell of it once, in whatever order they saw it', async () => {
  const all = (verdict: Verdict, at: Date) =>
    Promise.all(
      instances.map((instance, index) => {
        const readings = accounts.map((account) => aReading(account, verdict, at));
        return rememberReadings(instance, null, index % 2 ? readings : readings.reverse());
      }),
    );

  const first = await all(noMfa, day(1));
  const second = await all(virtualMfa, day(2));

  expect(first.flat()).toHaveLength(accounts.length);
  expect(second.flat()).toHaveLength(accounts.length);
  for (const { id } of accounts.slice(0, 3)) expect(await historyOf(db, id)).toHaveLength(2);
});

test('instances that write at the same time each count the revision up', async () => {
  const before = await revision(db);

  await Promise.all(
    instances.flatMap((instance, index) => [
      rememberAccounts(instance, [anAccount(1000 + index)], day(1)),
      rememberReadings(instance, null, [aReading(anAccount(2000 + index), noMfa, day(1))]),
    ]),
  );

  expect(await revision(db)).toBe(before + 2 * instances.length);
  expect(await allAccounts(db)).toHaveLength(2 * instances.length);
});

test('an instance whose connection is cut in the middle of a transaction says so and goes on', async () => {
  const cut = db.transaction(async (tx) => {
    await rememberAccounts(tx, [anAccount(1)], day(1));
    const [mine] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    if (db.kind === 'postgres') await instances[1]?.query('select pg_terminate_backend($1)', [mine?.pid]);
    else await tx.query('select 1 / 0');
    await tx.query('select 1');
  });

  await expect(cut).rejects.toThrow(/^Cannot run/);
  expect(await allAccounts(db)).toEqual([]);
});
