import { beforeEach, expect, test } from '@jest/globals';
import { saveAccounts } from '../../src/store/accounts.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const db = await testDatabase();
const [payments, sandbox] = [anAccount(1), anAccount(2)];

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [payments, sandbox], day(1));
});

async function request(id: string, accountId: string) {
  await db.query(
    `insert into token_requests (id, state, requested_by, requested_at, kind, quantity)
     values ($1, 'requested', 'UANA', now(), 'security-key', 2)`,
    [id],
  );
  await db.query('insert into token_request_accounts (request_id, account_id) values ($1, $2)', [
    id,
    accountId,
  ]);
}

test('an account has at most one open token request', async () => {
  await request('first', payments.id);
  await expect(request('second', payments.id)).rejects.toMatchObject({
    constraint: 'token_request_accounts_open',
  });
  await request('third', sandbox.id);

  await db.query(`update token_request_accounts set closed_at = now() where request_id = 'first'`);
  await request('fourth', payments.id);
});

test('an account has at most one open exemption, and no one grants their own', async () => {
  const ask = (id: string) =>
    db.query(
      `insert into exemptions (id, account_id, state, asked_by, asked_at, reason, ends_at)
       values ($1, $2, 'asked', 'UANA', now(), 'migration', now())`,
      [id, payments.id],
    );
  const grant = (by: string) =>
    db.query(
      `update exemptions set state = 'granted', decided_by = $1, decided_at = now() where id = 'first'`,
      [by],
    );

  await ask('first');
  await expect(ask('second')).rejects.toMatchObject({ constraint: 'exemptions_open' });
  await expect(grant('UANA')).rejects.toMatchObject({ code: '23514' });
  await grant('UBOB');

  await db.query(`update exemptions set state = 'ended', closed_at = now() where id = 'first'`);
  await ask('third');
});
