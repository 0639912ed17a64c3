import { expect, jest, test } from '@jest/globals';
import { type OutboxOptions, outbox } from '../../src/cli/outbox.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { claimDue, enqueue, markDead } from '../../src/store/outbox.ts';
import { emptyDataDir } from '../support/database.ts';

// It opens the embedded database again and again.
jest.setTimeout(120_000);
const writtenAt = new Date('2026-11-23T09:00:00Z');
const now = new Date('2026-11-24T07:00:00Z');
const dataDir = await emptyDataDir();
const HOUR_MS = 60 * 60_000;

/** What `root-mfa-bot letters` prints. */
async function runOutbox(options: OutboxOptions = {}): Promise<string[]> {
  let output = '';
  const stdout = { write: (text: string) => (output += text) } as never;
  const env = { DATA_DIR: dataDir };
  expect(await outbox(options, { env, stdout, stderr: process.stderr }, now)).toBe(0);
  return output.trimEnd().split('\n');
}

test('letters that were given up are told with their reasons, sent again, or withdrawn', async () => {
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
  expect(await runOutbox()).toEqual(['waiting: 1, dead: 1', dead]);
  expect(await runOutbox({ retry: 12 * HOUR_MS })).toEqual([
    '0 of those that were given up will be sent again.',
    'waiting: 1, dead: 1',
    dead,
  ]);
  expect(await runOutbox({ retry: 24 * HOUR_MS })).toEqual([
    '1 of those that were given up will be sent again.',
    'waiting: 1, uncertain: 1',
  ]);
  expect(await runOutbox({ withdraw: true })).toEqual([
    '1 that waited will not be sent.',
    'uncertain: 1, withdrawn: 1',
  ]);
});

test('where no bot ever was, nothing is made', async () => {
  const stdout = { write: () => true } as never;
  const missingStore = outbox({}, { env: { DATA_DIR: '/nowhere' }, stdout, stderr: process.stderr });
  await expect(missingStore).rejects.toThrow('There is no database in /nowhere');
});
