// A process that runs some hours of a timetable on command, and records what it ran.
import { setTimeout as sleep } from 'node:timers/promises';
import { startScheduler } from '../../src/jobs/scheduler.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { nextInput } from './child.ts';
import type { ChildDatabase } from './child-database.ts';

export interface SchedulerScenario {
  readonly database: ChildDatabase;
  readonly instance: string;
  readonly from: string;
  readonly hours: number;
  readonly leaseMs: number;
  /** How long it rests after each hour. */
  readonly pauseMs?: number;
  /** It begins its first run and never ends it. */
  readonly hangs?: boolean;
}

const { database, instance, from, hours, leaseMs, pauseMs = 0, hangs } = await nextInput<SchedulerScenario>();
const db = await openDatabase(database);
await migrate(db);
await db.transaction(async (tx) => {
  // Two processes that create the same table at once get in each other's way.
  await tx.query('select pg_advisory_xact_lock(1)');
  await tx.script('create table if not exists ran (job text, period text, attempt int, by text)');
});

let time = Date.parse(from);
const run = (job: string) => async (period: { readonly key: string; readonly attempt: number }) => {
  if (hangs) {
    process.stdout.write('running\n');
    await new Promise(() => {});
  }
  await db.query('insert into ran values ($1, $2, $3, $4)', [job, period.key, period.attempt, instance]);
};
const scheduler = startScheduler({
  db,
  jobs: [
    { name: 'scan', cron: '0 */6 * * *', catchUp: 'newest', leaseMs, run: run('scan') },
    { name: 'digest', cron: '0 9 * * 1', catchUp: 'newest', leaseMs, run: run('digest') },
  ],
  timezone: 'Europe/Berlin',
  now: () => new Date(time),
  log: {
    info: () => {},
    warn: () => {},
    error: (fields) => void process.stderr.write(`${JSON.stringify(fields)}\n`),
  },
  instance,
  everyMinute: () => () => {},
});
process.stdout.write('alive\n');
await nextInput();
for (let hour = 0; hour < hours; hour += 1) {
  await scheduler.tick();
  if (pauseMs > 0) await sleep(pauseMs);
  time += 3_600_000;
}
await scheduler.stop();
const ran = await db.query('select * from ran order by job, period');
await db.close();
process.stdout.write(`${JSON.stringify(ran)}\n`);
process.exit(0);
