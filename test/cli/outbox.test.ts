import { expect, jest, test } from '@jest/globals';
import { listOutbox, resendUndelivered, withdrawWaiting } from '../../src/cli/outbox.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { claimDue, enqueue, markDead } from '../../src/store/outbox.ts';
import { emptyDataDir } from '../support/database.ts';

// Every command opens the embedded database again.
jest.setTimeout(120_000);
const writtenAt = new Date('2026-11-23T09:00:00Z');
const now = new Date('2026-11-24T07:00:00Z');
const dataDir = await emptyDataDir();
const HOUR_MS = 60 * 60_000;

type Command = (terminal: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr'>) => Promise<number>;
const resend =
  (maxAgeMs: number): Command =>
  (terminal) =>
    resendUndelivered({ maxAgeMs }, terminal, now);

/** The lines that an outbox command prints. */
async function linesOf(command: Command): Promise<string[]> {
  let output = '';
  const stdout = { write: (text: string) => (output += text) } as never;
  expect(await command({ env: { DATA_DIR: dataDir }, stdout, stderr: process.stderr })).toBe(0);
  return output.trimEnd().split('\n');
}

test('undelivered messages are listed with their reasons, sent again, or withdrawn', async () => {
  const db = await openDatabase({ dataDir });
  await migrate(db);
  await enqueue(
    db,
    { key: 'a', kind: 'reminder', to: { kind: 'person', id: 'U03ANA' }, payload: {} },
    writtenAt,
  );
  const [claimed] = await claimDue(db, { by: 'one', at: writtenAt, limit: 1, leaseMs: 1_000 });
  await markDead(db, claimed?.id ?? 0, 'one', 'account_inactive');
  await enqueue(
    db,
    { key: 'b', kind: 'reminder', to: { kind: 'person', id: 'U04BEN' }, payload: {} },
    writtenAt,
  );
  await db.close();

  const dead = 'dead  2026-11-23T09:00:00.000Z  reminder to U03ANA: account_inactive';
  expect(await linesOf(listOutbox)).toEqual(['waiting: 1, dead: 1', dead]);
  expect(await linesOf(resend(12 * HOUR_MS))).toEqual([
    '0 undelivered messages will be sent again.',
    'waiting: 1, dead: 1',
    dead,
  ]);
  expect(await linesOf(resend(24 * HOUR_MS))).toEqual([
    '1 undelivered message will be sent again.',
    'waiting: 1, uncertain: 1',
  ]);
  expect(await linesOf(withdrawWaiting)).toEqual([
    '1 waiting message will not be sent.',
    'uncertain: 1, withdrawn: 1',
  ]);
});

test('without a database, none is created', async () => {
  const stdout = { write: () => true } as never;
  const missingStore = listOutbox({ env: { DATA_DIR: '/nowhere' }, stdout, stderr: process.stderr });
  await expect(missingStore).rejects.toThrow('There is no database in /nowhere');
});
