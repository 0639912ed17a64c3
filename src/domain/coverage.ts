import type { Compliance } from './compliance.ts';
import type { LevelResult, RootCredentials } from './verdict.ts';

/** How many accounts are in each state: for the company, an org unit, an owner, a week. */
export interface Coverage {
  readonly accounts: number;
  readonly level1: Readonly<Record<LevelResult, number>>;
  readonly level2: Readonly<Record<LevelResult, number>>;
  readonly rootCredentials: Readonly<Record<RootCredentials, number>>;
  /** Without the management account, which always has some; absent in figures of former versions. */
  readonly memberRootCredentials?: Readonly<Record<RootCredentials, number>>;
  readonly compliance: Readonly<Record<Compliance, number>>;
}

/** What coverage counts of one account. */
export interface CoverageInput {
  readonly level1: LevelResult;
  readonly level2: LevelResult;
  readonly rootCredentials: RootCredentials;
  readonly managementAccount?: boolean;
  readonly compliance: Compliance;
}

/** Returns how many accounts are in each state. */
export function coverageOf(accounts: Iterable<CoverageInput>): Coverage {
  const level1 = { pass: 0, fail: 0, not_applicable: 0, unknown: 0 };
  const level2 = { pass: 0, fail: 0, not_applicable: 0, unknown: 0 };
  const rootCredentials = { absent: 0, present: 0, unknown: 0, not_applicable: 0 };
  const memberRootCredentials = { absent: 0, present: 0, unknown: 0, not_applicable: 0 };
  const compliance = { compliant: 0, noncompliant: 0, exempt: 0, unknown: 0, not_applicable: 0 };
  let count = 0;

  for (const account of accounts) {
    count += 1;
    level1[account.level1] += 1;
    level2[account.level2] += 1;
    rootCredentials[account.rootCredentials] += 1;
    if (!account.managementAccount) memberRootCredentials[account.rootCredentials] += 1;
    compliance[account.compliance] += 1;
  }
  return { accounts: count, level1, level2, rootCredentials, memberRootCredentials, compliance };
}

/** Returns member accounts without root credentials as results of a level: `pass` has none. */
export function noRootCredentials({
  rootCredentials,
  memberRootCredentials: { absent, present, unknown, not_applicable } = rootCredentials,
}: Coverage): Readonly<Record<LevelResult, number>> {
  return { pass: absent, fail: present, unknown, not_applicable };
}

/**
 * The share of accounts to which a level applies that pass it, 0 to 1; `null` where it applies to none.
 * Unknown counts as not passed: a share must never grow because an account could not be checked.
 */
export function shareOf(results: Readonly<Record<LevelResult, number>>): number | null {
  const applicable = results.pass + results.fail + results.unknown;
  return applicable === 0 ? null : results.pass / applicable;
}

/** Returns a share as a whole percentage, rounded down, so that 100% means every account. `n/a` for `null`. */
export function percent(share: number | null): string {
  return share === null ? 'n/a' : `${Math.floor(share * 100)}%`;
}
