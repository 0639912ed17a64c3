// A process that waits to be told of its life, then writes notifications, delivers whatever is due, and tells how the notifications
// stand in the end.

import { createDispatcherClient } from '../../src/slack/outbox/client.ts';
import { createDispatcher } from '../../src/slack/outbox/dispatcher.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { countNotifications, enqueue, type NewNotification } from '../../src/store/outbox.ts';
import { nextInput } from './child.ts';
import type { ChildDatabase } from './child-database.ts';

export interface DispatcherChildInput {
  readonly database: ChildDatabase;
  readonly token: string;
  readonly slackApiUrl: string;
  readonly instance: string;
  /** What the clock shows at the start. */
  readonly now: string;
  readonly notifications: readonly NewNotification[];
}

const { database, notifications, instance, ...input } = await nextInput<DispatcherChildInput>();
const startedAtMs = Date.now();
const now = () => new Date(Date.parse(input.now) + Date.now() - startedAtMs);

const db = await openDatabase(database);
await migrate(db);
const dispatcher = createDispatcher({
  db,
  client: createDispatcherClient(input),
  render: ({ payload }) => ({ text: String(payload), blocks: [] }),
  now,
  claimClock: now,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  instance,
  // The pace is not what is tried here.
  sleep: async () => {},
});
await db.transaction(async (tx) => {
  for (const notification of notifications) await enqueue(tx, notification, now());
});
process.stdout.write('written\n');
await dispatcher.deliverDue();
const counts = await countNotifications(db);
await db.close();
process.stdout.write(`${JSON.stringify(counts)}\n`);
process.exit(0);
