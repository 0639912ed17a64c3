import { beforeEach, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/domain/verdict.ts';
import { listKnownAccounts, readRevision } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { listVerdictHistory, saveObservations } from '../../src/store/verdicts.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { anAccount, anObservation, day, noMfa, virtualMfa } from './examples.ts';

const instances = await testDatabases(4);
const [db] = instances as [(typeof instances)[number]];
const accounts = Array.from({ length: 1000 }, (_, index) => anAccount(index + 1));

beforeEach(() => emptyTables(db));

test('instances that see the same change at once report it once, in whatever order they saw it', async () => {
  const all = (verdict: Verdict, at: Date) =>
    Promise.all(
      instances.map((instance, index) => {
        const readings = accounts.map((account) => anObservation(account, verdict, at));
        return saveObservations(instance, null, index % 2 ? readings : readings.reverse());
      }),
    );

  const first = await all(noMfa, day(1));
  const second = await all(virtualMfa, day(2));

  expect(first.flat()).toHaveLength(accounts.length);
  expect(second.flat()).toHaveLength(accounts.length);
  for (const { id } of accounts.slice(0, 3)) expect(await listVerdictHistory(db, id)).toHaveLength(2);
});

test('instances that write at the same time each count the revision up', async () => {
  const before = await readRevision(db);

  await Promise.all(
    instances.flatMap((instance, index) => [
      saveAccounts(instance, [anAccount(1000 + index)], day(1)),
      saveObservations(instance, null, [anObservation(anAccount(2000 + index), noMfa, day(1))]),
    ]),
  );

  expect(await readRevision(db)).toBe(before + 2 * instances.length);
  expect(await listKnownAccounts(db)).toHaveLength(2 * instances.length);
});

test('an instance whose connection is cut during a transaction reports it and continues', async () => {
  const cut = db.transaction(async (tx) => {
    await saveAccounts(tx, [anAccount(1)], day(1));
    const [mine] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    if (db.kind === 'postgres') await instances[1]?.query('select pg_terminate_backend($1)', [mine?.pid]);
    else await tx.query('select 1 / 0');
    await tx.query('select 1');
  });

  await expect(cut).rejects.toThrow(/^Cannot run/);
  expect(await listKnownAccounts(db)).toEqual([]);
});
