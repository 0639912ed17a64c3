import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { recordAuditEvent } from '../../src/store/audit-log.ts';
import { checkBackup, loadBackup, writeBackup } from '../../src/store/backup.ts';
import { countRows, inSnapshot, readRowBatches, restoreInto } from '../../src/store/copy.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { appliedMigrations, migrate, readMigrations } from '../../src/store/migrate.ts';
import { enqueue } from '../../src/store/outbox.ts';
import { savePeople } from '../../src/store/people.ts';
import { restoreEmbedded } from '../../src/store/restore.ts';
import { createScan, finishScan } from '../../src/store/scans.ts';
import { saveObservations } from '../../src/store/verdicts.ts';
import { emptyDatabases, emptyDataDir, emptyTables, testDatabase } from '../support/database.ts';
import { createTestFolder } from '../support/test-folder.ts';
import { anAccount, anObservation, day, noMfa, noVerdict, virtualMfa } from './examples.ts';

jest.setTimeout(120_000);

const db = await testDatabase();
const [other] = (await emptyDatabases(1)) as [Database];
const dataDirs = await Promise.all([1, 2, 3, 4].map(emptyDataDir));
const aDataDir = () => dataDirs.pop() ?? '';
const folder = createTestFolder();

let file: string;
let files = 0;

beforeEach(async () => {
  await emptyTables(db);
  await other.script('drop schema public cascade; create schema public');
  files += 1;
  file = join(folder, `backup-${files}.gz`);
});

/** Something in most tables, with every type of column and names that are hard to write down. */
async function aCompany() {
  const { id } = await createScan(db, { startedBy: 'schedule', at: day(1) });
  const odd = anAccount(2, { name: 'naïve "quoted" \\ 請求書\n\t{a,b}' });
  await saveObservations(db, id, [
    anObservation(anAccount(1), noMfa, day(1)),
    anObservation(odd, { ...virtualMfa, flags: ['root_access_key_present'] }, day(1)),
    anObservation(anAccount(3), noVerdict, day(1)),
  ]);
  await finishScan(db, id, {
    at: day(1),
    accounts: 3,
    unread: 1,
    coverage: { compliant: 1, list: [1, 2.5, null] },
  });
  await db.query(`update accounts set tags = '{"owner": "ana@example.com", "empty": ""}' where id = $1`, [
    odd.id,
  ]);
  await savePeople(db, [
    {
      slackId: 'UANA',
      teamId: 'T1',
      email: 'ana@example.com',
      name: "Ana O'Neil",
      timeZone: 'UTC',
      kind: 'member',
      awayUntil: null,
      readAt: new Date('2026-01-01T09:00:00.123Z'),
    },
  ]);
  const person = { kind: 'person', id: 'UANA' } as const;
  for (let n = 0; n < 300; n += 1) {
    await enqueue(
      db,
      { key: `reminder/${n}`, kind: 'reminder', to: person, about: [odd.id], payload: { n } },
      day(1),
    );
  }
  await recordAuditEvent(db, day(2), 'UANA', { kind: 'anything', before: { a: 1 }, detail: [true] } as never);
}

async function everything(from: Database): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  await inSnapshot(from, async (tx) => {
    for await (const { table, rows } of readRowBatches(tx)) {
      // Written by the restore itself.
      if (table !== 'restores') all[table] = [...(all[table] ?? []), ...rows];
    }
  });
  return all;
}

describe('a backup that is restored', () => {
  test('gives the same rows', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));

    const backup = await checkBackup(file);
    await loadBackup(other, backup);

    expect(backup).toMatchObject({ at: day(5), rows: { outbox: 300, accounts: 3, audit_log: 1 } });
    expect(await everything(other)).toEqual(await everything(db));
  });

  test('is readable by its owner alone, whatever an earlier backup left behind', async () => {
    await writeFile(`${file}.part`, 'half a backup', { mode: 0o644 });

    await writeBackup(db, file, day(5));

    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  });

  test('continues its sequences where they left off', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    await loadBackup(other, await checkBackup(file));

    await enqueue(other, { key: 'new', kind: 'x', to: { kind: 'person', id: 'UBOB' }, payload: {} }, day(6));

    const [last] = await other.query<{ id: number; max: number }>(
      `select id, (select max(id) from outbox where key <> 'new') as max from outbox where key = 'new'`,
    );
    expect(last?.id).toBe((last?.max ?? 0) + 1);
  });

  test('of an older version is brought to what this one needs', async () => {
    const old = other;
    const older = readMigrations().slice(0, 5);
    await migrate(old, older);
    await enqueue(old, { key: 'kept', kind: 'x', to: { kind: 'person', id: 'UANA' }, payload: {} }, day(1));
    await writeBackup(old, file, day(5));
    await other.script('drop schema public cascade; create schema public');

    await loadBackup(other, await checkBackup(file));

    expect(await appliedMigrations(other)).toEqual(readMigrations().map(({ name }) => name));
    expect((await countRows(other))['outbox']).toBe(1);
  });

  test('keeps append-only rows', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    await loadBackup(other, await checkBackup(file));

    await expect(other.query('delete from audit_log')).rejects.toThrow(/append-only/);
  });
});

describe('a backup', () => {
  test('can be read by its owner only, and leaves no other file', async () => {
    await writeBackup(db, file, day(5));

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('never takes the place of another one', async () => {
    await writeFile(file, 'the last one');

    await expect(writeBackup(db, file, day(5))).rejects.toThrow(/exists already/);
    expect(await readFile(file, 'utf8')).toBe('the last one');
  });

  test('that cannot be written is refused in words', async () => {
    await expect(writeBackup(db, join(folder, 'nowhere', 'x.gz'), day(5))).rejects.toThrow(
      /^Cannot write .*x\.gz \(ENOENT\)$/,
    );
  });
});

describe('what is not restored', () => {
  const refusal = async () => checkBackup(file).catch((error: Error) => error.message);

  test('a file that is not there, or is something else', async () => {
    expect(await refusal()).toMatch(/the file does not exist$/);

    await writeFile(file, 'hello');
    expect(await refusal()).toMatch(/it is not a backup, or it is damaged/);

    await writeFile(file, gzipSync('{"hello": 1}\n'));
    expect(await refusal()).toMatch(/it is not a backup of root-mfa-bot$/);
  });

  test('half a backup, cut by a full disk or by a person', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    const whole = await readFile(file);

    await writeFile(file, whole.subarray(0, whole.length / 2));
    expect(await refusal()).toMatch(/damaged/);

    const lines = gunzipSync(whole).toString().trim().split('\n');
    await writeFile(file, gzipSync(lines.slice(0, -1).join('\n')));
    expect(await refusal()).toMatch(/incomplete/);

    const [head = '', , ...rest] = lines;
    await writeFile(file, gzipSync([head, ...rest].join('\n')));
    expect(await refusal()).toMatch(/incomplete/);
  });

  test('a backup of a newer version', async () => {
    await writeBackup(db, file, day(5));
    const text = gunzipSync(await readFile(file)).toString();
    const [last = ''] = (await appliedMigrations(db)).slice(-1);
    await writeFile(file, gzipSync(text.replace(`"${last}"`, `"${last}","9999_future"`)));

    expect(await refusal()).toMatch(
      /9999_future, which this version does not know.*Restore it with that version/,
    );
  });

  test('a restore into a database that is in use, which loses nothing', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    const before = await everything(db);

    await expect(loadBackup(db, await checkBackup(file))).rejects.toThrow(
      /Cannot copy into a database that is in use: there are rows in accounts/,
    );
    expect(await everything(db)).toEqual(before);
  });

  test('a row that the tables refuse, and nothing is restored', async () => {
    async function* pieces() {
      yield { table: 'nudges', rows: [{ slack_id: 'UANA', last_nudged_at: day(1) }] };
      yield { table: 'nudges', rows: [{ slack_id: 'UANA', last_nudged_at: day(2) }] };
    }

    await expect(restoreInto(other, await appliedMigrations(db), pieces())).rejects.toThrow(/nudges_pkey/);
    expect((await countRows(other))['nudges']).toBe(0);
  });
});

test('an embedded database is copied to another one unchanged, and stays', async () => {
  const source = await openDatabase({ dataDir: aDataDir() });
  await migrate(source);
  await saveObservations(source, null, [anObservation(anAccount(1), noMfa, day(1))]);
  await enqueue(source, { key: 'kept', kind: 'x', to: { kind: 'person', id: 'UANA' }, payload: {} }, day(1));
  const migrations = await appliedMigrations(source);

  const rows = await inSnapshot(source, (tx) => restoreInto(other, migrations, readRowBatches(tx)));

  expect(rows).toMatchObject({ accounts: 1, verdict_history: 1, outbox: 1 });
  expect(await everything(other)).toEqual(await everything(source));
  await source.close();
});

describe('the embedded database', () => {
  async function embedded(dataDir: string): Promise<Database> {
    const opened = await openDatabase({ dataDir });
    await migrate(opened);
    return opened;
  }

  test('is replaced as a whole, and what was there before is kept beside', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    const dataDir = aDataDir();
    const old = await embedded(dataDir);
    await enqueue(
      old,
      { key: 'of before', kind: 'x', to: { kind: 'person', id: 'UANA' }, payload: {} },
      day(1),
    );
    await old.close();

    const { previousDirectory } = await restoreEmbedded(dataDir, await checkBackup(file), day(6));

    const restored = await openDatabase({ dataDir });
    expect(await everything(restored)).toEqual(await everything(db));
    await restored.close();
    expect((await readdir(dataDir)).filter((name) => !name.startsWith('.')).sort()).toEqual([
      'postgres',
      'postgres.before-2026-01-06T090000000Z',
    ]);
    expect(previousDirectory).toBe(join(dataDir, 'postgres.before-2026-01-06T090000000Z'));
  });

  test('is made where there was none', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    const dataDir = createTestFolder();

    const { previousDirectory, rows } = await restoreEmbedded(dataDir, await checkBackup(file), day(6));

    expect(previousDirectory).toBeNull();
    expect(rows['outbox']).toBe(300);
    expect(await readdir(dataDir)).toContain('postgres');
  });

  test('is not touched while a bot uses it', async () => {
    await writeBackup(db, file, day(5));
    const dataDir = aDataDir();
    const running = await embedded(dataDir);

    await expect(restoreEmbedded(dataDir, await checkBackup(file), day(6))).rejects.toThrow(
      /uses it already/,
    );

    expect(await running.query('select 1 as one')).toEqual([{ one: 1 }]);
    await running.close();
  });

  test('is unchanged when a restore fails halfway', async () => {
    await aCompany();
    await writeBackup(db, file, day(5));
    const backup = await checkBackup(file);
    // The file is damaged after it was checked.
    await copyFile(file, `${file}.whole`);
    await writeFile(file, (await readFile(file)).subarray(0, 200));
    const dataDir = aDataDir();

    await expect(restoreEmbedded(dataDir, backup, day(6))).rejects.toThrow();

    expect((await readdir(dataDir)).filter((name) => !name.startsWith('.'))).toEqual(['postgres']);
    const still = await embedded(dataDir);
    await still.close();
  });
});
