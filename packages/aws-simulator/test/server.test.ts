import { Agent } from 'node:http';
import {
  GetAccountSummaryCommand,
  ListMFADevicesCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { DescribeOrganizationCommand, ListAccountsCommand } from '@aws-sdk/client-organizations';
import { AssumeRootCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import type { Partition } from '../src/organization.ts';
import { assumeRoot, credentialsFrom, DELEGATED, MANAGEMENT, MEMBER, startSimulation } from './simulation.ts';

test.each(['aws', 'aws-us-gov', 'aws-cn', 'aws-eusc'] as const satisfies Partition[])(
  'in %s every ARN is of that partition',
  async (partition) => {
    const root = {
      devices: [{ kind: 'virtual', name: 'phone' } as const, { kind: 'fido', name: 'key' } as const],
    };
    const { as, inRole } = await startSimulation({ root }, { partition });
    const { sts, iam: _ } = as('management');

    const session = await sts.send(
      new AssumeRootCommand({
        TargetPrincipal: MEMBER,
        TaskPolicyArn: { arn: `arn:${partition}:iam::aws:policy/root-task/IAMAuditRootUserCredentials` },
      }),
    );
    const rootUser = as(credentialsFrom(session));
    const identity = await rootUser.sts.send(new GetCallerIdentityCommand({}));
    const devices = await rootUser.iam.send(new ListMFADevicesCommand({}));
    const { Organization } = await as('delegated').organizations.send(new DescribeOrganizationCommand({}));

    expect(identity.Arn).toBe(`arn:${partition}:iam::${MEMBER}:root`);
    expect(devices.MFADevices?.map((device) => device.SerialNumber?.split(':')[1])).toEqual([
      partition,
      partition,
    ]);
    expect(Organization?.Arn).toMatch(new RegExp(`^arn:${partition}:organizations::${MANAGEMENT}:`));
    if (partition === 'aws') {
      const role = await inRole(MEMBER);
      const listed = await role.iam.send(new ListVirtualMFADevicesCommand({}));
      expect(listed.VirtualMFADevices?.[0]?.User?.Arn).toBe(`arn:aws:iam::${MEMBER}:root`);
    }
  },
);

test('keys of one partition are unknown in a region of another', async () => {
  const { aws } = await startSimulation({}, { partition: 'aws-us-gov' });
  const { accessKeyId, secretAccessKey } = aws.credentialsFor('management');
  const credentials = { accessKeyId, secretAccessKey };
  const localRegion = new STSClient({ endpoint: aws.url, region: 'us-gov-east-1', credentials });
  const otherRegion = new STSClient({ endpoint: aws.url, region: 'eu-west-1', credentials });

  await expect(localRegion.send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  await expect(otherRegion.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  });
});

test('an operation that is not simulated is refused, not guessed', async () => {
  const { as } = await startSimulation();
  const { iam } = as('management');
  const { ListUsersCommand } = await import('@aws-sdk/client-iam');

  await expect(iam.send(new ListUsersCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('ListUsers'),
  });
});

test('calls are counted by operation and account', async () => {
  const { as, aws, inRootSession } = await startSimulation();
  const { organizations } = as('management');

  const { iam } = await inRootSession(MEMBER);
  await iam.send(new GetAccountSummaryCommand({}));
  await organizations.send(new ListAccountsCommand({}));

  expect(aws.calls).toMatchObject({
    total: 3,
    byCall: { 'sts:AssumeRoot': 1, 'iam:GetAccountSummary': 1, 'organizations:ListAccounts': 1 },
    byAccount: { [MEMBER]: 2, [MANAGEMENT]: 1 },
  });
  expect(await (await fetch(`${aws.url}/counts`)).json()).toMatchObject({ total: 3 });

  aws.resetCalls();
  expect(aws.calls.total).toBe(0);
});

test('sockets are counted: one agent of two sockets opens no third', async () => {
  const { aws } = await startSimulation();
  const { accessKeyId, secretAccessKey } = aws.credentialsFor('management');
  const sts = new STSClient({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 2 }) },
  });

  await Promise.all(Array.from({ length: 8 }, () => sts.send(assumeRoot(MEMBER))));
  sts.destroy();

  expect(aws.calls).toMatchObject({ total: 8, socketsOpened: 2, peakSocketsOpen: 2 });
});

test('with quotas on, a burst of calls over the published rate is refused', async () => {
  const { as } = await startSimulation({}, {}, { quotas: true });
  const { organizations } = as('management');

  const answers = await Promise.allSettled(
    Array.from({ length: 4 }, () => organizations.send(new DescribeOrganizationCommand({}))),
  );

  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThanOrEqual(1);
  expect(refused[0]?.reason).toMatchObject({ name: 'TooManyRequestsException' });
});

test('the environment of a caller is all that a child process needs', async () => {
  const { aws } = await startSimulation();

  const environment = aws.environment('delegated');

  const keys = aws.credentialsFor('delegated');
  expect(environment).toEqual({
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect(aws.environment('management')).not.toHaveProperty('AWS_SESSION_TOKEN');
});

test('an answer is about the account that signed, even while others call', async () => {
  const accounts = [
    { id: MANAGEMENT, name: 'management' },
    { id: DELEGATED, name: 'security' },
    ...Array.from({ length: 30 }, (_, n) => ({
      id: String(300000000000 + n),
      name: `member-${n}`,
      users: n,
    })),
  ];
  const { inRootSession } = await startSimulation({}, { accounts });

  const results = await Promise.all(
    accounts.slice(2).map(async ({ id }) => {
      const { iam } = await inRootSession(id);
      return (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.['Users'];
    }),
  );

  expect(results).toEqual(accounts.slice(2).map((_, n) => n));
});
