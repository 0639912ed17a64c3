import { accountId } from '../../src/domain/account.ts';
import type { ComplianceSnapshot } from '../../src/domain/change.ts';
import type { Compliance } from '../../src/domain/compliance.ts';
import { type Coverage, coverageOf } from '../../src/domain/coverage.ts';
import { type Digest, type DigestAccount, type DigestInput, digestOf } from '../../src/domain/digest.ts';
import type { Mfa, Verdict } from '../../src/domain/verdict.ts';
import { aVerdict } from './builders.ts';

/** Monday, 23 November 2026, nine o'clock in Berlin. */
export const THIS_MONDAY = new Date('2026-11-23T09:00+01:00');

const RESULTS: Record<Mfa, Pick<Verdict, 'level1' | 'level2'>> = {
  none: { level1: 'fail', level2: 'fail' },
  virtual: { level1: 'pass', level2: 'fail' },
  mixed: { level1: 'pass', level2: 'fail' },
  fido: { level1: 'pass', level2: 'pass' },
  hardware: { level1: 'pass', level2: 'pass' },
  non_virtual: { level1: 'pass', level2: 'pass' },
  no_credentials: { level1: 'not_applicable', level2: 'not_applicable' },
  no_password: { level1: 'not_applicable', level2: 'not_applicable' },
  not_applicable: { level1: 'not_applicable', level2: 'not_applicable' },
  unknown: { level1: 'unknown', level2: 'unknown' },
};

/** How an account stood, with the verdict that goes with it. */
export function snapshot(compliance: Compliance, mfa: Mfa): ComplianceSnapshot {
  return { compliance, verdict: aVerdict({ mfa, ...RESULTS[mfa] }) };
}

export const noncompliant = (mfa: Mfa) => snapshot('noncompliant', mfa);
export const compliant = (mfa: Mfa) => snapshot('compliant', mfa);

let accountCount = 0;

/** Ana's account, met all week; each has an id of its own. */
export function aDigestAccount(
  name: string,
  overrides: Partial<Omit<DigestAccount, 'id' | 'name'>> & { id?: string } = {},
): DigestAccount {
  accountCount += 1;
  return {
    name,
    managementAccount: false,
    owner: 'ana@example.com',
    orgUnit: '/Production',
    before: compliant('fido'),
    after: compliant('fido'),
    noncompliantSince: null,
    readFailure: null,
    ownerGap: null,
    ...overrides,
    id: accountId(overrides.id ?? String(accountCount).padStart(12, '0')),
  };
}

/** That number of accounts of each compliance; each passes both levels if compliant, and fails both if not. */
export function aCoverage(counts: Partial<Record<Compliance, number>>): Coverage {
  const levelByCompliance = {
    compliant: 'pass',
    noncompliant: 'fail',
    exempt: 'fail',
    unknown: 'unknown',
  } as const;
  return coverageOf(
    (Object.entries(counts) as [Compliance, number][]).flatMap(([compliance, count]) => {
      const level = compliance === 'not_applicable' ? compliance : levelByCompliance[compliance];
      return Array.from({ length: count }, () => ({
        compliance,
        level1: level,
        level2: level,
        rootCredentials: compliance === 'not_applicable' ? ('absent' as const) : ('present' as const),
      }));
    }),
  );
}

/** The digest of a quiet week, written in time, of a reading made this morning. */
export function aDigest(overrides: Partial<DigestInput> = {}): Digest {
  const given = [...(overrides.accounts ?? [])];
  return digestOf({
    now: THIS_MONDAY,
    dueAt: THIS_MONDAY,
    zone: 'Europe/Berlin',
    coverage: {
      now: aCoverage({ compliant: 3, noncompliant: 1 }),
      lastWeek: aCoverage({ compliant: 3, noncompliant: 1 }),
    },
    scans: [],
    readAt: new Date('2026-11-23T06:00+01:00'),
    exemptions: [],
    requests: [],
    ownerActions: [],
    undelivered: [],
    graceEnds: new Map(),
    ...overrides,
    accounts: given,
  });
}
