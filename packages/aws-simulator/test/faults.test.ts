import { GetAlternateContactCommand } from '@aws-sdk/client-account';
import { GetAccountSummaryCommand, ListVirtualMFADevicesCommand } from '@aws-sdk/client-iam';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { expect, test } from '@jest/globals';
import { assumeRoot, DELEGATED, MEMBER, startSimulation } from './simulation.ts';

const summary = () => new GetAccountSummaryCommand({});

test('an error meets one call of one account, until it is cleared', async () => {
  const { as, inRootSession, organization } = await startSimulation();
  const [member, delegated] = [await inRootSession(MEMBER), await inRootSession(DELEGATED)];

  organization.setFault(MEMBER, 'iam:GetAccountSummary', { kind: 'error', code: 'ServiceFailure' });

  await expect(member.iam.send(summary())).rejects.toMatchObject({
    name: 'ServiceFailureException',
    $metadata: { httpStatusCode: 500 },
  });
  await expect(delegated.iam.send(summary())).resolves.toBeDefined();
  await expect(as('management').sts.send(assumeRoot(MEMBER))).resolves.toBeDefined();

  organization.clearFaults(MEMBER, 'iam:GetAccountSummary');
  await expect(member.iam.send(summary())).resolves.toBeDefined();
});

test('each protocol words an error its own way, with a request id', async () => {
  const { as, organization } = await startSimulation();
  organization.setFault('*', '*', { kind: 'error', code: 'Whatever', message: 'No & <never>', status: 418 });
  const { sts, iam, organizations, account } = as('management');
  const messages = {
    name: 'Whatever',
    message: 'No & <never>',
    $metadata: { httpStatusCode: 418, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  };

  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject(messages);
  await expect(iam.send(summary())).rejects.toMatchObject(messages);
  await expect(organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject(messages);
  await expect(
    account.send(new GetAlternateContactCommand({ AlternateContactType: 'SECURITY' })),
  ).rejects.toMatchObject(messages);
});

test('a call about another account goes wrong under that account', async () => {
  const { as, organization } = await startSimulation();
  const { sts } = as('management');

  organization.setFault(MEMBER, 'sts:AssumeRoot', { kind: 'error', code: 'AccessDenied' });

  await expect(sts.send(assumeRoot(MEMBER))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(sts.send(assumeRoot(DELEGATED))).resolves.toBeDefined();
});

test('a fault can be for root sessions alone', async () => {
  const { inRootSession, inRole, organization } = await startSimulation();
  const fault = { kind: 'error', code: 'AccessDenied' } as const;
  organization.setFault(MEMBER, 'iam:GetAccountSummary', fault, { signedBy: 'root' });

  const [root, role] = [await inRootSession(MEMBER), await inRole(MEMBER)];

  await expect(root.iam.send(summary())).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(role.iam.send(summary())).resolves.toBeDefined();
});

test('a fault can spare the first page', async () => {
  const userDevices = Array.from({ length: 3 }, (_, n) => {
    return { kind: 'virtual', name: `phone-${n}`, userName: `user-${n}` } as const;
  });
  const { inRole, organization } = await startSimulation({ userDevices });
  const throttle = { kind: 'throttle', times: Number.POSITIVE_INFINITY } as const;
  organization.setFault(MEMBER, 'iam:ListVirtualMFADevices', throttle, { laterPagesOnly: true });
  const { iam } = await inRole(MEMBER);

  const { Marker = '' } = await iam.send(new ListVirtualMFADevicesCommand({ MaxItems: 2 }));
  const secondPage = iam.send(new ListVirtualMFADevicesCommand({ MaxItems: 2, Marker }));

  await expect(secondPage).rejects.toMatchObject({ name: 'Throttling' });
});

test('a throttle ends after its number of calls', async () => {
  const { as, organization } = await startSimulation();
  const { organizations } = as('management');
  const list = () => organizations.send(new ListAccountsCommand({}));

  organization.setFault('*', 'organizations:ListAccounts', { kind: 'throttle', times: 2 });

  await expect(list()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  await expect(list()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  await expect(list()).resolves.toBeDefined();
});

test('latency comes on top of the latency of every call', async () => {
  const { as, aws, organization } = await startSimulation({}, {}, { latencyMs: 20 });
  const { sts } = as('management');
  const timeOf = async (target: string) => {
    const start = performance.now();
    await sts.send(assumeRoot(target));
    return performance.now() - start;
  };
  organization.setFault(MEMBER, '*', { kind: 'latency', ms: 40 });

  // A timer may go off up to a millisecond early.
  expect(await timeOf(DELEGATED)).toBeGreaterThanOrEqual(19);
  expect(await timeOf(MEMBER)).toBeGreaterThanOrEqual(59);

  aws.latencyMs = 0;
  organization.clearFaults();
  expect(aws.latencyMs).toBe(0);
  await expect(sts.send(assumeRoot(MEMBER))).resolves.toBeDefined();
});

test('a call that hangs is let go when the simulation closes', async () => {
  const { as, aws, organization } = await startSimulation();
  const { sts } = as('management');
  organization.setFault(MEMBER, 'sts:AssumeRoot', { kind: 'hang' });

  const hanging = sts.send(assumeRoot(MEMBER)).then(
    () => 'answered',
    () => 'let go',
  );
  const other = await sts.send(assumeRoot(DELEGATED)).then(() => 'another call');
  const first = await Promise.race([hanging, Promise.resolve(other)]);
  await aws.close();

  expect(first).toBe('another call');
  expect(await hanging).toBe('let go');
});

test('a reset drops the connection', async () => {
  const { as, organization } = await startSimulation();
  organization.setFault(MEMBER, '*', { kind: 'reset' });

  const answer = as('management').sts.send(assumeRoot(MEMBER));

  await expect(answer).rejects.toThrow('socket hang up');
});
