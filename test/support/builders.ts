import { type Account, type AccountId, accountId } from '../../src/domain/account.ts';
import {
  type AccountSummary,
  type Evidence,
  notAskedResult,
  okResult,
  type RootDevice,
  type SourceResult,
  type VirtualDevice,
} from '../../src/domain/evidence.ts';
import type { Mfa, Verdict } from '../../src/domain/verdict.ts';

/** An ordinary active member account. */
export function anAccount(overrides: Partial<Omit<Account, 'id'>> & { id?: string } = {}): Account {
  return {
    name: 'payments-prod',
    partition: 'aws',
    state: 'ACTIVE',
    managementAccount: false,
    ...overrides,
    id: accountId(overrides.id ?? '111122223333') as AccountId,
  };
}

/** Evidence about that account: whatever is not given was not asked. Serials stand for root's devices. */
export function anEvidence(overrides: {
  account?: Partial<Evidence['account']>;
  summary?: AccountSummary | SourceResult<never>;
  rootDevices?: readonly (string | RootDevice)[] | SourceResult<never>;
  virtualDevices?: readonly (string | VirtualDevice)[] | SourceResult<never>;
  credentialReport?: Record<string, string>;
}): Evidence {
  const account = { ...anAccount(), ...overrides.account };
  const rootArn = `arn:${account.partition}:iam::${account.id}:root`;
  return {
    account,
    summary: toSourceResult(overrides.summary, (summary) => ({ AccountPasswordPresent: 1, ...summary })),
    rootDevices: toSourceResult(overrides.rootDevices, (devices) =>
      devices.map((device) => (typeof device === 'string' ? { serialNumber: device } : device)),
    ),
    virtualDevices: toSourceResult(overrides.virtualDevices, (devices) =>
      devices.map((device) =>
        typeof device === 'string' ? { serialNumber: device, userArn: rootArn } : device,
      ),
    ),
    credentialReport: overrides.credentialReport ? okResult(overrides.credentialReport) : notAskedResult,
    organizationFeatures: notAskedResult,
    refusals: [],
  };
}

function toSourceResult<Given, T>(
  given: Given | SourceResult<never> | undefined,
  transform: (given: Given) => T,
): SourceResult<T> {
  if (given === undefined) return notAskedResult;
  const isSourceResult = (value: unknown): value is SourceResult<never> =>
    typeof value === 'object' && value !== null && 'kind' in value;
  return isSourceResult(given) ? given : okResult(transform(given));
}

/** A verdict that fails both levels, unless said otherwise; the credentials follow from `mfa`. */
export function aVerdict(overrides: Partial<Verdict> = {}): Verdict {
  return {
    mfa: 'none',
    level1: 'fail',
    level2: 'fail',
    ...credentialsFor(overrides.mfa ?? 'none'),
    confidence: 'observed',
    flags: [],
    why: 'Root can sign in with a password and no MFA device is registered.',
    hardwareAssumed: false,
    ...overrides,
  };
}

function credentialsFor(
  mfa: Mfa,
): Pick<Verdict, 'rootCredentials' | 'rootCredentialsFound' | 'rootCredentialsWhy'> {
  const because = { rootCredentialsWhy: 'Root has what it has.' };
  switch (mfa) {
    case 'no_credentials':
      return { rootCredentials: 'absent', rootCredentialsFound: [], ...because };
    case 'unknown':
    case 'not_applicable':
      return { rootCredentials: mfa, rootCredentialsFound: [], ...because };
    case 'no_password':
      return { rootCredentials: 'present', rootCredentialsFound: ['access_key'], ...because };
    case 'none':
      return { rootCredentials: 'present', rootCredentialsFound: ['password'], ...because };
    default:
      return { rootCredentials: 'present', rootCredentialsFound: ['password', 'mfa_device'], ...because };
  }
}
