import { beforeEach, expect, test } from '@jest/globals';
import { auditLog, record } from '../../src/store/audit-log.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const db = await testDatabase();
const payments = anAccount(1);

beforeEach(() => emptyTables(db));

test('a decision is one line: who, when, what, about which account, before and after', async () => {
  await record(db, day(1), 'UANA', {
    kind: 'exemption-granted',
    accountId: payments.id,
    before: { state: 'asked' },
    after: { state: 'granted' },
    detail: 'until March',
  });

  expect(await auditLog(db, { limit: 10 })).toEqual([
    {
      id: expect.any(Number),
      at: day(1),
      actor: 'UANA',
      kind: 'exemption-granted',
      accountId: payments.id,
      before: { state: 'asked' },
      after: { state: 'granted' },
      detail: 'until March',
    },
  ]);
});

test('the log is read page by page, newest first, of one account or of all', async () => {
  for (const number of [1, 2, 3, 4, 5]) {
    await record(db, day(number), 'bot', { kind: `event ${number}`, accountId: anAccount(number % 2).id });
  }
  const kinds = async (page: Parameters<typeof auditLog>[1]) =>
    (await auditLog(db, page)).map(({ kind }) => kind);

  const [, second] = await auditLog(db, { limit: 2 });

  expect(await kinds({ limit: 2 })).toEqual(['event 5', 'event 4']);
  expect(await kinds({ limit: 2, beforeId: second?.id ?? 0 })).toEqual(['event 3', 'event 2']);
  expect(await kinds({ limit: 9, accountId: payments.id })).toEqual(['event 5', 'event 3', 'event 1']);
});

test.each(['update audit_log set actor = $$nobody$$', 'delete from audit_log', 'truncate audit_log'])(
  'the database itself refuses to %s',
  async (statement) => {
    await record(db, day(1), 'UANA', { kind: 'exemption-granted' });

    await expect(db.script(statement)).rejects.toThrow(/audit_log is append-only/);
    expect(await auditLog(db, { limit: 10 })).toMatchObject([{ actor: 'UANA' }]);
  },
);
