import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SimulatedAws, SimulatedOrganization, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { COMPANY_POLICIES, CONTROL_TOWER, DENY_ROOT } from '../../src/demo/company-policies.ts';
import type { Account, AccountId } from '../../src/domain/account.ts';
import { aCollector } from '../support/aws.ts';

const MANAGEMENT = '100000000001';
const SANDBOX = '100000000003';
const PAYMENTS = '100000000004';

let aws: SimulatedAws;
let organization: SimulatedOrganization;

beforeEach(async () => {
  organization = new SimulatedOrganization({
    managementAccountId: MANAGEMENT,
    accounts: [
      { id: MANAGEMENT, name: 'management' },
      { id: SANDBOX, name: 'sandbox', orgUnit: '/Sandbox/Experiments' },
      { id: PAYMENTS, name: 'payments', orgUnit: '/Production', serviceControlPolicies: [DENY_ROOT] },
    ],
    serviceControlPolicies: COMPANY_POLICIES.filter(({ name }) => [CONTROL_TOWER, DENY_ROOT].includes(name)),
  });
  aws = await startSimulatedAws({ organization });
});
afterEach(() => aws.close());

async function guardrailsOf(scope: 'organization' | 'accounts') {
  const collector = await aCollector(aws);
  const reader = collector.directory({ orgUnits: false, tags: false, contacts: false, guardrails: scope });
  reader.learn(
    [MANAGEMENT, SANDBOX, PAYMENTS].map(
      (id): Account => ({
        id: id as AccountId,
        name: id,
        partition: 'aws',
        state: 'ACTIVE',
        managementAccount: id === MANAGEMENT,
      }),
    ),
  );
  const { entries, errors } = await reader.finish();
  return { of: (id: string) => entries.get(id as AccountId)?.guardrails ?? null, errors };
}

describe.each(['organization', 'accounts'] as const)('asked by %s', (scope) => {
  test('policies of an org unit and of an account bind the accounts below, and name their target', async () => {
    const { of, errors } = await guardrailsOf(scope);

    expect(errors).toEqual([]);
    expect(of(SANDBOX)?.blocksRootSession).toMatchObject({
      answer: 'yes',
      reasons: [
        {
          policy: { name: CONTROL_TOWER },
          target: '/Sandbox/Experiments',
          statement: 'GRRESTRICTROOTUSER',
        },
      ],
    });
    expect(of(PAYMENTS)).toMatchObject({
      deniesRoot: { answer: 'yes', reasons: [{ policy: { name: DENY_ROOT }, target: PAYMENTS }] },
      blocksRootSession: { answer: 'no' },
      blocksMemberRole: { answer: 'no' },
    });
    expect(of(MANAGEMENT)?.deniesRoot.answer).toBe('no');
  });

  test('a policy that cannot be read is never a no', async () => {
    organization.setFault('*', 'organizations:DescribePolicy', {
      kind: 'error',
      code: 'AccessDeniedException',
    });

    const { of, errors } = await guardrailsOf(scope);

    expect(errors).toEqual([]);
    expect(of(PAYMENTS)?.deniesRoot).toMatchObject({
      answer: 'cannot_tell',
      reasons: [{ kind: 'unreadable', policy: { name: DENY_ROOT } }],
    });
  });

  test('what AWS refuses to list or answers badly is not read at all', async () => {
    const call = scope === 'organization' ? 'ListTargetsForPolicy' : 'ListPoliciesForTarget';
    organization.setFault('*', `organizations:${call}`, { kind: 'error', code: 'AccessDeniedException' });

    const { of, errors } = await guardrailsOf(scope);

    expect(of(PAYMENTS)).toBeNull();
    expect(errors).toMatchObject([{ code: 'AccessDeniedException' }]);
  });
});

test('each policy is described once, and the default one never', async () => {
  await guardrailsOf('organization');

  expect(aws.calls.byCall['organizations:DescribePolicy']).toBe(2);
  expect(aws.calls.byCall['organizations:ListPoliciesForTarget']).toBeUndefined();
});
