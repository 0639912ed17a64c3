import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { createAwsClients } from '../../../src/aws/clients.ts';
import { openCollector } from '../../../src/aws/collector.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { demoCompany, organizationOf } from '../../../src/demo/company.ts';
import { accountId } from '../../../src/domain/account.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { listGaps } from '../../../src/store/observation-gaps.ts';
import { readAdminTasks } from '../../../src/usecases/home/read-admin-tasks.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { checkAccount } from '../../../src/usecases/scan/check-account.ts';
import { confirmClosing } from '../../../src/usecases/scan/confirm-closing.ts';
import { scanAccounts } from '../../../src/usecases/scan/scan-accounts.ts';
import type { Collector, Context } from '../../../src/usecases/shared/context.ts';
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
});

afterEach(() => aws.close());

/** What the channel got about this problem. */
async function alerts(finding: string): Promise<unknown[]> {
  const rows = await db.query<{ payload: { finding: string } }>(
    `select payload from outbox where kind = 'finding' order by id`,
  );
  return rows.map(({ payload }) => payload).filter((payload) => payload.finding === finding);
}

/** A collector that is configured to read no account. */
const emptyCollector = (): Promise<Collector> =>
  openCollector({ ...parseConfig('').aws, discovery: 'accounts' });

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

  test('reports what changed since the last one', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.enrolDevice(BEN, 'fido', 'key');
    time = new Date('2026-11-24T15:00:00Z');

    const outcome = await scanAccounts(ctx, scheduled);

    expect(outcome).toMatchObject({
      kind: 'scanned',
      changes: [{ accountId: BEN, before: { mfa: 'none' }, after: { mfa: 'fido' } }],
    });
  });

  test('keeps the last verdict of an account that can no longer be read, and shows it as unknown', async () => {
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

  test('closes an account that the organization no longer lists, and keeps its data', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.removeAccount(BEN);

    await scanAccounts(ctx, scheduled);

    expect(await findAccount(await readAccounts(ctx), BEN)).toMatchObject({ kind: 'none' });
    const closed = (await ctx.accounts.accounts()).find(({ id }) => id === BEN);
    expect(closed).toMatchObject({ closedAt: time, verdict: { mfa: 'none' } });
  });

  test('does not take an account that left and came back for one that was seen all the time', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.removeAccount(BEN);
    const left = time;
    await scanAccounts(ctx, scheduled);
    time = new Date('2026-12-24T09:00:00Z');
    aws.organization.addAccount({ id: BEN, name: 'ben-prototype' });
    await scanAccounts(ctx, scheduled);

    const gaps = await listGaps(db, { from: left, to: new Date('2027-01-01T00:00:00Z') });

    expect(gaps.filter(({ accountId }) => accountId === BEN)).toMatchObject([{ since: left, until: time }]);
  });

  test('that cannot list a known organization changes nothing, and alerts', async () => {
    await scanAccounts(ctx, scheduled);
    aws.organization.setFault('*', 'organizations:ListAccounts', { kind: 'error', code: 'AccessDenied' });
    time = new Date('2026-11-24T15:00:00Z');

    const outcome = await scanAccounts(ctx, scheduled);
    await scanAccounts(ctx, scheduled);

    const reason = expect.stringMatching(
      /^The organization could be listed before and cannot be listed now\..*AccessDenied/,
    );
    expect(outcome).toEqual({ kind: 'could-not-scan', reason });
    expect(await readCompanyStatus(ctx)).toMatchObject({
      coverage: { accounts: company.accounts.length },
      scanFailure: { at: time, reason },
    });
    expect(await alerts('scan-failed')).toMatchObject([{ reason, dataFrom: '2026-11-24T09:00:00.000Z' }]);

    aws.organization.clearFaults();
    time = new Date('2026-11-24T16:00:00Z');
    await scanAccounts(ctx, scheduled);

    expect(await readCompanyStatus(ctx)).toMatchObject({ scanFailure: undefined });
    expect(await alerts('scan-failed')).toMatchObject([{ resolvedAt: '2026-11-24T16:00:00.000Z' }]);
  });

  describe('after which more than a tenth of the accounts is missing', () => {
    const vanished = company.accounts.slice(-6).map(({ id }) => accountId(id));

    beforeEach(async () => {
      await scanAccounts(ctx, scheduled);
      for (const id of vanished) aws.organization.removeAccount(id);
      time = new Date('2026-11-24T15:00:00Z');
      await scanAccounts(ctx, scheduled);
    });

    test('closes none of them, calls them unknown and asks the admins', async () => {
      const views = await readAccounts(ctx);

      expect(views).toHaveLength(company.accounts.length);
      for (const id of vanished) {
        expect(await findAccount(views, id)).toMatchObject({ view: { compliance: 'unknown' } });
      }
      expect(await alerts('accounts-missing')).toMatchObject([
        { accounts: { count: 6 }, open: company.accounts.length },
      ]);
      expect((await readAdminTasks(ctx)).unlisted).toHaveLength(6);
    });

    test('closes them once an admin confirms, and only what the admin was shown', async () => {
      const sam = { id: slackUserId('U01SAM'), admin: true };

      expect(await confirmClosing(ctx, { by: { ...sam, admin: false }, shown: 6 })).toEqual({
        kind: 'not-an-admin',
      });
      expect(await confirmClosing(ctx, { by: sam, shown: 5 })).toEqual({ kind: 'changed', accounts: 6 });
      expect(await confirmClosing(ctx, { by: sam, shown: 6 })).toEqual({ kind: 'closed', accounts: 6 });

      expect(await readAccounts(ctx)).toHaveLength(company.accounts.length - 6);
      expect(await alerts('accounts-missing')).toMatchObject([
        { settled: { outcome: 'closed', by: 'U01SAM' } },
      ]);
      expect(await listAuditEntries(db, { limit: 1 })).toMatchObject([
        { kind: 'accounts-closed', actor: 'U01SAM', detail: { accounts: 6 } },
      ]);
      expect(await confirmClosing(ctx, { by: sam, shown: 6 })).toEqual({ kind: 'nothing-to-close' });
    });
  });

  test('of no account at all could not run', async () => {
    ctx = aContext({ db, config: ctx.config, now: ctx.now, collector: emptyCollector });

    expect(await scanAccounts(ctx, scheduled)).toMatchObject({
      kind: 'could-not-scan',
      reason: expect.stringMatching(/^There is no account to scan/),
    });
  });

  test('is refused while another one runs', async () => {
    const outcomes = await Promise.all([
      scanAccounts(ctx, scheduled),
      scanAccounts(ctx, { ...scheduled, instance: 'two' }),
    ]);

    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-running', 'scanned']);
  });

  test('that cannot reach AWS says why and changes nothing', async () => {
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
  test('sees the fix immediately', async () => {
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

  test('of an unknown account is refused', async () => {
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

test('the directory provides owners and org units, and is read again only after a day', async () => {
  await scanAccounts(ctx, scheduled);

  const first = await refreshDirectory(ctx);
  const second = await refreshDirectory(ctx);

  expect([first.refreshed, second.refreshed]).toEqual([company.accounts.length, 0]);
  expect(
    (await readAccountsOfOwner(ctx, (who) => who === 'ben@example.com')).map(({ account }) => account.name),
  ).toEqual(['ben-prototype']);
  expect((await readAccountsOfOwner(ctx, (who) => who === 'ana@example.com')).length).toBe(14);
  expect((await readAccountsInOrgUnit(ctx, '/Sandbox')).map(({ account }) => account.id)).toContain(BEN);
}, 120_000);
