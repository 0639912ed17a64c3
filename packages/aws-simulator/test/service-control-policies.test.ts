import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import {
  DescribePolicyCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  ListTargetsForPolicyCommand,
} from '@aws-sdk/client-organizations';
import { AssumeRootCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import type { PolicyContent } from '../src/service-control-policies.ts';
import { AUDIT_POLICY, MANAGEMENT, MEMBER, startSimulation } from './simulation.ts';

const Filter = 'SERVICE_CONTROL_POLICY';
const isRoot = { ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::*:root' } };
const deny = (Condition: NonNullable<PolicyContent['Statement'][number]['Condition']>): PolicyContent => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'DenyRoot', Effect: 'Deny', Action: '*', Resource: '*', Condition }],
});

const withPolicies = (content: PolicyContent = deny(isRoot)) =>
  startSimulation(
    { orgUnit: '/Sandbox' },
    { serviceControlPolicies: [{ name: 'deny-root', content, targets: ['/Sandbox'] }] },
  );

test('policies are listed by type, by target and by policy, and described with their text', async () => {
  const { as, organization } = await withPolicies();
  const { organizations } = as('delegated');

  const { Policies = [] } = await organizations.send(new ListPoliciesCommand({ Filter }));
  expect(Policies.map(({ Name, AwsManaged }) => [Name, AwsManaged])).toEqual([
    ['FullAWSAccess', true],
    ['deny-root', false],
  ]);

  const PolicyId = Policies[1]?.Id;
  const { Targets = [] } = await organizations.send(new ListTargetsForPolicyCommand({ PolicyId }));
  expect(Targets).toEqual([
    { TargetId: organization.targetId('/Sandbox'), Name: 'Sandbox', Type: 'ORGANIZATIONAL_UNIT' },
  ]);

  const TargetId = organization.targetId('/Sandbox');
  const attached = await organizations.send(new ListPoliciesForTargetCommand({ TargetId, Filter }));
  expect(attached.Policies?.map(({ Name }) => Name)).toEqual(['FullAWSAccess', 'deny-root']);

  const { Policy } = await organizations.send(new DescribePolicyCommand({ PolicyId }));
  expect(JSON.parse(Policy?.Content ?? '')).toEqual(deny(isRoot));

  const { Roots = [] } = await organizations.send(new ListRootsCommand({}));
  expect(Roots[0]?.PolicyTypes).toEqual([{ Type: Filter, Status: 'ENABLED' }]);
});

test('what does not exist is refused by name', async () => {
  const { as } = await withPolicies();
  const { organizations } = as('management');

  await expect(
    organizations.send(new DescribePolicyCommand({ PolicyId: 'p-12345678' })),
  ).rejects.toMatchObject({
    name: 'PolicyNotFoundException',
  });
  await expect(
    organizations.send(new ListPoliciesForTargetCommand({ TargetId: '999999999999', Filter })),
  ).rejects.toMatchObject({ name: 'TargetNotFoundException' });
  await expect(organizations.send(new ListPoliciesCommand({ Filter: 'TAG_POLICY' }))).rejects.toMatchObject({
    name: 'InvalidInputException',
  });
});

const assumeRoot = (TargetPrincipal: string) =>
  new AssumeRootCommand({ TargetPrincipal, TaskPolicyArn: { arn: AUDIT_POLICY }, DurationSeconds: 900 });

test('a policy of a unit denies root sessions below it, until it is detached', async () => {
  const { as, organization } = await withPolicies();
  const { sts } = as('management');

  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject({ name: 'AccessDenied' });

  organization.detachPolicy('deny-root', '/Sandbox');
  await expect(sts.send(assumeRoot(MEMBER))).resolves.toMatchObject({ Credentials: expect.anything() });
});

test('a policy that exempts sessions lets them be', async () => {
  const { inRootSession } = await withPolicies(deny({ ...isRoot, Null: { 'aws:AssumedRoot': 'true' } }));

  const { iam } = await inRootSession(MEMBER);

  await expect(iam.send(new GetAccountSummaryCommand({}))).resolves.toMatchObject({
    SummaryMap: expect.anything(),
  });
});

test('roles are bound as well, and a level that allows nothing blocks them', async () => {
  const { inRole, organization } = await withPolicies();
  const { iam } = await inRole(MEMBER);
  await expect(iam.send(new GetAccountSummaryCommand({}))).resolves.toBeDefined();

  organization.detachPolicy('FullAWSAccess', MEMBER);

  await expect(iam.send(new GetAccountSummaryCommand({}))).rejects.toMatchObject({
    message: expect.stringContaining('service control policy'),
  });
});

test('the management account is bound by none', async () => {
  const { as, organization } = await withPolicies();
  organization.detachPolicy('FullAWSAccess', '/');

  await expect(as('management').iam.send(new GetAccountSummaryCommand({}))).resolves.toBeDefined();
  expect(organization.policyTargetsOf(MANAGEMENT)).toHaveLength(2);
});
