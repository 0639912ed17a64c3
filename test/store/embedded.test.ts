import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, jest, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { lockDirectory, toDirectoryError } from '../../src/store/directory-lock.ts';
import { EMBEDDED_MAJOR, syncCounter } from '../../src/store/embedded.ts';
import { compiled } from '../support/compiled.ts';
import { emptyDataDir } from '../support/database.ts';
import { createTestFolder } from '../support/test-folder.ts';

// Each test opens its own engine, some in their own process: seconds, on a busy machine.
jest.setTimeout(120_000);

const dataDir = await emptyDataDir();

async function withDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ dataDir });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

test('a folder that is in use is refused, naming the process that uses it', async () => {
  await withDatabase(async () => {
    const second = openDatabase({ dataDir });

    await expect(second).rejects.toMatchObject({ code: 'ELOCKED' });
    await expect(second).rejects.toThrow(`process ${process.pid} uses it already`);
  });

  // Once closed, it may be opened again.
  await withDatabase((db) => db.query('select 1'));
});

test('a lock file that a killed process left behind does not hold the folder', async () => {
  writeFileSync(join(dataDir, '.postgres.lockfile'), '1');

  await withDatabase((db) => db.query('select 1'));
});

test('of ten processes that start at the same moment one gets the folder', async () => {
  const starters = Array.from({ length: 10 }, () =>
    lockDirectory(join(dataDir, 'postgres')).then(
      (lock) => lock,
      () => null,
    ),
  );

  const locks = (await Promise.all(starters)).filter((lock) => lock !== null);

  expect(locks).toHaveLength(1);
  await locks[0]?.release();
});

/** Runs a command in network and process namespaces of its own, as a container does; some systems forbid it. */
const IN_NAMESPACES = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child'];
const canUnshare = spawnSync(IN_NAMESPACES[0] ?? '', [...IN_NAMESPACES.slice(1), 'true']).status === 0;

test('of processes in containers of their own one gets the folder, and the next once that one is killed', async () => {
  const directory = join(createTestFolder(), 'postgres');
  for (let round = 0; round < 3; round += 1) {
    const starters = [1, 2, 3, 4].map(() => startLocker(directory));
    const outcomes = await Promise.all(starters.map(({ outcome }) => outcome));

    expect(outcomes.toSorted()).toEqual(['ELOCKED', 'ELOCKED', 'ELOCKED', 'locked']);
    await Promise.all(
      starters.map(async ({ child, exited }) => {
        child.kill('SIGKILL');
        await exited;
      }),
    );
  }
});

/** A process that locks the directory and keeps it; where the system allows it, in namespaces of its own. */
function startLocker(directory: string) {
  const [command = '', ...args] = [
    ...(canUnshare ? IN_NAMESPACES : []),
    process.execPath,
    compiled('test/support/directory-lock-child.ts'),
    directory,
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const outcome = once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line));
  // The output closes only when the process inside the namespaces has ended, too.
  return { child, outcome, exited: once(child, 'close') };
}

test('a data directory that is a file is one clear sentence', async () => {
  const file = join(dataDir, 'a-file');
  writeFileSync(file, '');

  await expect(openDatabase({ dataDir: file })).rejects.toThrow(
    /^Cannot use the data directory .*a-file\/postgres: there is a file where a directory should be\./,
  );
});

test.each([
  ['EACCES', /this user may not write there\./],
  ['EROFS', /the file system is read-only\./],
  ['ENOSPC', /the disk is full\./],
])('a data directory that refuses with %s is one clear sentence', (code, sentence) => {
  const error = Object.assign(new Error('mkdir'), { code, syscall: 'mkdir' });

  expect(toDirectoryError(error, '/data')).toMatchObject({
    name: 'DatabaseError',
    message: expect.stringMatching(sentence),
  });
});

test('the engine takes little memory for its buffers', async () => {
  await withDatabase(async (db) => {
    expect(await db.query('show shared_buffers')).toEqual([{ shared_buffers: '16MB' }]);
  });
});

test('every commit reaches the disk', async () => {
  await withDatabase(async (db) => {
    expect(await db.query('show fsync')).toEqual([{ fsync: 'on' }]);
    await db.query('create table durable (id int)');
    const before = syncCounter.count;

    for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) await db.query('insert into durable values ($1)', [id]);

    expect(syncCounter.count - before).toBeGreaterThanOrEqual(10);
  });
});

test('the engine is of the major version that the folder check believes', async () => {
  await withDatabase(async (db) => {
    const [row] = await db.query<{ major: number }>(
      `select current_setting('server_version_num')::int / 10000 as major`,
    );

    expect(row?.major).toBe(EMBEDDED_MAJOR);
  });
});

test('maintenance leaves nothing to replay at the next start', async () => {
  await withDatabase(async (db) => {
    await db.query('create table busy as select generate_series(1, 20000) as number');
    await db.query('update busy set number = number + 1');

    await db.maintain();

    const [log] = await db.query<{ bytes: number; rubbish: number }>(
      `select (pg_current_wal_lsn() - redo_lsn)::float8 as bytes,
              (select n_dead_tup from pg_stat_user_tables where relname = 'busy') as rubbish
         from pg_control_checkpoint()`,
    );
    expect(log?.bytes).toBeLessThan(100_000);
    expect(log?.rubbish).toBe(0);
  });
});

test('timers and sockets get through while many statements run', async () => {
  await withDatabase(async (db) => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);

    for (let number = 0; number < 300; number += 1) await db.query('select $1::int', [number]);
    await db.transaction(async (tx) => {
      for (let number = 0; number < 300; number += 1) await tx.query('select $1::int', [number]);
    });
    clearInterval(ticking);

    expect(turns).toBeGreaterThan(5);
  });
});

test('a folder of another PostgreSQL is refused before the engine breaks on it', async () => {
  const old = createTestFolder();
  mkdirSync(join(old, 'postgres'));
  writeFileSync(join(old, 'postgres', 'PG_VERSION'), '17\n');

  const opening = openDatabase({ dataDir: old });

  await expect(opening).rejects.toThrow(/written by PostgreSQL 17, and this version holds PostgreSQL 18/);
  await expect(opening).rejects.toMatchObject({ code: 'EVERSION' });
});

test('the first start says that it takes a while, later ones do not', async () => {
  const fresh = createTestFolder();
  const notices: string[] = [];
  const open = () => openDatabase({ dataDir: fresh, onNotice: (text) => notices.push(text) });

  await (await open()).close();
  await (await open()).close();

  expect(notices).toEqual([expect.stringMatching(/^Preparing the embedded database .* this once\.$/)]);
});

test('a process that is killed while it writes loses no commit that it reported', async () => {
  let lastReported = -1;
  for (const acknowledgements of [3, 40, 111]) {
    const writer = spawn(
      process.execPath,
      [compiled('test/support/database-writer-child.ts'), dataDir, String(lastReported + 1)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    lastReported = await killAfter(writer, acknowledgements);

    const batches = await withDatabase((db) =>
      db.query<{ batch: number; rows: number }>(
        `select actor::int as batch, count(*) as rows from audit_log group by actor order by batch`,
      ),
    );

    // The interrupted transaction may have been committed, but not reported.
    expect(batches.slice(0, lastReported + 1)).toEqual(
      Array.from({ length: lastReported + 1 }, (_, batch) => ({ batch, rows: 5 })),
    );
    expect(batches.every(({ rows }) => rows === 5)).toBe(true);
    expect(batches.length).toBeLessThanOrEqual(lastReported + 2);
    lastReported = batches.length - 1;
  }
});

/** Kills the writer once it reported this many commits; returns the last one reported. */
async function killAfter(writer: ChildProcess, acknowledgements: number): Promise<number> {
  const exited = once(writer, 'exit');
  let last = -1;
  let count = 0;
  for await (const line of createInterface({ input: writer.stdout as NodeJS.ReadableStream })) {
    last = Number(line);
    count += 1;
    if (count === acknowledgements) {
      const meanwhile = openDatabase({ dataDir });
      await expect(meanwhile).rejects.toThrow(`process ${writer.pid} uses it already`);
      writer.kill('SIGKILL');
    }
  }
  await exited;
  return last;
}
