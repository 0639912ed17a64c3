import { beforeEach, expect, test } from '@jest/globals';
import { findKnownAccount, listKnownAccounts, readRevision } from '../../src/store/account-cache.ts';
import {
  accountsWithStaleDirectory,
  closeAccounts,
  findMissingAccounts,
  listUnlistedAccounts,
  markUnlisted,
  saveAccounts,
  saveDirectoryEntries,
} from '../../src/store/accounts.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const db = await testDatabase();
const payments = anAccount(1, { name: 'payments' });
const sandbox = anAccount(2, { name: 'sandbox' });

beforeEach(() => emptyTables(db));

test('an account is new once, and remembers when', async () => {
  expect(await saveAccounts(db, [payments], day(1))).toEqual([payments.id]);
  expect(await saveAccounts(db, [payments, sandbox], day(2))).toEqual([sandbox.id]);

  expect((await findKnownAccount(db, payments.id))?.firstSeenAt).toEqual(day(1));
});

test('an account that was renamed bears the new name', async () => {
  await saveAccounts(db, [payments], day(1));

  await saveAccounts(db, [{ ...payments, name: 'payments-prod', state: 'SUSPENDED' }], day(2));

  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    name: 'payments-prod',
    state: 'SUSPENDED',
  });
});

test('a listing without changes invalidates no cache', async () => {
  await saveAccounts(db, [payments], day(1));
  const before = await readRevision(db);

  await saveAccounts(db, [payments], day(2));

  expect(await readRevision(db)).toBe(before);
});

test('an account that is missing is closed and kept, and opens again when it is listed again', async () => {
  await saveAccounts(db, [payments, sandbox], day(1));

  expect(await findMissingAccounts(db, [payments.id])).toEqual({
    missing: [{ id: sandbox.id, name: 'sandbox' }],
    open: 2,
  });
  expect(await closeAccounts(db, [sandbox.id], day(2))).toEqual([sandbox.id]);
  expect(await closeAccounts(db, [sandbox.id], day(3))).toEqual([]);
  expect((await listKnownAccounts(db)).map(({ name, closedAt }) => [name, closedAt])).toEqual([
    ['payments', null],
    ['sandbox', day(2)],
  ]);

  await saveAccounts(db, [sandbox], day(4));
  expect((await findKnownAccount(db, sandbox.id))?.closedAt).toBeNull();
});

test('an account that is no longer listed waits, until it is closed or listed again', async () => {
  await saveAccounts(db, [payments, sandbox], day(1));
  await markUnlisted(db, [payments.id, sandbox.id], day(2));

  await closeAccounts(db, [sandbox.id], day(3));
  expect(await listUnlistedAccounts(db)).toEqual([{ id: payments.id, name: 'payments' }]);

  await saveAccounts(db, [payments], day(4));
  expect(await listUnlistedAccounts(db)).toEqual([]);
});

test('the directory is remembered; what was not read stays', async () => {
  await saveAccounts(db, [payments], day(1));
  await saveDirectoryEntries(
    db,
    [
      {
        id: payments.id,
        entry: {
          orgUnit: '/Production',
          tags: { owner: 'ana@example.com' },
          securityContact: 'sec@example.com',
        },
      },
    ],
    day(1),
  );

  await saveDirectoryEntries(db, [{ id: payments.id, entry: { orgUnit: null, tags: null } }], day(2));
  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    orgUnit: '/Production',
    tags: { owner: 'ana@example.com' },
    securityContact: 'sec@example.com',
    directoryReadAt: day(2),
  });

  await saveDirectoryEntries(db, [{ id: payments.id, entry: { tags: {}, securityContact: null } }], day(3));
  expect(await findKnownAccount(db, payments.id)).toMatchObject({
    orgUnit: '/Production',
    tags: {},
    securityContact: null,
  });
});

test('accounts whose directory entry is missing or old are to be read, never-read ones first', async () => {
  const logs = anAccount(3);
  const gone = anAccount(4);
  await saveAccounts(db, [payments, sandbox, logs, gone], day(1));
  await saveDirectoryEntries(db, [{ id: payments.id, entry: {} }], day(5));
  await saveDirectoryEntries(db, [{ id: sandbox.id, entry: {} }], day(2));
  await closeAccounts(db, [gone.id], day(5));

  expect(await accountsWithStaleDirectory(db, { olderThan: day(4), now: day(9) })).toEqual([
    logs.id,
    sandbox.id,
  ]);
});

test('a directory entry read by a clock that was ahead is to be read again', async () => {
  await saveAccounts(db, [payments], day(1));
  await saveDirectoryEntries(db, [{ id: payments.id, entry: {} }], new Date('2027-01-01T09:00:00Z'));

  expect(await accountsWithStaleDirectory(db, { olderThan: day(4), now: day(5) })).toEqual([payments.id]);
});
