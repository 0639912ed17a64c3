import { type Account, byNameThenId } from './account.ts';
import { COMPLIANCE_WORST_FIRST, type Compliance } from './compliance.ts';
import type { Verdict } from './verdict.ts';

/** What the order of a list depends on. */
export interface Ranked extends Pick<Account, 'id' | 'name' | 'managementAccount'> {
  readonly compliance: Compliance;
  /** `null`: never read. */
  readonly verdict: Verdict | null;
  /** Root had MFA and lost it. */
  readonly mfaRemoved?: boolean;
  /** Since when it is non-compliant, if it is. */
  readonly noncompliantSince: Date | null;
}

/**
 * Compares accounts by urgency: non-compliant ones first, among them those whose MFA was removed, then
 * those without any MFA, then the management account,
 * then the longest open; then by name.
 */
export function worstFirst(a: Ranked, b: Ranked): number {
  return (
    COMPLIANCE_WORST_FIRST.indexOf(a.compliance) - COMPLIANCE_WORST_FIRST.indexOf(b.compliance) ||
    trueFirst(a.mfaRemoved === true, b.mfaRemoved === true) ||
    trueFirst(isUnprotected(a), isUnprotected(b)) ||
    trueFirst(a.managementAccount, b.managementAccount) ||
    (a.noncompliantSince?.getTime() ?? Number.MAX_SAFE_INTEGER) -
      (b.noncompliantSince?.getTime() ?? Number.MAX_SAFE_INTEGER) ||
    byNameThenId(a, b)
  );
}

function isUnprotected({ verdict }: Ranked): boolean {
  return verdict?.level1 === 'fail';
}

function trueFirst(a: boolean, b: boolean): number {
  return Number(b) - Number(a);
}
