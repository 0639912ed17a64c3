import { type Account, type AccountId, byNameThenId } from './account.ts';
import type { Compliance } from './compliance.ts';
import type { Verdict } from './verdict.ts';
import { type Ranked, worstFirst } from './worst-first.ts';

/** How an account stood at one time, and the last verdict that could be read by then (`null`: none yet). */
export interface ComplianceSnapshot {
  readonly compliance: Compliance;
  readonly verdict: Verdict | null;
}

/** One account at two times. */
export interface AccountComparison extends Pick<Account, 'id' | 'name' | 'managementAccount'> {
  /** Who answers for it, as owners are written; `null`: nobody. */
  readonly owner: string | null;
  /** `null`: not known yet. */
  readonly before: ComplianceSnapshot | null;
  /** `null`: the organization lists it no longer. */
  readonly after: ComplianceSnapshot | null;
  /** Since when it has fallen short, where it does. */
  readonly noncompliantSince: Date | null;
}

/** Why an account falls short now and did not before. */
export type NoncomplianceCause =
  /** It was not known before. */
  | 'new-account'
  /** Its leave to fall short is over. */
  | 'exemption-ended'
  /** It is what it was, but more is asked. */
  | 'more-asked'
  /** Its root user changed in any other way. */
  | 'changed';

/** An account that falls short now and did not before. */
export interface NewlyFailing {
  readonly account: AccountComparison;
  readonly cause: NoncomplianceCause;
}

/** What changed between two times; worst first where somebody must act, else by name. */
export interface ComplianceChange {
  /** Had MFA and lost it, exempt or not: nobody asks for leave to lose MFA. */
  readonly regressed: readonly AccountComparison[];
  /** Every other account that fell short of what is asked. */
  readonly newlyFailing: readonly NewlyFailing[];
  /** Fell short, and its root user no longer does. */
  readonly fixed: readonly AccountComparison[];
  /** Could be judged, and no longer can. */
  readonly newlyUnknown: readonly AccountComparison[];
  readonly newAccounts: readonly AccountComparison[];
  /** Closed, suspended or no longer listed. */
  readonly closed: readonly AccountComparison[];
  /** Everything that falls short now, longest outstanding first. */
  readonly outstanding: readonly AccountComparison[];
}

/** What changed between two times. */
export function changeBetween(accounts: Iterable<AccountComparison>): ComplianceChange {
  const all = [...accounts].sort(byNameThenId);
  const regressed = all.filter(({ before, after }) => isRegression(before?.verdict, after?.verdict));
  const regressedIds = new Set<AccountId>(regressed.map(({ id }) => id));

  return {
    regressed: regressed.sort(worstNowFirst),
    newlyFailing: all
      .flatMap((account) => {
        const cause = causeOf(account);
        return cause && !regressedIds.has(account.id) ? [{ account, cause }] : [];
      })
      .sort((a, b) => worstNowFirst(a.account, b.account)),
    fixed: all.filter(isFixed),
    newlyUnknown: all.filter(
      ({ before, after }) => after?.compliance === 'unknown' && before?.compliance !== 'unknown',
    ),
    newAccounts: all.filter(({ before, after }) => before === null && after !== null),
    closed: all.filter(
      ({ before, after }) => before !== null && isActive(before) && (after === null || !isActive(after)),
    ),
    outstanding: all
      .filter(({ after }) => after?.compliance === 'noncompliant')
      .sort((a, b) => (a.noncompliantSince?.getTime() ?? 0) - (b.noncompliantSince?.getTime() ?? 0)),
  };
}

/** Whether root had MFA and lost it. Root credentials that came back are no regression: somebody is using them. */
export function isRegression(
  before: Pick<Verdict, 'level1'> | null | undefined,
  after: Pick<Verdict, 'level1'> | null | undefined,
): boolean {
  return before?.level1 === 'pass' && after?.level1 === 'fail';
}

/** Why an account cannot wait for the weekly digest; undefined when it can. */
export function immediateAlertFor({
  managementAccount,
  before,
  after,
}: Pick<AccountComparison, 'managementAccount' | 'before' | 'after'>):
  | 'regression'
  | 'management-account'
  | undefined {
  if (isRegression(before?.verdict, after?.verdict)) return 'regression';
  return managementAccount && after?.compliance === 'noncompliant' && causeOf({ before, after })
    ? 'management-account'
    : undefined;
}

function causeOf({
  before,
  after,
}: Pick<AccountComparison, 'before' | 'after'>): NoncomplianceCause | undefined {
  if (after?.compliance !== 'noncompliant' || before?.compliance === 'noncompliant') return undefined;
  if (before === null) return 'new-account';
  if (before.verdict?.mfa !== after.verdict?.mfa) return 'changed';
  if (before.compliance === 'exempt') return 'exemption-ended';
  // While nobody could look it may have been unmet all along: what is found unchanged afterwards is no news.
  return before.compliance === 'unknown' ? undefined : 'more-asked';
}

/** Thanks are for whoever changed the root user, not for a lower demand or an account that was closed. */
function isFixed({ before, after }: AccountComparison): boolean {
  if (!before || !after || !isActive(after)) return false;
  const wasNoncompliant =
    before.compliance === 'noncompliant' ||
    before.compliance === 'exempt' ||
    (before.compliance === 'unknown' && before.verdict?.level1 === 'fail');
  const isCompliantNow = after.compliance === 'compliant' || after.compliance === 'not_applicable';
  return wasNoncompliant && isCompliantNow && before.verdict?.mfa !== after.verdict?.mfa;
}

function isActive({ verdict }: ComplianceSnapshot): boolean {
  return verdict?.mfa !== 'not_applicable';
}

/** Accounts by what needs somebody first, as they stand now. */
export function worstNowFirst(a: AccountComparison, b: AccountComparison): number {
  return worstFirst(rankedNow(a), rankedNow(b));
}

function rankedNow({ id, name, managementAccount, noncompliantSince, after }: AccountComparison): Ranked {
  const { compliance = 'unknown', verdict = null } = after ?? {};
  return { id, name, managementAccount, noncompliantSince, compliance, verdict };
}
