import {
  CreateLoginProfileCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteSigningCertificateCommand,
  DeleteVirtualMFADeviceCommand,
  GetAccountSummaryCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListSigningCertificatesCommand,
} from '@aws-sdk/client-iam';
import { AssumeRootCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { credentialsFrom, MEMBER, type Simulation, startSimulation } from './simulation.ts';

/** IAM in a root session of the member with a task policy. */
async function asRoot({ as }: Simulation, task: string): Promise<IAMClient> {
  const TaskPolicyArn = { arn: `arn:aws:iam::aws:policy/root-task/${task}` };
  const answer = await as('management').sts.send(
    new AssumeRootCommand({ TargetPrincipal: MEMBER, TaskPolicyArn }),
  );
  return as(credentialsFrom(answer)).iam;
}

const EVERYTHING = {
  root: {
    password: true,
    accessKeys: 2,
    certificates: 1,
    devices: [
      { kind: 'virtual', name: 'phone' },
      { kind: 'fido', name: 'key' },
    ],
  },
} as const;

test('an admin removes all root credentials in the safe order, and the audit session sees none', async () => {
  const simulation = await startSimulation(EVERYTHING);
  const iam = await asRoot(simulation, 'IAMDeleteRootUserCredentials');

  await iam.send(new DeleteLoginProfileCommand({}));
  for (const { AccessKeyId } of (await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata ?? [])
    await iam.send(new DeleteAccessKeyCommand({ AccessKeyId }));
  const { Certificates = [] } = await iam.send(new ListSigningCertificatesCommand({}));
  for (const { CertificateId } of Certificates)
    await iam.send(new DeleteSigningCertificateCommand({ CertificateId }));
  const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({}));
  for (const { SerialNumber } of MFADevices) await iam.send(new DeactivateMFADeviceCommand({ SerialNumber }));

  await expect(iam.send(new GetAccountSummaryCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  const audit = await asRoot(simulation, 'IAMAuditRootUserCredentials');
  const { SummaryMap } = await audit.send(new GetAccountSummaryCommand({}));
  expect(SummaryMap).toMatchObject({
    AccountPasswordPresent: 0,
    AccountAccessKeysPresent: 0,
    AccountSigningCertificatesPresent: 0,
    AccountMFAEnabled: 0,
  });
});

test('a deactivated virtual device is left unassigned until it is deleted', async () => {
  const simulation = await startSimulation(EVERYTHING);
  const iam = await asRoot(simulation, 'IAMDeleteRootUserCredentials');
  const SerialNumber = `arn:aws:iam::${MEMBER}:mfa/phone`;
  const unassigned = () => simulation.organization.account(MEMBER).unassignedDevices;

  await expect(iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }))).rejects.toMatchObject({
    name: 'DeleteConflictException',
  });
  await iam.send(new DeactivateMFADeviceCommand({ SerialNumber }));
  expect(unassigned()).toEqual([SerialNumber]);
  await iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
  expect(unassigned()).toEqual([]);
});

test('one of two access keys is deleted, and the other one keeps its id', async () => {
  const simulation = await startSimulation(EVERYTHING);
  const iam = await asRoot(simulation, 'IAMDeleteRootUserCredentials');
  const keyIds = async () =>
    ((await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata ?? []).map(
      ({ AccessKeyId }) => AccessKeyId,
    );
  const [first, second] = await keyIds();

  await iam.send(new DeleteAccessKeyCommand({ AccessKeyId: first }));

  expect(await keyIds()).toEqual([second]);
  await expect(iam.send(new DeleteAccessKeyCommand({ AccessKeyId: first }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
});

test('password recovery is allowed once, by a session that can do nothing else', async () => {
  const simulation = await startSimulation({ root: { password: false } });
  const iam = await asRoot(simulation, 'IAMCreateRootUserPassword');

  await iam.send(new CreateLoginProfileCommand({}));

  expect(simulation.organization.account(MEMBER).root.passwordSetAt).not.toBeNull();
  await expect(iam.send(new CreateLoginProfileCommand({}))).rejects.toMatchObject({
    name: 'EntityAlreadyExistsException',
  });
  await expect(iam.send(new DeleteLoginProfileCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('what an audit session may list, it may not delete', async () => {
  const simulation = await startSimulation(EVERYTHING);
  const iam = await asRoot(simulation, 'IAMAuditRootUserCredentials');

  await expect(iam.send(new DeleteLoginProfileCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('session policy'),
  });
});
