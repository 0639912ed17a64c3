import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseError } from '../../store/database.ts';
import { landedMigrations, readMigrations } from '../../store/migrate.ts';
import { countLetters, deadLetters } from '../../store/outbox.ts';
import { readLags } from '../../metrics/snapshot.ts';
import { broken, type Check, doubtful, type Finding, ok, skipped } from './check.ts';
import { wasUsed } from './resources.ts';
import { inHours, moment } from './format-values.ts';

const MOST_SHOWN = 5;
const BEHIND_MS = 60 * 60_000;

export const databaseChecks: readonly Check[] = [
  {
    name: 'database',
    async look({ database, store }) {
      if (!wasUsed(store)) return notYet(store.dataDir);
      try {
        const db = await database.look();
        const [server] = await db.query<{ version: string }>(
          `select current_setting('server_version') as version`,
        );
        const where = store.url ? 'on a server' : `embedded in ${store.dataDir}`;
        return ok(`answers: PostgreSQL ${server?.version}, ${where}`);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        if (error.code === 'ELOCKED') {
          return skipped(
            `a bot runs on ${store.dataDir}, so it was not opened`,
            'That is as it should be. Stop the bot to look inside, or ask its /readyz and /metrics.',
          );
        }
        return broken(error.message, 'Put that right first; the bot does not start without its database.');
      }
    },
  },
  {
    name: 'migrations',
    async look({ database }) {
      const landed = await landedMigrations(await database.need());
      const known = readMigrations().map(({ name }) => name);
      const unknown = landed.filter((name) => !known.includes(name));
      if (unknown.length > 0) {
        return broken(
          `a newer version wrote this database: ${unknown.join(', ')}`,
          'Start that version, or restore a backup from before the upgrade.',
        );
      }
      const pending = known.filter((name) => !landed.includes(name));
      if (pending.length === 0) return ok(`all ${landed.length} have landed`);
      if (landed.length === 0) return ok('none yet, it is new: the bot makes its tables when it starts');
      return doubtful(
        `${pending.length} have not landed yet: ${pending.join(', ')}`,
        'Nothing to do: the bot applies them when it starts, as the command migrate does. Take a backup before.',
      );
    },
  },
  {
    name: 'letters',
    async look({ context }) {
      const { db } = await context.need();
      const { dead, waiting, sent } = await countLetters(db);
      if (dead === 0) return ok(`${sent} delivered, ${waiting} waiting, none given up`);
      const some = await deadLetters(db, MOST_SHOWN);
      return doubtful(
        `${dead} were given up`,
        'Each says why. The command `letters --retry 1d` sends those of a day again, once the reason is gone.',
        some.map(({ kind, to, lastError }) => `${kind} to ${to.id}: ${lastError ?? 'no reason is known'}`),
      );
    },
  },
  {
    name: 'jobs',
    async look({ context }) {
      const lags = await readLags(await context.need());
      const behind = lags.filter(({ lagMs }) => lagMs > BEHIND_MS);
      const scan = lags.find(({ job }) => job === 'scan')?.lastDoneAt;
      const lastScan = scan ? `last scan ${moment(scan, 'UTC')} UTC` : 'no scan was done yet';
      if (behind.length === 0) return ok(`none is behind, ${lastScan}`);
      return doubtful(
        `${behind.map(({ job, lagMs }) => `${job} is ${inHours(lagMs)} behind`).join(', ')}; ${lastScan}`,
        'Does the bot run? It catches up when it starts; its log says why a run failed.',
      );
    },
  },
];

function notYet(dataDir: string): Finding {
  let place = resolve(dataDir);
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
  } catch {
    return broken(
      `${dataDir} cannot be made: nobody may write in ${place}`,
      'Set DATA_DIR to a folder of the bot.',
    );
  }
  return ok(`none in ${dataDir} yet: the bot makes it when it starts for the first time`);
}
