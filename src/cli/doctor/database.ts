import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readCurrentJobLags } from '../../metrics/snapshot.ts';
import { DatabaseError } from '../../store/database.ts';
import { appliedMigrations, readMigrations } from '../../store/migrate.ts';
import { countNotifications, listDeadLetters } from '../../store/outbox.ts';
import { type Check, type CheckResult, fail, ok, skip, warn } from './check.ts';
import { formatApproximateDuration, formatDateTime } from './format-values.ts';
import { storeExists } from './resources.ts';

const MAX_SHOWN = 5;
const MAX_LAG_MS = 60 * 60_000;

export const databaseChecks: readonly Check[] = [
  {
    name: 'database',
    async run({ database, store }) {
      if (!storeExists(store)) return checkWritableFolder(store.dataDir);
      try {
        const db = await database.open();
        const [server] = await db.query<{ version: string }>(
          `select current_setting('server_version') as version`,
        );
        const where = store.url ? 'on a server' : `embedded in ${store.dataDir}`;
        return ok(`answers: PostgreSQL ${server?.version}, ${where}`);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        if (error.code === 'ELOCKED') {
          return skip(
            `a bot runs on ${store.dataDir}, so it was not opened`,
            'That is as it should be. Stop the bot to look inside, or ask its /readyz and /metrics.',
          );
        }
        return fail(error.message, 'Put that right first; the bot does not start without its database.');
      }
    },
  },
  {
    name: 'migrations',
    async run({ database }) {
      const applied = await appliedMigrations(await database.require());
      const knownMigrations = readMigrations().map(({ name }) => name);
      const unknown = applied.filter((name) => !knownMigrations.includes(name));
      if (unknown.length > 0) {
        return fail(
          `a newer version wrote this database: ${unknown.join(', ')}`,
          'Start that version, or restore a backup from before the upgrade.',
        );
      }
      const pending = knownMigrations.filter((name) => !applied.includes(name));
      if (pending.length === 0) return ok(`all ${applied.length} have landed`);
      if (applied.length === 0) return ok('none yet, it is new: the bot makes its tables when it starts');
      return warn(
        `${pending.length} have not landed yet: ${pending.join(', ')}`,
        'Nothing to do: the bot applies them when it starts, as the command migrate does. Take a backup before.',
      );
    },
  },
  {
    name: 'outbox',
    async run({ context }) {
      const { db } = await context.require();
      const { dead, waiting, sent } = await countNotifications(db);
      if (dead === 0) return ok(`${sent} delivered, ${waiting} waiting, none given up`);
      const samples = await listDeadLetters(db, MAX_SHOWN);
      return warn(
        `${dead} were given up`,
        'Each says why. The command `letters --retry 1d` sends those of a day again, once the reason is gone.',
        samples.map(({ kind, to, lastError }) => `${kind} to ${to.id}: ${lastError ?? 'no reason is known'}`),
      );
    },
  },
  {
    name: 'jobs',
    async run({ context }) {
      const lags = await readCurrentJobLags(await context.require());
      const behind = lags.filter(({ lagMs }) => lagMs > MAX_LAG_MS);
      const scan = lags.find(({ job }) => job === 'scan')?.lastDoneAt;
      const lastScan = scan ? `last scan ${formatDateTime(scan, 'UTC')} UTC` : 'no scan was done yet';
      if (behind.length === 0) return ok(`none is behind, ${lastScan}`);
      return warn(
        `${behind.map(({ job, lagMs }) => `${job} is ${formatApproximateDuration(lagMs)} behind`).join(', ')}; ${lastScan}`,
        'Does the bot run? It catches up when it starts; its log says why a run failed.',
      );
    },
  },
];

function checkWritableFolder(dataDir: string): CheckResult {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return fail(
      `${dataDir} cannot be made: nobody may write in ${folder}`,
      'Set DATA_DIR to a folder of the bot.',
    );
  }
  return ok(`none in ${dataDir} yet: the bot makes it when it starts for the first time`);
}
