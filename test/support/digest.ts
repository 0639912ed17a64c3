import { accountId } from '../../src/domain/account.ts';
import type { Stood } from '../../src/domain/change.ts';
import { type Coverage, coverageOf } from '../../src/domain/coverage.ts';
import { type Digest, type DigestAccount, type DigestInput, digestOf } from '../../src/domain/digest.ts';
import type { Standing } from '../../src/domain/compliance.ts';
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
export function stood(standing: Standing, mfa: Mfa): Stood {
  return { standing, verdict: aVerdict({ mfa, ...RESULTS[mfa] }) };
}

export const unmet = (mfa: Mfa) => stood('unmet', mfa);
export const met = (mfa: Mfa) => stood('met', mfa);

let accounts = 0;

/** Ana's account, met all week; each has an id of its own. */
export function aDigestAccount(
  name: string,
  over: Partial<Omit<DigestAccount, 'id' | 'name'>> & { id?: string } = {},
): DigestAccount {
  accounts += 1;
  return {
    name,
    managementAccount: false,
    owner: 'ana@example.com',
    orgUnit: '/Production',
    before: met('fido'),
    after: met('fido'),
    unmetSince: null,
    unread: null,
    ownerGap: null,
    ...over,
    id: accountId(over.id ?? String(accounts).padStart(12, '0')),
  };
}

/** So many accounts of each standing; each passes both levels if it is met, and fails both if it is not. */
export function aCoverage(counts: Partial<Record<Standing, number>>): Coverage {
  const result = { met: 'pass', unmet: 'fail', exempt: 'fail', unknown: 'unknown' } as const;
  return coverageOf(
    (Object.entries(counts) as [Standing, number][]).flatMap(([standing, count]) => {
      const level = standing === 'not_applicable' ? standing : result[standing];
      return Array.from({ length: count }, () => ({ standing, level1: level, level2: level }));
    }),
  );
}

/** The digest of a quiet week, written in time, of a reading made this morning. */
export function aDigest(over: Partial<DigestInput> = {}): Digest {
  const given = [...(over.accounts ?? [])];
  return digestOf({
    now: THIS_MONDAY,
    dueAt: THIS_MONDAY,
    zone: 'Europe/Berlin',
    coverage: { now: aCoverage({ met: 3, unmet: 1 }), lastWeek: aCoverage({ met: 3, unmet: 1 }) },
    scans: [],
    readAt: new Date('2026-11-23T06:00+01:00'),
    exemptions: [],
    requests: [],
    answers: [],
    undelivered: [],
    graceEnds: new Map(),
    ...over,
    accounts: given,
  });
}
