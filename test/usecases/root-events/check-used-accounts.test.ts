import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type RootActivity,
  rootEventMessage,
  type SimulatedAws,
  startSimulatedAws,
} from '@root-mfa-bot/aws-simulator';
import { createAwsClients } from '../../../src/aws/clients.ts';
import { openCollector } from '../../../src/aws/collector.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { demoCompany, organizationOf } from '../../../src/demo/company.ts';
import { accountId } from '../../../src/domain/account.ts';
import { checkUsedAccounts } from '../../../src/usecases/root-events/check-used-accounts.ts';
import { receiveRootEvents } from '../../../src/usecases/root-events/receive-root-events.ts';
import { checkAccount } from '../../../src/usecases/scan/check-account.ts';
import { scanAccounts } from '../../../src/usecases/scan/scan-accounts.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccount } from '../../../src/usecases/shared/read-accounts.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';

const db = await testDatabase();
const company = demoCompany();
const PAYMENTS = accountId('111122223333');
const instance = 'one';
let aws: SimulatedAws;
let ctx: Context;
let time: Date;

beforeEach(async () => {
  await emptyTables(db);
  const organization = organizationOf(company);
  // Throttled accounts cost seconds of back-off that these tests do not wait for.
  for (const throttled of ['444455550004', '222233330010']) organization.clearFaults(throttled);
  aws = await startSimulatedAws({ organization });
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, aws.environment('management'));
  time = new Date('2026-11-24T09:00:00Z');
  const config = parseConfig('');
  const now = () => time;
  const collector = async () =>
    openCollector(config.aws, { clients: await createAwsClients({ concurrency: 50, maxAttempts: 2 }), now });
  ctx = aContext({ db, config, collector, now });
  await scanAccounts(ctx, { startedBy: 'schedule', instance });
  later(60);
});

afterEach(() => aws.close());

const later = (seconds: number) => {
  time = new Date(time.getTime() + seconds * 1_000);
};
const receive = (action: RootActivity['action']) =>
  receiveRootEvents(ctx, [rootEventMessage({ accountId: PAYMENTS, action, at: time })]);
const check = () => checkUsedAccounts(ctx, { instance });
const mfaOf = async (id: typeof PAYMENTS) => (await readAccount(ctx, id))?.account.verdict?.mfa;
/** A minute passes for the rule that one account is checked once a minute. */
const endMinute = () => db.query(`update job_runs set lease_until = now() where job = 'check-account'`);

test('an event stored before the bot stopped has its account checked once it runs again', async () => {
  aws.organization.removeMfa(PAYMENTS);
  await receive('remove-mfa');
  later(30);

  expect(await check()).toBe(1);
  expect(await mfaOf(PAYMENTS)).not.toBe('virtual');
  expect(await check()).toBe(0);
});

test('what root does seconds after a check is checked as well, a minute later', async () => {
  await receive('sign-in');
  await checkAccount(ctx, { accountId: PAYMENTS, instance });
  later(10);
  aws.organization.removeMfa(PAYMENTS);
  await receive('remove-mfa');

  expect(await check()).toBe(0);
  expect(await mfaOf(PAYMENTS)).toBe('virtual');

  await endMinute();
  later(60);
  expect(await check()).toBe(1);
  expect(await mfaOf(PAYMENTS)).not.toBe('virtual');
});

test('a failed sign-in changes nothing, and what cannot be checked is left to the scan after a quarter of an hour', async () => {
  await receive('failed-sign-in');
  expect(await check()).toBe(0);

  aws.organization.denyAccess(PAYMENTS);
  await receive('sign-in');
  expect(await check()).toBe(0);

  aws.organization.allowAccess(PAYMENTS);
  await endMinute();
  later(15 * 60 + 1);
  expect(await check()).toBe(0);
});
