import type { AccountSetup } from '@root-mfa-bot/aws-simulator';
import {
  CHANNELS,
  type Company,
  type CompanyAccount,
  type ExpectedVerdict,
  HOME_TEAM_ID,
  PEOPLE,
} from './company.ts';
import { COMPANY_POLICIES, NO_ROOT_SESSIONS } from './company-policies.ts';
import { BOT_PRINCIPALS, BOT_ROLE, READER_ROLE } from './roles.ts';

/** One sort of account, and how many in a thousand are of it. */
interface AccountProfile {
  readonly perMille: number;
  readonly story: string;
  readonly setup: Omit<AccountSetup, 'id' | 'name'>;
  readonly expected: ExpectedVerdict;
}

const ROLE_ONLY = { serviceControlPolicies: [NO_ROOT_SESSIONS] };

const fido = (name: string) => ({ kind: 'fido', name }) as const;
const virtual = (name: string) => ({ kind: 'virtual', name }) as const;
const totp = (name: string) => ({ kind: 'totp', name }) as const;

const PROFILES: readonly AccountProfile[] = [
  {
    perMille: 420,
    story: 'A security key.',
    setup: { root: { devices: [fido('key')] } },
    expected: { mfa: 'fido', level1: 'pass', level2: 'pass', confidence: 'observed' },
  },
  {
    perMille: 180,
    story: 'An app.',
    setup: { root: { devices: [virtual('phone')] }, users: 3 },
    expected: { mfa: 'virtual', level1: 'pass', level2: 'fail', confidence: 'observed' },
  },
  {
    perMille: 140,
    story: 'No root credentials.',
    setup: { root: { password: false } },
    expected: {
      mfa: 'no_credentials',
      level1: 'not_applicable',
      level2: 'not_applicable',
      confidence: 'observed',
    },
  },
  {
    perMille: 90,
    story: 'No MFA.',
    setup: { users: 2 },
    expected: { mfa: 'none', level1: 'fail', level2: 'fail', confidence: 'observed' },
  },
  {
    perMille: 50,
    story: 'A hardware token.',
    setup: { root: { devices: [totp('token')] } },
    expected: { mfa: 'hardware', level1: 'pass', level2: 'pass', confidence: 'observed' },
  },
  {
    perMille: 40,
    story: 'A key, and a forgotten app.',
    setup: { root: { devices: [fido('key'), virtual('old-phone')] } },
    expected: { mfa: 'mixed', level1: 'pass', level2: 'fail', confidence: 'observed' },
  },
  {
    perMille: 30,
    story: 'An app that only the member role can see.',
    setup: { ...ROLE_ONLY, root: { devices: [virtual('phone')] }, users: 5 },
    expected: { mfa: 'virtual', level1: 'pass', level2: 'fail', confidence: 'observed' },
  },
  {
    perMille: 20,
    story: 'Some hardware behind a policy.',
    setup: { ...ROLE_ONLY, root: { devices: [fido('key')] }, users: 5 },
    expected: { mfa: 'non_virtual', level1: 'pass', level2: 'pass', confidence: 'inferred' },
  },
  {
    perMille: 15,
    story: 'Suspended.',
    setup: { state: 'SUSPENDED' },
    expected: {
      mfa: 'not_applicable',
      level1: 'not_applicable',
      level2: 'not_applicable',
      confidence: 'none',
    },
  },
  {
    perMille: 10,
    story: 'A root access key without a password.',
    setup: { root: { password: false, accessKeys: 1 } },
    expected: {
      mfa: 'no_password',
      level1: 'not_applicable',
      level2: 'not_applicable',
      confidence: 'observed',
    },
  },
  {
    perMille: 5,
    story: 'No way in.',
    setup: { ...ROLE_ONLY, roles: [] },
    expected: { mfa: 'unknown', level1: 'unknown', level2: 'unknown', confidence: 'none' },
  },
];

/** Which sort each of a thousand accounts is, mixed so that neighbours differ. */
const PROFILE_MIX: readonly AccountProfile[] = PROFILES.flatMap((profile) =>
  Array.from({ length: profile.perMille }, () => profile),
);

/** Coprime to a thousand, so that every thousand accounts in a row hold the whole mix once. */
const STRIDE = 617;

const PURPOSES = ['checkout', 'search', 'billing', 'media', 'logistics', 'insights', 'identity', 'support'];
const STAGES = ['prod', 'staging', 'dev'];
const DEPARTMENTS = ['Retail', 'Finance', 'Platform', 'Data', 'Labs'];
const OWNERS = [PEOPLE.ana, PEOPLE.ben, PEOPLE.dev, PEOPLE.emi, PEOPLE.sam];

const FIRST_ID = 200_000_000_000;
/** A prime, so that ids look unrelated and their last digits spread. */
const ID_STEP = 7_368_787;

/** A company of n made-up accounts in a realistic mix: the same one each time. */
export function syntheticCompany(n: number): Company {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`Cannot make a company of ${n} accounts: expected a whole number from 1 up`);
  }
  const accounts = Array.from(
    { length: n },
    (_, index) => administrativeAccount(index) ?? memberAccount(index),
  );

  return {
    name: `Company of ${n}`,
    teamId: HOME_TEAM_ID,
    people: Object.values(PEOPLE),
    channels: Object.values(CHANNELS),
    accounts,
    organization: {
      ...BOT_PRINCIPALS,
      managementAccountId: idOf(0),
      ...(n > 1 ? { delegatedAccountId: idOf(1) } : {}),
      accounts,
      serviceControlPolicies: COMPANY_POLICIES.map(({ name, content }) => ({ name, content })),
    },
  };
}

/** The first is the management account, the second the delegated administrator. */
function administrativeAccount(index: number): CompanyAccount | null {
  if (index > 1) return null;
  const isManagement = index === 0;

  return {
    id: idOf(index),
    name: isManagement ? 'management' : 'security',
    ownerEmail: PEOPLE.sam.email,
    tags: { owner: PEOPLE.sam.email },
    story: isManagement ? 'A security key in the safe.' : 'Where the bot lives.',
    roles: [READER_ROLE, BOT_ROLE],
    root: { devices: [fido('safe')] },
    expected: isManagement
      ? { mfa: 'non_virtual', level1: 'pass', level2: 'pass', confidence: 'inferred' }
      : { mfa: 'fido', level1: 'pass', level2: 'pass', confidence: 'observed' },
  };
}

function memberAccount(index: number): CompanyAccount {
  const profile = pickCyclic(PROFILE_MIX, index * STRIDE);
  const purpose = pickCyclic(PURPOSES, index);
  const stage = pickCyclic(STAGES, Math.floor(index / PURPOSES.length));
  const department = pickCyclic(DEPARTMENTS, Math.floor(index / 7));
  // One in twenty has no owner.
  const owner = index % 20 === 19 ? null : pickCyclic(OWNERS, Math.floor(index / 3));

  return {
    ...profile.setup,
    id: idOf(index),
    name: `${purpose}-${stage}-${String(index).padStart(4, '0')}`,
    orgUnit: `/${department}/${purpose}`,
    ownerEmail: owner?.email ?? null,
    tags: owner ? { owner: owner.email, stage } : { stage },
    story: profile.story,
    expected: profile.expected,
  };
}

function idOf(index: number): string {
  return String(FIRST_ID + index * ID_STEP);
}

function pickCyclic<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}
