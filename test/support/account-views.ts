import type { KnownAccount } from '../../src/domain/scan.ts';
import type { AccountView } from '../../src/usecases/shared/account-view.ts';
import { anAccount, aVerdict } from './builders.ts';

/** An account as people are shown it: payments-prod of Ana, without MFA, unless said otherwise. */
export function anAccountView(
  overrides: Partial<Omit<AccountView, 'account'>> & {
    account?: Partial<Omit<KnownAccount, 'id'>> & { id?: string };
  } = {},
): AccountView {
  const seenAt = new Date('2026-11-01T09:00:00Z');
  return {
    owner: { identifier: 'ana@example.com', source: 'tag' },
    required: { level: 1, proof: 'benchmark', rootCredentials: 'allowed' },
    compliance: 'noncompliant',
    level1: 'fail',
    mfaRemoved: false,
    level2: 'fail',
    rootCredentials: 'present',
    exemption: null,
    tokenRequest: null,
    guardrails: null,
    policiesUnread: false,
    policyCure: null,
    fixBlocked: null,
    ...overrides,
    account: {
      ...anAccount(),
      orgUnit: '/Production',
      tags: {},
      securityContact: null,
      verdict: aVerdict(),
      since: seenAt,
      checkedAt: seenAt,
      readFailure: null,
      firstSeenAt: seenAt,
      closedAt: null,
      directoryReadAt: seenAt,
      guardrails: null,
      guardrailsReadAt: null,
      ...overrides.account,
      ...anAccount({ ...overrides.account } as { id?: string }),
    },
  };
}
