import { existsSync, fdatasyncSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { yieldToEventLoop } from './batches.ts';
import { lockDirectory } from './directory-lock.ts';
import { type Connection, createDatabase, type Database, DatabaseError } from './transactions.ts';

/** The major version of PostgreSQL inside the embedded engine; folders of another major cannot be opened. */
export const EMBEDDED_MAJOR = 18;

/** How often something was synced to disk: a test proves with it that commits are durable. */
export const syncCounter = { count: 0 };

/** Opens a PostgreSQL inside this process, its files in a folder that no other process can use meanwhile. */
export async function openEmbedded(dataDir: string, onNotice: (text: string) => void): Promise<Database> {
  const directory = join(dataDir, 'postgres');
  const lock = await lockDirectory(directory);
  try {
    assertSameMajorVersion(directory);
    warnAboutNetworkDrive(directory, onNotice);
    if (!existsSync(join(directory, 'PG_VERSION'))) {
      onNotice(`Preparing the embedded database in ${directory}: some seconds, this once.`);
    }
    const engine = await startEngine(directory);
    return createDatabase({
      kind: 'embedded',
      autocommit: createConnection(engine),
      inTransaction: (work) => engine.transaction((tx) => work(createConnection(tx))),
      maintain: () => maintain(engine),
      async close() {
        if (engine.closed) return;
        // A short write-ahead log makes the next start quick.
        await engine.exec('checkpoint');
        await engine.close();
        await lock.release();
      },
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startEngine(directory: string): Promise<PGlite> {
  try {
    return await PGlite.create({ fs: new DurableFiles(directory), startParams: START_PARAMS });
  } catch (error) {
    // The engine's own error carries a page of minified source.
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unknown error';
    throw new DatabaseError(
      `Cannot open the embedded database in ${directory}: ${reason}. ` +
        'If the folder is damaged, restore it from a backup, or move it away to start with an empty one',
    );
  }
}

/** For one connection of one process: the defaults would take 128 MB and 64 MB of memory for good. */
const MEMORY_SETTINGS = ['shared_buffers=16MB', 'wal_buffers=1MB', 'maintenance_work_mem=16MB'];

/** The engine comes with `fsync` switched off (`-F`); its log must also use the one sync call that reaches the disk. */
const START_PARAMS = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...['wal_sync_method=fsync', ...MEMORY_SETTINGS].flatMap((setting) => ['-c', setting]),
];

/** Files whose fsync reaches the disk: stock PGlite survives a killed process, but not a power cut. */
class DurableFiles extends NodeFS {
  override async init(...[engine, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(engine, options);
    const makeDurable = (module: unknown) => {
      const { NODEFS } = module as {
        NODEFS: { stream_ops: { fsync?: (stream: { nfd?: number }) => number } };
      };
      NODEFS.stream_ops.fsync = ({ nfd }) => {
        if (nfd !== undefined) fdatasyncSync(nfd);
        syncCounter.count += 1;
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), makeDurable] } };
  }
}

function createConnection(engine: Pick<PGlite, 'query' | 'exec'>): Connection {
  return {
    async query<Row>(text: string, params: readonly unknown[]) {
      await yieldIfDue();
      const { rows } = await engine.query(text, [...params]);
      return rows as Row[];
    },
    async script(text) {
      await yieldIfDue();
      await engine.exec(text);
    },
  };
}

const MAX_MS_WITHOUT_YIELD = 5;
let lastYieldAt = performance.now();

/**
 * The engine answers without ever leaving the thread, so a row of awaited statements is one long turn of the event
 * loop: no timer, no socket, no signal gets through until the last.
 */
async function yieldIfDue(): Promise<void> {
  if (performance.now() - lastYieldAt < MAX_MS_WITHOUT_YIELD) return;
  await yieldToEventLoop();
  lastYieldAt = performance.now();
}

/** Nothing vacuums, analyses or checkpoints by itself here, and one table and one kind of work at a time keeps the event loop free. */
async function maintain(engine: PGlite): Promise<void> {
  const { rows } = await engine.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`,
  );
  for (const { name } of rows) {
    for (const work of ['vacuum', 'analyze']) {
      await engine.exec(`${work} ${name}`);
      await yieldToEventLoop();
    }
  }
  await engine.exec('checkpoint');
}

function assertSameMajorVersion(directory: string): void {
  const file = join(directory, 'PG_VERSION');
  if (!existsSync(file)) return;
  const found = readFileSync(file, 'utf8').trim();
  if (found === String(EMBEDDED_MAJOR)) return;
  throw new DatabaseError(
    `Cannot open the embedded database in ${directory}: it was written by PostgreSQL ${found}, and this version holds ` +
      `PostgreSQL ${EMBEDDED_MAJOR}. Start the version of root-mfa-bot that wrote it, or move the folder away to start with an empty one`,
    'EVERSION',
  );
}

/** Types that `statfs` gives for NFS and the two SMB clients of Linux. */
const NETWORK_DRIVES = new Set([0x6969, 0xff534d42, 0xfe534d42]);

function warnAboutNetworkDrive(directory: string, onNotice: (text: string) => void): void {
  if (NETWORK_DRIVES.has(statfsSync(directory).type)) {
    onNotice(
      `${directory} is on a network drive: nothing can stop a second machine from opening it, which destroys the ` +
        'database. Use a local disk, or PostgreSQL through DATABASE_URL.',
    );
  }
}
