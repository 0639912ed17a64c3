import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readAuditChainHead, verifyAuditChain } from '../../src/store/audit-chain.ts';
import { recordAuditEvent } from '../../src/store/audit-log.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { day } from './examples.ts';

const instances = await testDatabases(3);
const db = instances[0] as (typeof instances)[number];

beforeEach(async () => {
  await emptyTables(db);
});

async function recordScans(count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await recordAuditEvent(db, day(n), 'U01SAM', { kind: 'scan-requested', detail: {} });
  }
}

/** Changes the log as someone could who owns the tables. */
async function tamper(sql: string): Promise<void> {
  const on = (state: string) =>
    `alter table audit_log ${state} trigger user; alter table audit_chain ${state} trigger user;`;
  await db.script(on('disable'));
  await db.script(sql);
  await db.script(on('enable'));
}

test('an empty log has no head and no problems', async () => {
  expect(await verifyAuditChain(db)).toEqual({ head: null, problems: [] });
});

test('each link can be verified with SHA-256 alone', async () => {
  await recordScans(3);

  const links = await db.query<{ line: string; previous_hash: string; hash: string }>(
    'select line, previous_hash, hash from audit_chain order by position',
  );

  let previous = '0'.repeat(64);
  for (const link of links) {
    expect(link.previous_hash).toBe(previous);
    previous = createHash('sha256').update(previous).update(link.line).digest('hex');
    expect(link.hash).toBe(previous);
  }
  expect(await readAuditChainHead(db)).toEqual({ position: 3, hash: previous });
});

test('several instances that write at once make one chain', async () => {
  await Promise.all(
    instances.flatMap((instance) =>
      [1, 2, 3, 4].map(() =>
        instance.transaction(async (tx) => {
          await recordAuditEvent(tx, day(1), 'U01SAM', { kind: 'scan-requested', detail: {} });
          await recordAuditEvent(tx, day(2), 'U01SAM', { kind: 'scan-requested', detail: {} });
        }),
      ),
    ),
  );

  expect(await verifyAuditChain(db)).toMatchObject({ head: { position: 24 }, problems: [] });
});

test('what is rolled back leaves no link', async () => {
  await recordScans(1);
  await db
    .transaction(async (tx) => {
      await recordAuditEvent(tx, day(2), 'U01SAM', { kind: 'scan-requested', detail: {} });
      throw new Error('no');
    })
    .catch(() => undefined);

  expect(await verifyAuditChain(db)).toMatchObject({ head: { position: 1 }, problems: [] });
});

test('the chain cannot be changed by the bot', async () => {
  await recordScans(1);

  await expect(db.query(`update audit_chain set hash = 'x'`)).rejects.toThrow(/append-only/);
});

describe('someone with database rights', () => {
  test.each([
    [
      'alters an entry',
      `update audit_log set actor = 'U09EVE' where id = (select min(id) + 1 from audit_log)`,
      'altered',
    ],
    ['removes an entry', `delete from audit_log where id = (select min(id) + 1 from audit_log)`, 'removed'],
    [
      'removes an entry and its link',
      `delete from audit_log where id = (select min(id) + 1 from audit_log); delete from audit_chain where position = 2`,
      'removed',
    ],
    [
      'rewrites an entry and its link',
      `update audit_log set actor = 'U09EVE' where id = (select min(id) + 1 from audit_log);
       update audit_chain set line = audit_entry_json(audit_log)::text, hash = audit_hash(previous_hash, audit_entry_json(audit_log)::text)
         from audit_log where audit_log.id = audit_id and position = 2`,
      'broken',
    ],
  ])('%s: it shows', async (_what, sql, kind) => {
    await recordScans(4);

    await tamper(sql);

    const { problems } = await verifyAuditChain(db);
    expect(problems[0]).toMatchObject({ kind, position: kind === 'broken' ? 3 : expect.any(Number) });
  });
});
