import {
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetLoginProfileCommand,
  GetMFADeviceCommand,
  ListMFADevicesCommand,
  ListOrganizationsFeaturesCommand,
  ListVirtualMFADevicesCommand,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { ADMIN_ROLE, type Clients, MEMBER, startSimulation } from './simulation.ts';

async function summaryFrom({ iam }: Clients) {
  return (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap;
}

async function virtualDevicesFrom({ iam }: Clients, pageSize?: number) {
  const pages = [];
  for await (const page of paginateListVirtualMFADevices(
    { client: iam, ...(pageSize ? { pageSize } : {}) },
    {},
  )) {
    pages.push(page.VirtualMFADevices ?? []);
  }
  return pages;
}

test('the summary counts what the account has', async () => {
  const { inRootSession } = await startSimulation({
    root: {
      accessKeys: 2,
      devices: [
        { kind: 'fido', name: 'key' },
        { kind: 'virtual', name: 'phone' },
      ],
    },
    users: 3,
    userDevices: [{ kind: 'virtual', name: 'eve', userName: 'eve' }],
    unassignedDevices: ['lost'],
  });

  expect(await summaryFrom(await inRootSession(MEMBER))).toMatchObject({
    AccountMFAEnabled: 1,
    AccountPasswordPresent: 1,
    AccountAccessKeysPresent: 1,
    AccountSigningCertificatesPresent: 0,
    Users: 3,
    MFADevices: 4,
    MFADevicesInUse: 3,
    UsersQuota: 5000,
  });
});

test('an old summary leaves keys out, and a strange one says something else', async () => {
  const { inRootSession } = await startSimulation({
    summary: { leaveOut: ['AccountPasswordPresent'], override: { AccountMFAEnabled: 1 } },
  });

  const summary = await summaryFrom(await inRootSession(MEMBER));

  expect(summary).not.toHaveProperty('AccountPasswordPresent');
  expect(summary).toMatchObject({ AccountMFAEnabled: 1, AccountAccessKeysPresent: 0 });
});

test('a root session lists root’s devices of every kind, without a user name', async () => {
  const { inRootSession } = await startSimulation({
    root: {
      devices: [
        { kind: 'virtual', name: 'phone' },
        { kind: 'fido', name: 'key' },
        { kind: 'totp', name: 'token' },
        { kind: 'unknown', name: 'prototype' },
      ],
    },
    userDevices: [{ kind: 'totp', name: 'eves', userName: 'eve' }],
  });

  const { iam } = await inRootSession(MEMBER);
  const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({}));

  expect(MFADevices.map((device) => device.SerialNumber)).toEqual([
    `arn:aws:iam::${MEMBER}:mfa/phone`,
    expect.stringMatching(`^arn:aws:iam::${MEMBER}:u2f/root/key-[0-9A-Z]+$`),
    expect.stringMatching(/^GAKT\d{8}$/),
    `arn:aws:iam::${MEMBER}:hologram/prototype`,
  ]);
  expect(MFADevices.every((device) => device.UserName === undefined)).toBe(true);
});

test('a root session without devices gets an empty list', async () => {
  const { inRootSession } = await startSimulation();

  const { iam } = await inRootSession(MEMBER);

  expect((await iam.send(new ListMFADevicesCommand({}))).MFADevices).toEqual([]);
});

test('a root session may do what the audit policy allows and no more', async () => {
  const serial = `arn:aws:iam::${MEMBER}:u2f/root/key`;
  const { inRootSession } = await startSimulation();
  const { iam, organizations: _ } = await inRootSession(MEMBER);

  await expect(iam.send(new ListVirtualMFADevicesCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  await expect(iam.send(new GetMFADeviceCommand({ SerialNumber: serial }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  await expect(iam.send(new GetCredentialReportCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(iam.send(new GetLoginProfileCommand({}))).resolves.toMatchObject({
    LoginProfile: { PasswordResetRequired: false },
  });
});

test('a policy can leave a root session without any power', async () => {
  const { inRootSession, organization } = await startSimulation();
  const Condition = { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:root' } };
  organization.policies.put('no-iam', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition }],
  });
  organization.attachPolicy('no-iam', MEMBER);

  const answer = summaryFrom(await inRootSession(MEMBER));

  await expect(answer).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('explicit deny in a service control policy'),
  });
});

test('a role cannot ask for root’s devices', async () => {
  const { inRole } = await startSimulation({ roles: [ADMIN_ROLE] });

  const { iam } = await inRole(MEMBER, ADMIN_ROLE.name);

  await expect(iam.send(new ListMFADevicesCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
});

test('the reader role reads the summary and the virtual devices, and nothing else', async () => {
  const { inRole } = await startSimulation();
  const { iam } = await inRole(MEMBER);

  await expect(iam.send(new GetAccountSummaryCommand({}))).resolves.toBeDefined();
  await expect(iam.send(new ListVirtualMFADevicesCommand({}))).resolves.toBeDefined();
  await expect(iam.send(new ListMFADevicesCommand({ UserName: 'eve' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('iam:ListMFADevices'),
  });
});

test('root’s virtual device has any name and neither user name nor path; an unassigned one has no user', async () => {
  const { inRole } = await startSimulation({
    root: { devices: [{ kind: 'virtual', name: 'anas-phone' }] },
    userDevices: [{ kind: 'virtual', name: 'root-account-mfa-device', userName: 'eve' }],
    unassignedDevices: ['old-phone'],
  });

  const [devices = []] = await virtualDevicesFrom(await inRole(MEMBER));
  const named = (name: string) => devices.find((device) => device.SerialNumber?.endsWith(`:mfa/${name}`));

  expect(named('anas-phone')?.User).toEqual({
    UserId: MEMBER,
    Arn: `arn:aws:iam::${MEMBER}:root`,
    CreateDate: expect.any(Date),
  });
  expect(named('root-account-mfa-device')?.User).toMatchObject({ UserName: 'eve', Path: '/' });
  expect(named('old-phone')).toEqual({ SerialNumber: `arn:aws:iam::${MEMBER}:mfa/old-phone` });
});

test('virtual devices come in pages, which may be shorter than asked for', async () => {
  const userDevices = Array.from({ length: 250 }, (_, n) => {
    return { kind: 'virtual', name: `phone-${n}`, userName: `user-${n}` } as const;
  });
  const { inRole, organization } = await startSimulation({ userDevices });
  const role = await inRole(MEMBER);

  const usual = await virtualDevicesFrom(role);
  const large = await virtualDevicesFrom(role, 1000);
  organization.setDevicesPerPage(MEMBER, 80);
  const short = await virtualDevicesFrom(role, 1000);

  expect(usual.map((page) => page.length)).toEqual([100, 100, 50]);
  expect(large.map((page) => page.length)).toEqual([250]);
  expect(short.map((page) => page.length)).toEqual([80, 80, 80, 10]);
  expect(new Set(short.flat().map((device) => device.SerialNumber)).size).toBe(250);
});

test('virtual devices can be asked for by whether they are assigned', async () => {
  const { inRole } = await startSimulation({
    root: { devices: [{ kind: 'virtual', name: 'phone' }] },
    unassignedDevices: ['lost'],
  });
  const { iam } = await inRole(MEMBER);
  const serials = async (AssignmentStatus: 'Assigned' | 'Unassigned' | 'Any') => {
    const answer = await iam.send(new ListVirtualMFADevicesCommand({ AssignmentStatus }));
    return answer.VirtualMFADevices?.map((device) => device.SerialNumber?.split('/')[1]);
  };

  expect(await serials('Assigned')).toEqual(['phone']);
  expect(await serials('Unassigned')).toEqual(['lost']);
  expect(await serials('Any')).toEqual(['lost', 'phone']);
});

test('a marker that was never given is a validation error', async () => {
  const { inRole } = await startSimulation();
  const { iam } = await inRole(MEMBER);

  const answer = iam.send(new ListVirtualMFADevicesCommand({ Marker: 'page two, please' }));

  await expect(answer).rejects.toMatchObject({ name: 'ValidationError' });
});

test('a FIDO device lists its certifications', async () => {
  const certifications = { FIDO: 'L1', 'FIDO-FIPS-140-2': 'L2' };
  const { inRole, organization } = await startSimulation({ roles: [ADMIN_ROLE] });
  const serial = organization.enrolDevice(MEMBER, 'fido', 'key', certifications);
  const { iam } = await inRole(MEMBER, ADMIN_ROLE.name);

  const device = await iam.send(new GetMFADeviceCommand({ SerialNumber: serial }));

  expect(device).toMatchObject({ SerialNumber: serial, Certifications: certifications });
  await expect(
    iam.send(new GetMFADeviceCommand({ SerialNumber: `arn:aws:iam::${MEMBER}:u2f/root/other` })),
  ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
});

test('root without a password has no login profile', async () => {
  const { inRootSession } = await startSimulation({ root: { password: false } });
  const { iam } = await inRootSession(MEMBER);

  const answer = iam.send(new GetLoginProfileCommand({}));

  await expect(answer).rejects.toMatchObject({ name: 'NoSuchEntityException' });
});

test('administrators can list the organization’s features', async () => {
  const { as, organization } = await startSimulation();
  const ask = (caller: 'management' | 'delegated' | 'member' | 'standalone') =>
    as(caller).iam.send(new ListOrganizationsFeaturesCommand({}));

  expect((await ask('delegated')).EnabledFeatures).toEqual(['RootSessions', 'RootCredentialsManagement']);
  await expect(ask('member')).rejects.toMatchObject({
    name: 'AccountNotManagementOrDelegatedAdministratorException',
  });
  await expect(ask('standalone')).rejects.toMatchObject({ name: 'OrganizationNotFoundException' });

  organization.settings.rootSessions = false;
  organization.settings.rootCredentialsManagement = false;
  expect((await ask('management')).EnabledFeatures).toEqual([]);

  organization.settings.iamTrusted = false;
  await expect(ask('management')).rejects.toMatchObject({ name: 'ServiceAccessNotEnabledException' });
});

test('a credential report is made, served for four hours as it was, and then too old', async () => {
  let now = new Date('2026-11-24T09:00:00Z');
  const { inRole, organization } = await startSimulation({ root: { accessKeys: 1 } }, {}, { now: () => now });
  const role = await inRole(MEMBER);
  const generate = () => role.iam.send(new GenerateCredentialReportCommand({}));
  const read = async (clients = role) => {
    const { Content = new Uint8Array() } = await clients.iam.send(new GetCredentialReportCommand({}));
    const [header = '', row = ''] = Buffer.from(Content).toString().split('\n');
    const cells = row.split(',');
    return Object.fromEntries(header.split(',').map((name, n) => [name, cells[n]]));
  };

  await expect(read()).rejects.toMatchObject({ name: 'CredentialReportNotPresentException' });

  expect(await generate()).toMatchObject({ State: 'STARTED' });
  await expect(read()).rejects.toMatchObject({ name: 'CredentialReportNotReadyException' });
  expect(await generate()).toMatchObject({ State: 'COMPLETE' });

  organization.enrolDevice(MEMBER, 'fido');
  expect(await read()).toMatchObject({
    user: '<root_account>',
    arn: `arn:aws:iam::${MEMBER}:root`,
    password_enabled: 'true',
    mfa_active: 'false',
    access_key_1_active: 'true',
    access_key_2_active: 'false',
  });

  now = new Date('2026-11-24T13:00:00Z');
  const later = await inRole(MEMBER);
  await expect(read(later)).rejects.toMatchObject({ name: 'CredentialReportExpiredException' });
});
