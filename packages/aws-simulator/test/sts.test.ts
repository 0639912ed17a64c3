import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, AssumeRootCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import {
  ADMIN_ROLE,
  AUDIT_POLICY,
  assumeRole,
  assumeRoot,
  credentialsFrom,
  DELEGATED,
  MANAGEMENT,
  MEMBER,
  STANDALONE,
  startSimulation,
} from './simulation.ts';

const NOT_AUTHORIZED = {
  name: 'AccessDenied',
  message: expect.stringContaining('is not authorized to perform'),
};

test.each([
  ['management', MANAGEMENT, `arn:aws:iam::${MANAGEMENT}:user/app`],
  ['delegated', DELEGATED, `arn:aws:sts::${DELEGATED}:assumed-role/AppRole/session`],
  ['member', MEMBER, `arn:aws:sts::${MEMBER}:assumed-role/AppRole/session`],
  ['standalone', STANDALONE, `arn:aws:iam::${STANDALONE}:user/app`],
] as const)('the %s caller is who its keys say', async (caller, account, arn) => {
  const { as } = await startSimulation();

  const identity = await as(caller).sts.send(new GetCallerIdentityCommand({}));

  expect(identity).toMatchObject({ Account: account, Arn: arn });
});

test('a role answers under its own name, and for its own account', async () => {
  const { as } = await startSimulation();

  const answer = await as('delegated').sts.send(assumeRole(MEMBER));
  const identity = await as(credentialsFrom(answer)).sts.send(new GetCallerIdentityCommand({}));

  const arn = `arn:aws:sts::${MEMBER}:assumed-role/Reader/a-test`;
  expect(answer.AssumedRoleUser?.Arn).toBe(arn);
  expect(identity).toMatchObject({ Account: MEMBER, Arn: arn });
});

test('a role with an external ID requires it', async () => {
  const { as } = await startSimulation({
    roles: [{ name: 'Reader', externalId: 'open sesame', allows: [] }],
  });
  const { sts } = as('management');

  await expect(sts.send(assumeRole(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRole(MEMBER, 'Reader', 'open barley'))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRole(MEMBER, 'Reader', 'open sesame'))).resolves.toBeDefined();
});

test('a role that is missing, closed, elsewhere or asked for by a stranger is refused alike', async () => {
  const { as, organization } = await startSimulation();
  const { sts } = as('management');

  await expect(sts.send(assumeRole(MEMBER, 'NoSuchRole'))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRole('999999999999'))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRole(STANDALONE))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(as('standalone').sts.send(assumeRole(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(as('member').sts.send(assumeRole(DELEGATED))).rejects.toMatchObject(NOT_AUTHORIZED);

  organization.closeAccount(MEMBER);
  await expect(sts.send(assumeRole(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
});

test('a role session goes on to another role only where its policy says so', async () => {
  const { as, inRole } = await startSimulation();

  const reader = await inRole(MANAGEMENT);
  const bot = await inRole(MANAGEMENT, ADMIN_ROLE.name);

  await expect(reader.sts.send(assumeRole(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(bot.sts.send(assumeRole(MEMBER))).resolves.toBeDefined();
  await expect(bot.sts.send(assumeRoot(MEMBER))).resolves.toBeDefined();
  await expect(as('powerless').sts.send(assumeRole(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
});

test.each([
  ['no role at all', { RoleArn: `arn:aws:iam::${MEMBER}:user/someone-or-other` }],
  ['too short a session', { DurationSeconds: 60 }],
  ['a session name with a space', { RoleSessionName: 'a test' }],
])('%s is a validation error', async (_what, part) => {
  const { as } = await startSimulation();
  const input = { RoleArn: `arn:aws:iam::${MEMBER}:role/Reader`, RoleSessionName: 'a-test', ...part };

  const answer = as('management').sts.send(new AssumeRoleCommand(input));

  await expect(answer).rejects.toMatchObject({ name: 'ValidationError' });
});

test.each(['management', 'delegated'] as const)('the %s account gets a root session', async (caller) => {
  const now = new Date('2026-11-24T09:00:00Z');
  const { as } = await startSimulation({}, {}, { now: () => now });

  const answer = await as(caller).sts.send(assumeRoot(`arn:aws:iam::${MEMBER}:root`));
  const identity = await as(credentialsFrom(answer)).sts.send(new GetCallerIdentityCommand({}));

  expect(answer.Credentials?.Expiration).toEqual(new Date('2026-11-24T09:15:00Z'));
  expect(identity).toMatchObject({ Account: MEMBER, Arn: `arn:aws:iam::${MEMBER}:root`, UserId: MEMBER });
});

test('no one else gets one, and no one gets one where it is impossible', async () => {
  const { as, organization, inRootSession } = await startSimulation();
  const { sts } = as('management');
  const rootItself = await inRootSession(MEMBER);

  await expect(as('member').sts.send(assumeRoot(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(as('standalone').sts.send(assumeRoot(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(as('powerless').sts.send(assumeRoot(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(rootItself.sts.send(assumeRoot(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRoot(MANAGEMENT))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRoot(STANDALONE))).rejects.toMatchObject(NOT_AUTHORIZED);

  const Condition = { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:root' } };
  organization.policies.put('deny-root', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition }],
  });
  organization.attachPolicy('deny-root', MEMBER);
  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('explicit deny in a service control policy'),
  });
});

test('a root session needs trusted access and central management, each with its own refusal', async () => {
  const { as, organization } = await startSimulation();
  const { sts } = as('management');

  organization.settings.rootCredentialsManagement = false;
  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Root credentials management feature is not enabled for your AWS Organization.',
  });

  organization.settings.iamTrusted = false;
  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Service not enabled for AWS Organizations.',
  });
});

test.each([
  ['another task policy', { TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }],
  ['a second over fifteen minutes', { DurationSeconds: 901 }],
  ['a user in root’s place', { TargetPrincipal: `arn:aws:iam::${MEMBER}:user/eve` }],
])('%s is a validation error', async (_what, part) => {
  const { as } = await startSimulation();
  const input = { TargetPrincipal: MEMBER, TaskPolicyArn: { arn: AUDIT_POLICY }, ...part };

  const answer = as('management').sts.send(new AssumeRootCommand(input));

  await expect(answer).rejects.toMatchObject({ name: 'ValidationError' });
});

test('a locked account refuses everyone until it is unlocked', async () => {
  const { as, organization } = await startSimulation();
  const { sts } = as('management');

  organization.denyAccess(MEMBER);
  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(sts.send(assumeRole(MEMBER))).rejects.toMatchObject(NOT_AUTHORIZED);
  await expect(as('member').iam.send(new GetAccountSummaryCommand({}))).rejects.toMatchObject(NOT_AUTHORIZED);

  organization.allowAccess(MEMBER);
  await expect(sts.send(assumeRoot(MEMBER))).resolves.toBeDefined();
});
