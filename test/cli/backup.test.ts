import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { enqueue, notificationByKey } from '../../src/store/outbox.ts';
import { compiled } from '../support/compiled.ts';
import { migratedDataDir } from '../support/database.ts';
import { createTestFolder } from '../support/test-folder.ts';

jest.setTimeout(120_000);

const folder = createTestFolder();
const dataDir = await migratedDataDir();

/** Runs `root-mfa-bot …` as typed in a shell. */
function run(args: readonly string[], env: Record<string, string> = { DATA_DIR: dataDir }) {
  return spawnSync(process.execPath, [compiled('src/cli/main.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    encoding: 'utf8',
  });
}

const notification = { kind: 'x', to: { kind: 'person', id: 'UANA' }, payload: {} } as const;

test('a backup brings back what was lost after it', async () => {
  const before = await openDatabase({ dataDir });
  await migrate(before);
  await enqueue(before, { ...notification, key: 'precious' }, new Date());

  const refused = run(['backup', 'too-early.gz']);
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^Cannot use the data directory .* uses it already.*Stop that process/);
  await before.close();

  const takenTarget = run(['backup', 'backup.gz']);
  expect(takenTarget).toMatchObject({ status: 0, stdout: '' });
  expect(takenTarget.stderr).toMatch(/^Wrote 3 rows in 3 tables to backup\.gz/);

  const after = await openDatabase({ dataDir });
  await after.query('delete from outbox');
  await after.close();
  const restored = run(['restore', 'backup.gz']);
  expect(restored.status).toBe(0);
  expect(restored.stderr).toMatch(
    /^Restored 3 rows in 3 tables from \S+Z\.\nThe previous database is in .+: delete it when you no longer need it\./,
  );

  const now = await openDatabase({ dataDir });
  expect(await notificationByKey(now, 'precious')).toBeDefined();
  await now.close();
});

test('an impossible request is refused in one sentence and creates nothing', () => {
  const empty = join(folder, 'empty');
  writeFileSync(join(folder, 'no-backup.gz'), 'hello');

  const nothing = run(['backup', 'nothing.gz'], { DATA_DIR: empty });
  const noBackup = run(['restore', 'no-backup.gz'], { DATA_DIR: empty });
  const noAddress = run(['move-store', 'mysql://somewhere']);
  const unknownUser = run(['move-store', 'postgres://bot:hunter22@127.0.0.1:1/nothing']);

  expect(nothing.stderr).toMatch(/^There is no database in .*empty: set DATA_DIR or DATABASE_URL/);
  expect(noBackup.stderr).toMatch(/^Cannot restore no-backup\.gz: it is not a backup/);
  expect(noAddress.stderr).toMatch(/^Expected the address of a PostgreSQL database/);
  expect(unknownUser.stderr).toMatch(
    /^Cannot open the database at 127\.0\.0\.1:1\/nothing: nothing answers there/,
  );
  expect(unknownUser.stderr).not.toContain('hunter22');
  for (const { stderr, status } of [nothing, noBackup, noAddress, unknownUser]) {
    expect(status).toBeGreaterThan(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(existsSync(empty)).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(['backup.gz', 'no-backup.gz']);
});
