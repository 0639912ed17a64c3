// A process that waits to be told of its life, then writes letters, delivers whatever is due, and tells how the letters
// stand in the end.

import { postmanClient } from '../../src/slack/outbox/client.ts';
import { openPostman } from '../../src/slack/outbox/dispatcher.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { countLetters, type NewLetter, post } from '../../src/store/outbox.ts';
import { whatIsTold } from './child.ts';
import type { ChildDatabase } from './child-database.ts';

export interface PostmanLife {
  readonly database: ChildDatabase;
  readonly token: string;
  readonly slackApiUrl: string;
  readonly instance: string;
  /** What the clock shows at the start. */
  readonly now: string;
  readonly letters: readonly NewLetter[];
}

const { database, letters, instance, ...life } = await whatIsTold<PostmanLife>();
const born = Date.now();
const now = () => new Date(Date.parse(life.now) + Date.now() - born);

const db = await openDatabase(database);
await migrate(db);
const postman = openPostman({
  db,
  client: postmanClient(life),
  draw: ({ payload }) => ({ text: String(payload), blocks: [] }),
  now,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  instance,
  // The pace is not what is tried here.
  pause: async () => {},
});
await db.transaction(async (tx) => {
  for (const letter of letters) await post(tx, letter, now());
});
process.stdout.write('written\n');
await postman.deliver();
const counts = await countLetters(db);
await db.close();
process.stdout.write(`${JSON.stringify(counts)}\n`);
process.exit(0);
