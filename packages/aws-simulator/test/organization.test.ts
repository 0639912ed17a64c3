import { expect, test } from '@jest/globals';
import { accountSummary } from '../src/account-summary.ts';
import { type AccountSetup, SimulatedOrganization } from '../src/organization.ts';
import { MANAGEMENT, MEMBER, STANDALONE } from './simulation.ts';

const today = new Date('2026-11-24T09:00:00Z');

function createOrganization(member: Omit<AccountSetup, 'id' | 'name'> = {}): SimulatedOrganization {
  const accounts = [
    { id: MANAGEMENT, name: 'management' },
    { id: MEMBER, name: 'member', ...member },
  ];
  const standaloneAccount = { id: STANDALONE, name: 'alone' };
  return new SimulatedOrganization(
    { managementAccountId: MANAGEMENT, accounts, standaloneAccount },
    () => today,
  );
}

const isMfaOn = (organization: SimulatedOrganization) =>
  accountSummary(organization.account(MEMBER)).get('AccountMFAEnabled') === 1;

test('an owner enrols a key and takes it off again', () => {
  const organization = createOrganization();

  const serial = organization.enrolDevice(MEMBER, 'fido', 'yubikey');
  expect(isMfaOn(organization)).toBe(true);
  expect(organization.account(MEMBER).root.devices).toEqual([
    { kind: 'fido', serialNumber: serial, enabledAt: today },
  ]);

  organization.removeDevice(MEMBER, serial);
  expect(isMfaOn(organization)).toBe(false);
});

test('an app that is only deactivated stays behind unassigned', () => {
  const organization = createOrganization({ root: { devices: [{ kind: 'virtual', name: 'phone' }] } });
  const serial = `arn:aws:iam::${MEMBER}:mfa/phone`;

  organization.removeDevice(MEMBER, serial, { leaveBehind: true });

  expect(organization.account(MEMBER)).toMatchObject({ root: { devices: [] }, unassignedDevices: [serial] });
});

test('deleting root’s credentials takes all of them, and leaves the app’s entry behind', () => {
  const organization = createOrganization({
    root: { accessKeys: 1, certificates: 1, devices: [{ kind: 'virtual', name: 'phone' }] },
  });

  organization.deleteRootCredentials(MEMBER);

  const summary = Object.fromEntries(accountSummary(organization.account(MEMBER)));
  expect(summary).toMatchObject({
    AccountMFAEnabled: 0,
    AccountPasswordPresent: 0,
    AccountAccessKeysPresent: 0,
    AccountSigningCertificatesPresent: 0,
    MFADevices: 1,
    MFADevicesInUse: 0,
  });
});

test('passwords and keys can be given and taken', () => {
  const organization = createOrganization({ root: { password: false } });

  organization.setPassword(MEMBER, true);
  organization.setAccessKeys(MEMBER, 2);
  expect(organization.account(MEMBER).root).toMatchObject({ passwordSetAt: today, accessKeys: 2 });

  organization.setPassword(MEMBER, false);
  organization.enrolDevice(MEMBER, 'totp');
  organization.removeMfa(MEMBER);
  expect(organization.account(MEMBER).root).toMatchObject({ passwordSetAt: null, devices: [] });
});

test('accounts come and go; the one beside the organization may join it', () => {
  const organization = createOrganization();

  organization.addAccount({ id: '100000000004', name: 'new', orgUnit: '/Sandbox' });
  expect(organization.accountIds).toEqual([MANAGEMENT, MEMBER, '100000000004']);
  expect(organization.orgUnits.byPath.get('/Sandbox')?.accountIds).toEqual(['100000000004']);

  organization.removeAccount(MEMBER);
  expect(organization.isMember(MEMBER)).toBe(false);
  expect(() => organization.account(MEMBER)).toThrow('no account "100000000003"');

  organization.addAccount({ id: STANDALONE, name: 'alone no more' });
  expect(organization.account(STANDALONE).name).toBe('alone no more');
  expect(organization.isMember(STANDALONE)).toBe(true);
});

test('an impossible change is refused immediately', () => {
  const organization = createOrganization();

  expect(() => organization.addAccount({ id: MEMBER, name: 'again' })).toThrow('already');
  expect(() => organization.addAccount({ id: '42', name: 'short' })).toThrow('expected 12 digits');
  expect(() => organization.removeDevice(MEMBER, 'GAKT00000000')).toThrow('no device');
  expect(() => new SimulatedOrganization({ managementAccountId: MANAGEMENT, accounts: [] })).toThrow(
    `No account ${MANAGEMENT}`,
  );
});
