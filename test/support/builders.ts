import { type Account, type AccountId, accountId } from '../../src/domain/account.ts';
import {
  type AccountSummary,
  type Evidence,
  notAsked,
  type RootDevice,
  type Sighting,
  seen,
  type VirtualDevice,
} from '../../src/domain/evidence.ts';
import type { Verdict } from '../../src/domain/verdict.ts';

/** An ordinary active member account. */
export function anAccount(over: Partial<Omit<Account, 'id'>> & { id?: string } = {}): Account {
  return {
    name: 'payments-prod',
    partition: 'aws',
    state: 'ACTIVE',
    managementAccount: false,
    ...over,
    id: accountId(over.id ?? '111122223333') as AccountId,
  };
}

/** Evidence about that account: whatever is not given was not asked. Serials stand for root's devices. */
export function anEvidence(over: {
  account?: Partial<Evidence['account']>;
  summary?: AccountSummary | Sighting<never>;
  rootDevices?: readonly (string | RootDevice)[] | Sighting<never>;
  virtualDevices?: readonly (string | VirtualDevice)[] | Sighting<never>;
  credentialReport?: Record<string, string>;
}): Evidence {
  const account = { ...anAccount(), ...over.account };
  const rootArn = `arn:${account.partition}:iam::${account.id}:root`;
  return {
    account,
    summary: sighting(over.summary, (summary) => ({ AccountPasswordPresent: 1, ...summary })),
    rootDevices: sighting(over.rootDevices, (devices) =>
      devices.map((device) => (typeof device === 'string' ? { serialNumber: device } : device)),
    ),
    virtualDevices: sighting(over.virtualDevices, (devices) =>
      devices.map((device) =>
        typeof device === 'string' ? { serialNumber: device, userArn: rootArn } : device,
      ),
    ),
    credentialReport: over.credentialReport ? seen(over.credentialReport) : notAsked,
    organizationFeatures: notAsked,
    refusals: [],
  };
}

function sighting<Given, T>(
  given: Given | Sighting<never> | undefined,
  turn: (given: Given) => T,
): Sighting<T> {
  if (given === undefined) return notAsked;
  const isSighting = (value: unknown): value is Sighting<never> =>
    typeof value === 'object' && value !== null && 'kind' in value;
  return isSighting(given) ? given : seen(turn(given));
}

/** A verdict that fails both levels, unless said otherwise. */
export function aVerdict(over: Partial<Verdict> = {}): Verdict {
  return {
    mfa: 'none',
    level1: 'fail',
    level2: 'fail',
    confidence: 'observed',
    flags: [],
    why: 'Root can sign in with a password and no MFA device is registered.',
    hardwareAssumed: false,
    ...over,
  };
}
