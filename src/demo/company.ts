import {
  type AccountSetup,
  type Contact,
  type OrganizationSetup,
  type Partition,
  SimulatedOrganization,
} from '@root-mfa-bot/aws-simulator';
import type { Verdict } from '../domain/verdict.ts';
import {
  COMPANY_POLICIES,
  DENY_ROOT,
  KEEP_MFA,
  NO_ROOT_SESSIONS,
  ROOT_SESSIONS_READ_NOTHING,
} from './company-policies.ts';
import { BOT_PRINCIPALS, BOT_ROLE, READER_ROLE } from './roles.ts';

/** Someone in the company's Slack, or let into it. */
export interface CompanyPerson {
  /** Slack user id. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly job: string;
  readonly timezone: string;
  readonly teamId: string;
  readonly kind: 'member' | 'guest' | 'external' | 'deactivated';
  /** Scans, approves, grants and exports. */
  readonly admin: boolean;
  /** What their Slack status says, where they have one. */
  readonly status: { readonly emoji: string; readonly text: string } | null;
}

/** A channel of the company's Slack. */
export interface CompanyChannel {
  readonly id: string;
  readonly name: string;
  /** Shared with another company. */
  readonly externallyShared: boolean;
}

/** What a scan should find in an account. */
export type ExpectedVerdict = Pick<Verdict, 'mfa' | 'level1' | 'level2' | 'confidence'>;

/** An account of the company, with its story. */
export interface CompanyAccount extends AccountSetup {
  /** What is wrong, or right, with it. */
  readonly story: string;
  /** What a scan finds when credential reports are not read. */
  readonly expected: ExpectedVerdict;
  /** What it finds when they are, where that differs. */
  readonly expectedWithReports?: ExpectedVerdict;
  /** Email of the owner; `null`: it has none. */
  readonly ownerEmail: string | null;
}

/** A company: its people, its channels and its AWS organization. */
export interface Company {
  readonly name: string;
  readonly teamId: string;
  readonly people: readonly CompanyPerson[];
  readonly channels: readonly CompanyChannel[];
  readonly accounts: readonly CompanyAccount[];
  readonly organization: OrganizationSetup;
}

/** The company's own Slack workspace. */
export const HOME_TEAM_ID = 'T0HOME';
/** The workspace of the company it shares a channel with. */
export const PARTNER_TEAM_ID = 'T0PARTNER';

const MEMBER_DEFAULTS = { teamId: HOME_TEAM_ID, kind: 'member', admin: false, status: null } as const;

/** Accounts in which policy allows no root credentials: sandbox, game-jam, one with a difficult name, archive-2020. */
export const NO_ROOT_CREDENTIALS: readonly string[] = [
  '555566660001',
  '555566660003',
  '555566660004',
  '444455550007',
];

/** Everyone who appears in the demo. */
export const PEOPLE = {
  sam: {
    ...MEMBER_DEFAULTS,
    id: 'U01SAM',
    name: 'Sam Okafor',
    email: 'sam@example.com',
    job: 'Security engineer',
    timezone: 'Europe/London',
    admin: true,
  },
  chloe: {
    ...MEMBER_DEFAULTS,
    id: 'U02CHLOE',
    name: 'Chloé Martin',
    email: 'chloe@example.com',
    job: 'CISO',
    timezone: 'Europe/Paris',
    admin: true,
  },
  ana: {
    ...MEMBER_DEFAULTS,
    id: 'U03ANA',
    name: 'Ana Souza',
    email: 'ana@example.com',
    job: 'Platform engineer',
    timezone: 'America/Sao_Paulo',
  },
  ben: {
    ...MEMBER_DEFAULTS,
    id: 'U04BEN',
    name: 'Ben Carter',
    email: 'ben@example.com',
    job: 'Product manager',
    timezone: 'America/New_York',
  },
  dev: {
    ...MEMBER_DEFAULTS,
    id: 'U05DEV',
    name: 'Dev Patel',
    email: 'dev@example.com',
    job: 'Data engineer',
    timezone: 'Asia/Kolkata',
  },
  emi: {
    ...MEMBER_DEFAULTS,
    id: 'U06EMI',
    name: 'Emi Tanaka',
    email: 'emi@example.com',
    job: 'Backend engineer',
    timezone: 'Asia/Tokyo',
    status: { emoji: ':palm_tree:', text: 'On vacation' },
  },
  frank: {
    ...MEMBER_DEFAULTS,
    id: 'U07FRANK',
    name: 'Frank Weber',
    email: 'frank@example.com',
    job: 'HR systems, until last spring',
    timezone: 'Europe/Berlin',
    kind: 'deactivated',
  },
  gus: {
    ...MEMBER_DEFAULTS,
    id: 'U08GUS',
    name: 'Gus Lindqvist',
    email: 'gus@contractor.example',
    job: 'Contractor',
    timezone: 'Europe/Stockholm',
    kind: 'guest',
  },
  xena: {
    ...MEMBER_DEFAULTS,
    id: 'U09XENA',
    name: 'Xena Papadaki',
    email: 'xena@partner.example',
    job: 'Engineer at a partner company',
    timezone: 'Europe/Athens',
    teamId: PARTNER_TEAM_ID,
    kind: 'external',
  },
} as const satisfies Record<string, CompanyPerson>;

/** Every channel that appears in the demo. */
export const CHANNELS = {
  security: { id: 'C01SECURITY', name: 'security', externallyShared: false },
  general: { id: 'C02GENERAL', name: 'general', externallyShared: false },
  shared: { id: 'C03SHARED', name: 'shared-with-partner', externallyShared: true },
  keys: { id: 'C04KEYS', name: 'security-keys', externallyShared: false },
} as const satisfies Record<string, CompanyChannel>;

const NO_MFA: ExpectedVerdict = { mfa: 'none', level1: 'fail', level2: 'fail', confidence: 'observed' };
const APP: ExpectedVerdict = { mfa: 'virtual', level1: 'pass', level2: 'fail', confidence: 'observed' };
const MIXED: ExpectedVerdict = { mfa: 'mixed', level1: 'pass', level2: 'fail', confidence: 'observed' };
const FIDO: ExpectedVerdict = { mfa: 'fido', level1: 'pass', level2: 'pass', confidence: 'observed' };
const HARDWARE: ExpectedVerdict = { mfa: 'hardware', level1: 'pass', level2: 'pass', confidence: 'observed' };
const NOT_AN_APP: ExpectedVerdict = {
  mfa: 'non_virtual',
  level1: 'pass',
  level2: 'pass',
  confidence: 'inferred',
};
const NO_CREDENTIALS: ExpectedVerdict = notApplicable('no_credentials', 'observed');
const NO_PASSWORD: ExpectedVerdict = notApplicable('no_password', 'observed');
const NOT_ACTIVE: ExpectedVerdict = notApplicable('not_applicable', 'none');
const PARTLY_KNOWN: ExpectedVerdict = {
  mfa: 'unknown',
  level1: 'pass',
  level2: 'unknown',
  confidence: 'observed',
};
const UNKNOWN: ExpectedVerdict = { mfa: 'unknown', level1: 'unknown', level2: 'unknown', confidence: 'none' };
const CONFLICT: ExpectedVerdict = { ...UNKNOWN, confidence: 'conflict' };

const MANAGEMENT_ID = '100020003000';
const SECURITY_ID = '100020003001';

/** The reader role is all there is: root sessions are refused. */
const ROLE_ONLY = { serviceControlPolicies: [NO_ROOT_SESSIONS] };

const DENIED = { kind: 'error', code: 'AccessDenied' } as const;

/** Only the credential report can be read: every live call is refused. */
const REPORT_ONLY: Pick<AccountSetup, 'faults'> = {
  faults: [
    { call: 'iam:GetAccountSummary', fault: DENIED },
    { call: 'iam:ListMFADevices', fault: DENIED },
    { call: 'iam:ListVirtualMFADevices', fault: DENIED },
  ],
};

const phone = (name: string) => ({ kind: 'virtual', name }) as const;
const key = (name: string, certifications?: Record<string, string>) =>
  certifications ? ({ kind: 'fido', name, certifications } as const) : ({ kind: 'fido', name } as const);
const totp = (name: string) => ({ kind: 'totp', name }) as const;

/** Who answers for an account, written down as companies do: a tag, or the SECURITY contact. */
type Ownership = Pick<CompanyAccount, 'tags' | 'contacts' | 'ownerEmail'>;

function withOwnerTag(person: CompanyPerson, tag = 'owner'): Ownership {
  return { ownerEmail: person.email, tags: { [tag]: person.email } };
}

function withSecurityContact(person: CompanyPerson): Ownership {
  const contact: Contact = {
    name: person.name,
    title: person.job,
    email: person.email,
    phone: '+1 555 0100',
  };
  return { ownerEmail: person.email, contacts: { SECURITY: contact } };
}

const NO_OWNER: Ownership = { ownerEmail: null };

const { sam, chloe, ana, ben, dev, emi, frank, gus, xena } = PEOPLE;

const ACCOUNTS: readonly CompanyAccount[] = [
  {
    id: MANAGEMENT_ID,
    name: 'example-management',
    email: 'aws@example.com',
    ...withOwnerTag(sam),
    story:
      'The management account. Root has a security key in the safe. Root sessions cannot be opened here.',
    roles: [READER_ROLE, BOT_ROLE],
    root: { devices: [key('safe-in-london')] },
    users: 1,
    expected: NOT_AN_APP,
  },
  {
    id: SECURITY_ID,
    name: 'security-tooling',
    orgUnit: '/Infrastructure/Security',
    ...withSecurityContact(sam),
    story: 'The bot runs here. Root has two hardware tokens, as it should.',
    roles: [READER_ROLE, BOT_ROLE],
    root: { devices: [totp('token-1'), totp('token-2')] },
    expected: HARDWARE,
  },

  {
    id: '111122223333',
    name: 'payments-prod',
    orgUnit: '/Production/Payments',
    ...withOwnerTag(ana),
    story: 'Root uses an authenticator app with a custom device name.',
    root: { devices: [phone('ana-work-phone')], passwordLastUsedAt: '2025-03-04T08:00:00Z' },
    users: 4,
    userDevices: [{ userName: 'deploy', ...phone('deploy') }],
    expected: APP,
  },
  {
    id: '111122224444',
    name: 'payments-ledger',
    orgUnit: '/Production/Payments',
    ...withOwnerTag(ana),
    story: 'Root has two certified security keys, one in each office.',
    root: {
      devices: [
        key('yubikey-office', { FIDO: 'L1', 'FIDO-FIPS-140-2': 'L2' }),
        key('yubikey-home-office', { FIDO: 'L1', 'FIDO-FIPS-140-2': 'L2' }),
      ],
    },
    expected: FIDO,
  },
  {
    id: '111122225555',
    name: 'payments-eu',
    orgUnit: '/Production/Payments',
    ...withOwnerTag(ana, 'Owner'),
    story:
      'Root has a passkey. AWS does not say whether it is on a key, on a phone or in a password manager.',
    root: { devices: [key('passkey')] },
    expected: FIDO,
  },
  {
    id: '222233330001',
    name: 'web-shop',
    orgUnit: '/Production/Web',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'An IAM user owns the device named root-account-mfa-device. Root has a security key.',
    root: { devices: [key('shop-key')] },
    users: 2,
    userDevices: [{ userName: 'eve', ...phone('root-account-mfa-device') }],
    expected: NOT_AN_APP,
  },
  {
    id: '222233330002',
    name: 'web-blog',
    orgUnit: '/Production/Web',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'An unassigned device is named root-account-mfa-device. Root has a hardware token.',
    root: { devices: [totp('blog-token')] },
    unassignedDevices: ['root-account-mfa-device'],
    expected: NOT_AN_APP,
  },
  {
    id: '222233330003',
    name: 'mobile-backend',
    orgUnit: '/Production/Web',
    ...withOwnerTag(emi),
    serviceControlPolicies: [ROOT_SESSIONS_READ_NOTHING],
    story: 'A policy denies everything inside root sessions, so the bot reads with the member role.',
    root: { devices: [phone('mobile-team')] },
    users: 3,
    expected: APP,
  },
  {
    id: '222233330004',
    name: 'marketing-site',
    orgUnit: '/Production/Web',
    ...withSecurityContact(chloe),
    serviceControlPolicies: [KEEP_MFA],
    story: 'Root has two authenticator apps and no hardware MFA. A policy lets MFA be added and not removed.',
    root: { devices: [phone('marketing-1'), phone('marketing-2')] },
    expected: APP,
  },
  {
    id: '222233330005',
    name: 'crm',
    orgUnit: '/Production',
    ...withOwnerTag(emi),
    story: 'The root password was removed, but a root access key remains.',
    root: { password: false, accessKeys: 1 },
    expected: NO_PASSWORD,
  },
  {
    id: '222233330006',
    name: 'support-desk',
    orgUnit: '/Production',
    ...withOwnerTag(ana),
    story: 'The root password was removed, but a signing certificate from 2011 remains.',
    root: { password: false, certificates: 1 },
    expected: NO_PASSWORD,
  },
  {
    id: '222233330007',
    name: 'payroll',
    orgUnit: '/Production',
    ...withOwnerTag(sam),
    story: 'Root password recovery was allowed for an afternoon last year and never turned off.',
    root: { password: true },
    expected: NO_MFA,
  },
  {
    id: '222233330008',
    name: 'platform-tools',
    orgUnit: '/Production',
    ...withOwnerTag(ana),
    story: 'Root has seven security keys and one forgotten authenticator app.',
    root: {
      devices: [
        ...['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => key(`key-${day}`)),
        phone('just-in-case'),
      ],
    },
    expected: MIXED,
  },
  {
    id: '222233330009',
    name: 'partner-integration',
    orgUnit: '/Production',
    ...withOwnerTag(xena),
    ...ROLE_ONLY,
    story:
      'A policy denies root sessions, and the member role is missing. The owner works at another company.',
    roles: [],
    root: { devices: [phone('partner')] },
    expected: UNKNOWN,
  },
  {
    id: '222233330010',
    name: 'iot-fleet',
    orgUnit: '/Production',
    ...withOwnerTag(emi),
    story: 'The account uses up its API rate limit, so the first two calls are throttled.',
    root: { devices: [key('fleet')] },
    faults: [{ call: 'iam:GetAccountSummary', fault: { kind: 'throttle', times: 2 } }],
    expected: FIDO,
  },

  {
    id: '333344440001',
    name: 'data-lake',
    orgUnit: '/Data',
    ...withOwnerTag(dev),
    story: 'Root has no MFA, and an access key.',
    root: { accessKeys: 1 },
    users: 6,
    expected: NO_MFA,
  },
  {
    id: '333344440002',
    name: 'data-warehouse',
    orgUnit: '/Data/Analytics',
    ...withOwnerTag(dev),
    ...ROLE_ONLY,
    story: 'The account has many MFA devices: root’s app is on the second page of the list.',
    root: { devices: [phone('warehouse-break-glass')] },
    users: 140,
    userDevices: phones(130),
    devicesPerPage: 100,
    expected: APP,
  },
  {
    id: '333344440003',
    name: 'ml-lab',
    orgUnit: '/Data/Analytics',
    ...withOwnerTag(dev),
    story: 'Root has an MFA device of a kind that the bot does not know.',
    root: { devices: [{ kind: 'unknown', name: 'prototype' }] },
    expected: PARTLY_KNOWN,
  },
  {
    id: '333344440004',
    name: 'reporting',
    orgUnit: '/Data/Analytics',
    ...withOwnerTag(dev),
    story: 'The account summary says that MFA is on, but root’s device list is empty.',
    summary: { override: { AccountMFAEnabled: 1 } },
    expected: CONFLICT,
  },
  {
    id: '333344440005',
    name: 'data-science',
    orgUnit: '/Data',
    tags: { contact: dev.id },
    ownerEmail: dev.email,
    story: 'The tag names the owner by Slack user ID.',
    root: { devices: [totp('science')] },
    expected: HARDWARE,
  },

  {
    id: '444455550001',
    name: 'network-hub',
    orgUnit: '/Infrastructure/Network',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'A policy denies root sessions. The member role sees root’s authenticator app.',
    root: { devices: [phone('network-on-call')] },
    users: 1,
    expected: APP,
  },
  {
    id: '444455550002',
    name: 'dns',
    orgUnit: '/Infrastructure/Network',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'A policy denies root sessions. The member role sees that MFA is on and not an app, and no more.',
    root: { devices: [totp('dns')] },
    expected: NOT_AN_APP,
  },
  {
    id: '444455550003',
    name: 'vpn',
    orgUnit: '/Infrastructure/Network',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'There are no IAM users and two devices in use. One is root’s app, so the other is root’s too.',
    root: { devices: [phone('vpn'), totp('vpn')] },
    expected: { ...MIXED, confidence: 'inferred' },
  },
  {
    id: '444455550004',
    name: 'ci-runners',
    orgUnit: '/Infrastructure',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'MFA is on, but the second page of the device list fails.',
    root: { devices: [phone('ci')] },
    users: 120,
    userDevices: phones(120),
    devicesPerPage: 100,
    faults: [
      {
        call: 'iam:ListVirtualMFADevices',
        fault: { kind: 'throttle', times: Number.POSITIVE_INFINITY },
        scope: { laterPagesOnly: true },
      },
    ],
    expected: PARTLY_KNOWN,
  },
  {
    id: '444455550005',
    name: 'backup-vault',
    orgUnit: '/Infrastructure',
    ...withOwnerTag(ana),
    ...ROLE_ONLY,
    story: 'The account summary is denied, but the device list shows root’s app.',
    root: { devices: [phone('vault')] },
    users: 1,
    faults: [{ call: 'iam:GetAccountSummary', fault: DENIED }],
    expected: APP,
  },
  {
    id: '444455550006',
    name: 'mainframe-bridge',
    orgUnit: '/Infrastructure',
    ...withOwnerTag(ana),
    story: 'The account summary leaves out whether root has a password.',
    summary: { leaveOut: ['AccountPasswordPresent'] },
    expected: NO_MFA,
  },
  {
    id: '444455550007',
    name: 'archive-2020',
    orgUnit: '/Infrastructure/Archive',
    ...withOwnerTag(frank),
    ...REPORT_ONLY,
    story:
      'Policy allows no root credentials. Only the credential report can be read: it shows none, which is no proof.',
    root: { password: false },
    expected: UNKNOWN,
    expectedWithReports: notApplicable('no_credentials', 'stale'),
  },
  {
    id: '444455550008',
    name: 'archive-2021',
    orgUnit: '/Infrastructure/Archive',
    ...withOwnerTag(frank),
    ...REPORT_ONLY,
    story: 'Only the credential report can be read: no MFA.',
    expected: UNKNOWN,
    expectedWithReports: { ...NO_MFA, confidence: 'stale' },
  },
  {
    id: '444455550009',
    name: 'archive-2019',
    orgUnit: '/Infrastructure/Archive',
    ...withOwnerTag(frank),
    ...REPORT_ONLY,
    story: 'Only the credential report can be read: MFA of some kind.',
    root: { devices: [totp('archive')] },
    expected: UNKNOWN,
    expectedWithReports: { ...PARTLY_KNOWN, confidence: 'stale' },
  },
  {
    id: '444455550010',
    name: 'legacy-hr',
    orgUnit: '/Infrastructure',
    ...withOwnerTag(frank),
    story: 'Root has a hardware token and the app on Frank’s old phone. Frank has left the company.',
    root: { devices: [totp('hr-safe'), phone('frank-old-phone')] },
    expected: MIXED,
  },

  {
    id: '555566660001',
    name: 'sandbox',
    orgUnit: '/Sandbox',
    ...withOwnerTag(ana),
    story: 'Policy allows no root credentials, and root has none: only an unassigned old device is left.',
    root: { password: false },
    unassignedDevices: ['sandbox-old-phone'],
    expected: NO_CREDENTIALS,
  },
  {
    id: '555566660002',
    name: 'ben-prototype',
    orgUnit: '/Sandbox',
    ...withOwnerTag(ben),
    story: 'Ben created it for a demo. Root has no MFA.',
    expected: NO_MFA,
  },
  {
    id: '555566660003',
    name: 'game-jam',
    orgUnit: '/Sandbox',
    ...withOwnerTag(gus),
    serviceControlPolicies: [DENY_ROOT],
    story:
      'The owner is a guest, who cannot use the bot. Root has a password that policy forbids, and an SCP denies root.',
    expected: NO_MFA,
  },
  {
    id: '555566660004',
    name: '<!channel> & *friends*',
    orgUnit: '/Sandbox',
    ...withOwnerTag(sam),
    story:
      'A name that would notify a channel if it were not escaped. Policy allows no root credentials, and root has a password.',
    expected: NO_MFA,
  },
  {
    id: '555566660005',
    name: 'the-account-whose-name-is-as-long-as-a-name-may-be',
    orgUnit: '/Sandbox/Experiments',
    ...NO_OWNER,
    story: 'A name of 50 characters, the most that AWS allows. No owner.',
    root: { devices: [phone('somebody')] },
    expected: APP,
  },
  {
    id: '012345678901',
    name: '請求書システム-開発',
    orgUnit: '/Sandbox/Experiments',
    ...withOwnerTag(emi),
    story: 'A Japanese name, and an account ID that begins with 0.',
    root: { devices: [phone('emi-phone')] },
    expected: APP,
  },
  {
    id: '555566660006',
    name: 'acquired-startup',
    orgUnit: '/Sandbox/Experiments',
    ...NO_OWNER,
    roles: [],
    story:
      'Came with an acquisition. The member role is missing, Control Tower denies root sessions, and there is no owner.',
    expected: UNKNOWN,
  },

  {
    id: '666677770001',
    name: 'old-website',
    orgUnit: '/Suspended',
    ...withOwnerTag(frank),
    state: 'SUSPENDED',
    story: 'Closed. AWS lists it for 90 more days.',
    expected: NOT_ACTIVE,
  },
  {
    id: '666677770002',
    name: 'trade-fair-2023',
    orgUnit: '/Suspended',
    ...withOwnerTag(sam),
    state: 'PENDING_CLOSURE',
    story: 'Its closure is pending.',
    expected: NOT_ACTIVE,
  },
];

const STANDALONE: AccountSetup = {
  id: '777788889999',
  name: 'side-business',
  users: 1,
  root: { devices: [phone('root-account-mfa-device')] },
};

/** The company of the demo: every account is named after what is wrong with it. */
export function demoCompany({ partition = 'aws' }: { readonly partition?: Partition } = {}): Company {
  return {
    name: 'Example Corp',
    teamId: HOME_TEAM_ID,
    people: Object.values(PEOPLE),
    channels: Object.values(CHANNELS),
    accounts: ACCOUNTS,
    organization: {
      ...BOT_PRINCIPALS,
      partition,
      managementAccountId: MANAGEMENT_ID,
      delegatedAccountId: SECURITY_ID,
      standaloneAccount: STANDALONE,
      accounts: ACCOUNTS,
      serviceControlPolicies: COMPANY_POLICIES,
      // The second page comes empty, as Organizations says it may.
      settings: { emptyAccountsPage: 1 },
    },
  };
}

/** A fresh copy of a company's organization, to be changed at will. */
export function organizationOf(company: Company, now?: () => Date): SimulatedOrganization {
  return new SimulatedOrganization(company.organization, now);
}

function notApplicable(
  mfa: ExpectedVerdict['mfa'],
  confidence: ExpectedVerdict['confidence'],
): ExpectedVerdict {
  return { mfa, level1: 'not_applicable', level2: 'not_applicable', confidence };
}

function phones(count: number): NonNullable<AccountSetup['userDevices']> {
  return Array.from({ length: count }, (_, n) => {
    const userName = `user-${String(n + 1).padStart(3, '0')}`;
    return { userName, ...phone(userName) };
  });
}
