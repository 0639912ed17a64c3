import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readCurrentJobLags } from '../../metrics/snapshot.ts';
import { verifyAuditChain } from '../../store/audit-chain.ts';
import { DatabaseError } from '../../store/database.ts';
import { appliedMigrations, readMigrations } from '../../store/migrate.ts';
import { countNotifications, listDeadLetters } from '../../store/outbox.ts';
import { type Check, type CheckResult, fail, ok, skip, warn } from './check.ts';
import { formatApproximateDuration, formatCount, formatDateTime } from './format-values.ts';
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
        return ok(`connected: PostgreSQL ${server?.version}, ${where}`);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        if (error.code === 'ELOCKED') {
          return skip(
            `not opened: a running bot uses ${store.dataDir}`,
            'This is normal. Stop the bot to check its database, or use its /readyz and /metrics.',
          );
        }
        return fail(error.message, 'Fix this first: the bot does not start without its database.');
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
      if (pending.length === 0) return ok(`all ${applied.length} applied`);
      if (applied.length === 0) return ok('none yet: the bot creates its tables when it starts');
      return warn(
        `${pending.length} pending: ${pending.join(', ')}`,
        'The bot applies them when it starts (so does the migrate command). Take a backup first.',
      );
    },
  },
  {
    name: 'outbox',
    async run({ context }) {
      const { db } = await context.require();
      const { dead, waiting, sent } = await countNotifications(db);
      if (dead === 0) return ok(`${sent} delivered, ${waiting} waiting, none undelivered`);
      const samples = await listDeadLetters(db, MAX_SHOWN);
      return warn(
        `${formatCount(dead, 'undelivered message')}`,
        'Fix the cause named below, then run `npm run outbox -- resend --since 1d` to send those of the last day again.',
        samples.map(({ kind, to, lastError }) => `${kind} to ${to.id}: ${lastError ?? 'no reason recorded'}`),
      );
    },
  },
  {
    name: 'audit log',
    async run({ context }) {
      const { head, problems } = await verifyAuditChain((await context.require()).db);
      if (problems.length === 0)
        return ok(`${formatCount(head?.position ?? 0, 'entry', 'entries')}, unchanged`);
      return fail(
        'the audit log was changed outside the bot',
        'Find out who can write to the database. Compare with the head recorded in earlier evidence packs and with a backup.',
        problems.slice(0, MAX_SHOWN).map(({ kind, auditId }) => `entry ${auditId}: ${kind}`),
      );
    },
  },
  {
    name: 'jobs',
    async run({ context }) {
      const lags = await readCurrentJobLags(await context.require());
      const behind = lags.filter(({ lagMs }) => lagMs > MAX_LAG_MS);
      const scan = lags.find(({ job }) => job === 'scan')?.lastDoneAt;
      const lastScan = scan ? `last scan ${formatDateTime(scan, 'UTC')} UTC` : 'no scan yet';
      if (behind.length === 0) return ok(`all on time, ${lastScan}`);
      return warn(
        `${behind.map(({ job, lagMs }) => `${job} is ${formatApproximateDuration(lagMs)} behind`).join(', ')}; ${lastScan}`,
        'Is the bot running? It catches up when it starts; its log says why a run failed.',
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
      `cannot create ${dataDir}: no write permission in ${folder}`,
      'Set DATA_DIR to a folder that the bot can write to.',
    );
  }
  return ok(`none in ${dataDir} yet: the bot creates it on its first start`);
}
