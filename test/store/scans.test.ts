import { beforeEach, expect, test } from '@jest/globals';
import {
  createScan,
  failScan,
  finishScan,
  lastScan,
  lastScanFailure,
  scansSince,
} from '../../src/store/scans.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { day } from './examples.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

async function aScan(at: Date, compliant: number) {
  const { id } = await createScan(db, { startedBy: 'schedule', at });
  await finishScan(db, id, { at, accounts: 10, unread: 1, coverage: { compliant } });
}

test('a scan counts once it is finished, with what it found', async () => {
  const { id } = await createScan(db, { startedBy: 'UANA', at: day(1) });
  expect(await lastScan(db)).toBeUndefined();

  await finishScan(db, id, {
    at: day(2),
    accounts: 10,
    unread: 1,
    coverage: { compliant: 7 },
    centralRootAccess: 'enabled',
  });

  expect(await lastScan(db)).toEqual({
    id,
    startedAt: day(1),
    finishedAt: day(2),
    centralRootAccess: 'enabled',
    startedBy: 'UANA',
    accounts: 10,
    unread: 1,
    coverage: { compliant: 7 },
  });
});

test('the scans of some weeks come oldest first, without those that never ended', async () => {
  await aScan(day(1), 1);
  await aScan(day(8), 2);
  await aScan(day(15), 3);
  await createScan(db, { startedBy: 'schedule', at: day(16) });

  const scans = await scansSince<{ compliant: number }>(db, day(8));

  expect(scans.map(({ coverage }) => coverage.compliant)).toEqual([2, 3]);
});

test('a failure at a time when the clock was ahead is over once a later scan succeeds', async () => {
  const { id } = await createScan(db, { startedBy: 'schedule', at: day(9) });
  await failScan(db, id, { at: day(9), reason: 'The organization cannot be listed.' });
  expect(await lastScanFailure(db)).toMatchObject({ reason: 'The organization cannot be listed.' });

  await aScan(day(2), 1);

  expect(await lastScanFailure(db)).toBeUndefined();
});

test('a scan is finished once', async () => {
  const { id } = await createScan(db, { startedBy: 'schedule', at: day(1) });
  const end = { at: day(1), accounts: 1, unread: 0, coverage: null };
  await finishScan(db, id, end);

  await expect(finishScan(db, id, end)).rejects.toThrow(/not running/);
});
