import { afterAll, expect, test } from '@jest/globals';
import { SimulatedOrganization, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { COMPANY_POLICIES, CONTROL_TOWER } from '../../../src/demo/company-policies.ts';
import type { AccountId } from '../../../src/domain/account.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { checkAccount } from '../../../src/usecases/scan/check-account.ts';
import { scanAccounts } from '../../../src/usecases/scan/scan-accounts.ts';
import { readAccount } from '../../../src/usecases/shared/read-accounts.ts';
import { aCollector } from '../../support/aws.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';

const MANAGEMENT = '100000000001';
const STARTUP = '100000000003' as AccountId;

const db = await testDatabase();
await emptyTables(db);
const organization = new SimulatedOrganization({
  managementAccountId: MANAGEMENT,
  accounts: [
    { id: MANAGEMENT, name: 'management' },
    { id: STARTUP, name: 'startup', orgUnit: '/Sandbox/Experiments', roles: [] },
  ],
  serviceControlPolicies: COMPANY_POLICIES.filter(({ name }) => name === CONTROL_TOWER),
});
const aws = await startSimulatedAws({ organization });
afterAll(() => aws.close());
const ctx = aContext({ db, collector: () => aCollector(aws) });

test('an admin who follows the advice about a policy sees the account at the next check', async () => {
  await scanAccounts(ctx, { startedBy: 'schedule', instance: 'one' });
  await refreshDirectory(ctx);
  expect(await readAccount(ctx, STARTUP)).toMatchObject({
    compliance: 'unknown',
    policyCure: expect.stringContaining('ExemptAssumeRoot'),
  });

  organization.policies.put(CONTROL_TOWER, {
    Version: '2012-10-17',
    Statement: organization.policies.named(CONTROL_TOWER).content.Statement.map((statement) => ({
      ...statement,
      Condition: { ...statement.Condition, Null: { 'aws:AssumedRoot': 'true' } },
    })),
  });
  const outcome = await checkAccount(ctx, { accountId: STARTUP, instance: 'one' });

  expect(outcome).toMatchObject({
    kind: 'read',
    view: {
      compliance: 'noncompliant',
      policyCure: null,
      guardrails: { deniesRoot: { answer: 'yes' }, blocksRootSession: { answer: 'no' } },
    },
  });
});

test('a check does not wait for policies that take too long, and keeps what is known of them', async () => {
  await emptyTables(db);
  await scanAccounts(ctx, { startedBy: 'schedule', instance: 'one' });
  await refreshDirectory(ctx);
  const known = (await readAccount(ctx, STARTUP))?.guardrails;
  organization.setFault('*', 'organizations:ListPoliciesForTarget', { kind: 'hang' });

  const outcome = await checkAccount(ctx, { accountId: STARTUP, instance: 'one', guardrailsWaitMs: 1 });
  organization.clearFaults();

  expect(outcome).toMatchObject({ kind: 'read', view: { guardrails: known } });
});
