import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { createAwsClients } from '../../../src/aws/clients.ts';
import { openCollector } from '../../../src/aws/collector.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { demoCompany, organizationOf } from '../../../src/demo/company.ts';
import { accountId } from '../../../src/domain/account.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { checkAccount } from '../../../src/usecases/scan/check-account.ts';
import { scanAccounts } from '../../../src/usecases/scan/scan-accounts.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { findAccount } from '../../../src/usecases/shared/find-account.ts';
import {
  readAccounts,
  readAccountsInOrgUnit,
  readAccountsOfOwner,
  readCompanyStatus,
} from '../../../src/usecases/shared/read-accounts.ts';
import { readTrend } from '../../../src/usecases/status/read-trend.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';

const db = await testDatabase();
const company = demoCompany();
const BEN = accountId('555566660002');
const PAYMENTS = accountId('111122223333');
const scheduled = { startedBy: 'schedule', instance: 'one' };
let aws: SimulatedAws;
let ctx: Context;
let time: Date;

beforeEach(async () => {
  await emptyTables(db);
  const organization = organizationOf(company);
  // Throttled accounts cost seconds of back-off that these examples need not wait for.
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
});

afterEach(() => aws.close());

describe('a scan', () => {
  test('remembers every account, and the company can be read at a glance', async () => {
    const outcome = await scanAccounts(ctx, scheduled);

    const { coverage, needingAttention, lastScan } = await readCompanyStatus(ctx);
    expect(outcome).toMatchObject({ kind: 'scanned', accounts: company.accounts.length });
    expect(coverage.accounts).toBe(company.accounts.length);
    expect(coverage.level1.pass).toBe(22);
    expect(needingAttention[0]).toMatchObject({ compliance: 'noncompliant', level1: 'fail' });
    expect(lastScan).toMatchObject({ accounts: company.accounts.length, coverage });
    expect(await readTrend(ctx)).toHaveLength(1);
  });

  test('tells what changed since the last one', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.enrolDevice(BEN, 'fido', 'key');
    time = new Date('2026-11-24T15:00:00Z');

    const outcome = await scanAccounts(ctx, scheduled);

    expect(outcome).toMatchObject({
      kind: 'scanned',
      changes: [{ accountId: BEN, before: { mfa: 'none' }, after: { mfa: 'fido' } }],
    });
  });

  test('keeps the last verdict of an account that cannot be read any more, and calls it not known', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.denyAccess(PAYMENTS);
    time = new Date('2026-11-24T15:00:00Z');

    await scanAccounts(ctx, scheduled);

    const found = await findAccount(await readAccounts(ctx), PAYMENTS);
    expect(found).toMatchObject({
      kind: 'one',
      view: {
        compliance: 'unknown',
        level1: 'unknown',
        account: {
          verdict: { mfa: 'virtual' },
          readFailure: { since: time },
          checkedAt: new Date('2026-11-24T09:00:00Z'),
        },
      },
    });
  });

  test('closes an account that the organization lists no more, and forgets nothing of it', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.removeAccount(BEN);

    await scanAccounts(ctx, scheduled);

    expect(await findAccount(await readAccounts(ctx), BEN)).toMatchObject({ kind: 'none' });
    const closed = (await ctx.accounts.accounts()).find(({ id }) => id === BEN);
    expect(closed).toMatchObject({ closedAt: time, verdict: { mfa: 'none' } });
  });

  test('is refused while another one runs', async () => {
    const outcomes = await Promise.all([
      scanAccounts(ctx, scheduled),
      scanAccounts(ctx, { ...scheduled, instance: 'two' }),
    ]);

    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-running', 'scanned']);
  });

  test('that finds no way to AWS says why and leaves everything as it was', async () => {
    await scanAccounts(ctx, scheduled);
    Object.assign(process.env, aws.environment('expired'));

    const outcome = await scanAccounts(ctx, scheduled);

    expect(outcome).toMatchObject({
      kind: 'could-not-scan',
      reason: expect.stringContaining('have expired'),
    });
    expect((await readCompanyStatus(ctx)).coverage.accounts).toBe(company.accounts.length);
  });
});

describe('a check of one account', () => {
  test('sees the fix at once', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.enrolDevice(BEN, 'fido', 'key');
    time = new Date('2026-11-24T09:05:00Z');

    const outcome = await checkAccount(ctx, { accountId: BEN, instance: 'one' });

    expect(outcome).toMatchObject({
      kind: 'fixed',
      view: { compliance: 'compliant', account: { checkedAt: time } },
    });
  });

  test('waits a minute before it looks again', async () => {
    await scanAccounts(ctx, scheduled);
    await checkAccount(ctx, { accountId: BEN, instance: 'one' });

    const again = await checkAccount(ctx, { accountId: BEN, instance: 'two' });

    expect(again.kind).toBe('too-soon');
  });

  test('that is refused says so, and the last verdict stays', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.denyAccess(PAYMENTS);

    const outcome = await checkAccount(ctx, { accountId: PAYMENTS, instance: 'one' });

    expect(outcome).toMatchObject({
      kind: 'could-not-read',
      reason: expect.stringContaining('AccessDenied'),
      view: { account: { verdict: { mfa: 'virtual' } } },
    });
  });

  test('of an account that nobody knows is refused', async () => {
    expect(await checkAccount(ctx, { accountId: accountId('999999999999'), instance: 'one' })).toEqual({
      kind: 'no-such-account',
    });
  });
});

describe('accounts are found', () => {
  test.each([
    ['by id', '111122223333', 'payments-prod'],
    ['by name, in any case', ' PAYMENTS-prod ', 'payments-prod'],
    ['by name, with a space for the hyphen', 'payments prod', 'payments-prod'],
    ['by a part of the name that only it has', 'prototype', 'ben-prototype'],
    ['by a name in Japanese', '請求書', '請求書システム-開発'],
  ])('%s', async (_how, text, name) => {
    await scanAccounts(ctx, scheduled);

    expect(await findAccount(await readAccounts(ctx), text)).toMatchObject({
      kind: 'one',
      view: { account: { name } },
    });
  });

  test('or offered, where a text may mean several or is nearly a name', async () => {
    await scanAccounts(ctx, scheduled);

    const several = await findAccount(await readAccounts(ctx), 'payments');
    const near = await findAccount(await readAccounts(ctx), 'security-toolin9');

    expect(several).toMatchObject({ kind: 'several', views: expect.arrayContaining([expect.anything()]) });
    expect(near).toMatchObject({ kind: 'none', nearest: [{ account: { name: 'security-tooling' } }] });
    expect(await findAccount(await readAccounts(ctx), '')).toMatchObject({ kind: 'none' });
  });
});

test('the directory tells owners and org units, and is read again only after a day', async () => {
  await scanAccounts(ctx, scheduled);

  const first = await refreshDirectory(ctx);
  const second = await refreshDirectory(ctx);

  expect([first.refreshed, second.refreshed]).toEqual([company.accounts.length, 0]);
  expect(
    (await readAccountsOfOwner(ctx, (who) => who === 'ben@example.com')).map(({ account }) => account.name),
  ).toEqual(['ben-prototype']);
  expect((await readAccountsOfOwner(ctx, (who) => who === 'ana@example.com')).length).toBe(14);
  expect((await readAccountsInOrgUnit(ctx, '/Sandbox')).map(({ account }) => account.id)).toContain(BEN);
}, 20_000);
