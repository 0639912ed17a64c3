import type { SimulatedAccount } from './organization.ts';

/** Quotas and similar values: the same in every ordinary account. */
const DEFAULT_ENTRIES: Readonly<Record<string, number>> = {
  AccessKeysPerUserQuota: 2,
  AssumeRolePolicySizeQuota: 2048,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 20,
  AttachedPoliciesPerUserQuota: 10,
  GlobalEndpointTokenVersion: 1,
  GroupPolicySizeQuota: 5120,
  Groups: 0,
  GroupsPerUserQuota: 10,
  GroupsQuota: 300,
  InstanceProfiles: 0,
  InstanceProfilesQuota: 1000,
  Policies: 0,
  PoliciesQuota: 1500,
  PolicySizeQuota: 6144,
  PolicyVersionsInUse: 7,
  PolicyVersionsInUseQuota: 10_000,
  Providers: 1,
  RolePolicySizeQuota: 10_240,
  RolesQuota: 1000,
  ServerCertificates: 0,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: 2048,
  UsersQuota: 5000,
  VersionsPerPolicyQuota: 5,
};

const DEFAULT_XML = Object.entries(DEFAULT_ENTRIES).map(entryXml).join('');

/** What `iam:GetAccountSummary` counts in an account, its quirks included; without the usual quotas. */
export function accountSummary(account: SimulatedAccount): Map<string, number> {
  const { root, users, userDevices, unassignedDevices, roles, summary } = account;
  const inUse = root.devices.length + userDevices.length;

  const entries = new Map([
    ['AccountMFAEnabled', root.devices.length > 0 ? 1 : 0],
    ['AccountPasswordPresent', root.passwordSetAt ? 1 : 0],
    ['AccountAccessKeysPresent', root.accessKeys > 0 ? 1 : 0],
    ['AccountSigningCertificatesPresent', root.certificates > 0 ? 1 : 0],
    ['MFADevices', inUse + unassignedDevices.length],
    ['MFADevicesInUse', inUse],
    ['Roles', roles.length],
    ['Users', users],
  ]);
  for (const [key, count] of Object.entries(summary.override)) entries.set(key, count);
  for (const key of summary.leaveOut) entries.delete(key);
  return entries;
}

/** The summary as the inside of a `SummaryMap` element. */
export function summaryXml(account: SimulatedAccount): string {
  return [...accountSummary(account)].map(entryXml).join('') + DEFAULT_XML;
}

function entryXml([key, value]: [string, number]): string {
  return `<entry><key>${key}</key><value>${value}</value></entry>`;
}
