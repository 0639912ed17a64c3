import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import type { Coverage } from '../../src/domain/coverage.ts';
import type { DigestNotification, ReminderNotification } from '../../src/domain/notification.ts';
import { checkBackup, loadBackup, writeBackup } from '../../src/store/backup.ts';
import type { Database } from '../../src/store/database.ts';
import { migrate, readMigrations } from '../../src/store/migrate.ts';
import { notificationByKey } from '../../src/store/outbox.ts';
import { lastScan } from '../../src/store/scans.ts';
import { emptyDatabases } from '../support/database.ts';
import { day } from './examples.ts';

const [db] = (await emptyDatabases(1)) as [Database];
const folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => db.script('drop schema public cascade; create schema public'));

/** The schema of version 0.1, with rows as that version wrote them. */
async function createVersion01Store(): Promise<void> {
  await migrate(db, readMigrations().slice(0, 7));
  const levels = { pass: 2, fail: 1, unknown: 0, not_applicable: 0 };
  const standing = { met: 2, unmet: 1, exempt: 0, unknown: 0, not_applicable: 0 };
  await db.query(
    `insert into scans (id, started_at, finished_at, started_by, accounts, unread, coverage)
     values ('00000000-0000-4000-8000-000000000001', $1, $1, 'schedule', 3, 0, $2::jsonb)`,
    [day(1), JSON.stringify({ accounts: 3, level1: levels, level2: levels, standing })],
  );
  await insertNotification('reminder/UANA/2026-01-01', 'reminder', {
    kind: 'reminder',
    counts: { owned: 3, unmet: 1 },
  });
  await insertNotification('digest/2026-W01', 'digest', {
    kind: 'digest',
    digest: { week: '2026-W01', trend: [point('2025-W52', 2), point('2026-W01', 1)] },
  });
}

const point = (week: string, unmet: number) => ({ week, accounts: 3, unmet, level1: 0.5, level2: null });

async function insertNotification(key: string, kind: string, payload: object): Promise<void> {
  await db.query(
    `insert into outbox (key, kind, recipient_kind, recipient, payload, state, due_at, created_at)
     values ($1, $2, 'person', 'UANA', $3::jsonb, 'waiting', $4, $4)`,
    [key, kind, JSON.stringify(payload), day(1)],
  );
}

async function expectCurrentWords(): Promise<void> {
  const scan = await lastScan<Coverage>(db);
  const reminder = await notificationByKey<ReminderNotification>(db, 'reminder/UANA/2026-01-01');
  const digest = await notificationByKey<DigestNotification>(db, 'digest/2026-W01');

  expect(scan?.coverage).toMatchObject({
    accounts: 3,
    level1: { pass: 2 },
    compliance: { compliant: 2, noncompliant: 1, exempt: 0, unknown: 0, not_applicable: 0 },
  });
  expect(scan?.coverage).not.toHaveProperty('standing');
  expect(reminder?.payload.counts).toEqual({ owned: 3, noncompliant: 1 });
  expect(digest?.payload.digest.trend).toEqual([
    { week: '2025-W52', accounts: 3, noncompliant: 2, level1: 0.5, level2: null },
    { week: '2026-W01', accounts: 3, noncompliant: 1, level1: 0.5, level2: null },
  ]);
}

test('a store of version 0.1 opens with its scans and notifications in the current words', async () => {
  await createVersion01Store();

  await migrate(db);

  await expectCurrentWords();
});

test('a backup of version 0.1 is restored in the current words', async () => {
  await createVersion01Store();
  const file = join(folder, 'version-01.gz');
  await writeBackup(db, file, day(2));
  await db.script('drop schema public cascade; create schema public');

  await loadBackup(db, await checkBackup(file));

  await expectCurrentWords();
});

test('a digest without a trend and a scan that never finished survive the upgrade', async () => {
  await migrate(db, readMigrations().slice(0, 7));
  await db.query(`insert into scans (id, started_at, started_by) values ($1, $2, 'schedule')`, [
    '00000000-0000-4000-8000-000000000001',
    day(1),
  ]);
  await insertNotification('digest/2026-W01', 'digest', { kind: 'digest', digest: { trend: [] } });

  await migrate(db);

  const digest = await notificationByKey<DigestNotification>(db, 'digest/2026-W01');
  expect(digest?.payload.digest.trend).toEqual([]);
});
