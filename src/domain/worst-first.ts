import { type Account, byNameThenId } from './account.ts';
import { STANDINGS_WORST_FIRST, type Standing } from './compliance.ts';
import type { Verdict } from './verdict.ts';

/** What the order of a list that somebody must act on depends on. */
export interface Ranked extends Pick<Account, 'id' | 'name' | 'managementAccount'> {
  readonly standing: Standing;
  /** `null`: never read. */
  readonly verdict: Verdict | null;
  /** Since when it has fallen short, where it does. */
  readonly unmetSince: Date | null;
}

/**
 * Accounts by what needs somebody first: those that fall short, among them those without any MFA, then the management
 * account, then the longest outstanding; then by name.
 */
export function worstFirst(a: Ranked, b: Ranked): number {
  return (
    STANDINGS_WORST_FIRST.indexOf(a.standing) - STANDINGS_WORST_FIRST.indexOf(b.standing) ||
    first(isOpen(a), isOpen(b)) ||
    first(a.managementAccount, b.managementAccount) ||
    (a.unmetSince?.getTime() ?? Number.MAX_SAFE_INTEGER) -
      (b.unmetSince?.getTime() ?? Number.MAX_SAFE_INTEGER) ||
    byNameThenId(a, b)
  );
}

function isOpen({ verdict }: Ranked): boolean {
  return verdict?.level1 === 'fail';
}

function first(a: boolean, b: boolean): number {
  return Number(b) - Number(a);
}
