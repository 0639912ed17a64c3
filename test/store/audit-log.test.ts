import { beforeEach, expect, test } from '@jest/globals';
import type { AccountId } from '../../src/domain/account.ts';
import type { AuditEvent } from '../../src/domain/audit.ts';
import { listAuditEntries, recordAuditEvent } from '../../src/store/audit-log.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const db = await testDatabase();
const payments = anAccount(1);

beforeEach(() => emptyTables(db));

function granted(accountId: AccountId, exemptionId = 'E1'): AuditEvent {
  const detail = { exemptionId, lastDay: '2026-12-31', note: 'until the key has come' };
  return { kind: 'exemption-granted', accountId, detail };
}

test('what is about no account is remembered without one', async () => {
  await recordAuditEvent(db, day(1), 'UANA', { kind: 'scan-requested', detail: {} });

  expect(await listAuditEntries(db, { limit: 10 })).toEqual([
    { id: expect.any(Number), at: day(1), actor: 'UANA', kind: 'scan-requested', detail: {} },
  ]);
});

test('a decision is one line: who, when, what, about which account', async () => {
  await recordAuditEvent(db, day(1), 'UANA', granted(payments.id));

  expect(await listAuditEntries(db, { limit: 10 })).toEqual([
    {
      id: expect.any(Number),
      at: day(1),
      actor: 'UANA',
      kind: 'exemption-granted',
      accountId: payments.id,
      detail: { exemptionId: 'E1', lastDay: '2026-12-31', note: 'until the key has come' },
    },
  ]);
});

test('the log is read page by page, newest first, of one account or of all', async () => {
  for (const number of [1, 2, 3, 4, 5]) {
    await recordAuditEvent(db, day(number), 'bot', granted(anAccount(number % 2).id, `E${number}`));
  }
  const events = async (page: Parameters<typeof listAuditEntries>[1]) =>
    (await listAuditEntries(db, page)).map(({ detail }) =>
      'exemptionId' in detail ? detail.exemptionId : '',
    );

  const [, second] = await listAuditEntries(db, { limit: 2 });

  expect(await events({ limit: 2 })).toEqual(['E5', 'E4']);
  expect(await events({ limit: 2, beforeId: second?.id ?? 0 })).toEqual(['E3', 'E2']);
  expect(await events({ limit: 9, accountId: payments.id })).toEqual(['E5', 'E3', 'E1']);
});

test.each(['update audit_log set actor = $$nobody$$', 'delete from audit_log', 'truncate audit_log'])(
  'the database itself refuses to %s',
  async (statement) => {
    await recordAuditEvent(db, day(1), 'UANA', granted(payments.id));

    await expect(db.script(statement)).rejects.toThrow(/audit_log is append-only/);
    expect(await listAuditEntries(db, { limit: 10 })).toMatchObject([{ actor: 'UANA' }]);
  },
);
