import { type Account, type AccountId, byNameThenId } from './account.ts';
import type { Compliance } from './compliance.ts';
import { isEveryKindKnown } from './judge/root-credentials.ts';
import type { RootCredentialKind, Verdict } from './verdict.ts';
import { type Ranked, worstFirst } from './worst-first.ts';

/** The compliance of an account at one time, and its last verdict by then (`null`: none yet). */
export interface ComplianceSnapshot {
  readonly compliance: Compliance;
  readonly verdict: Verdict | null;
}

/** One account at two times. */
export interface AccountComparison extends Pick<Account, 'id' | 'name' | 'managementAccount'> {
  /** The owner as configured; `null`: none. */
  readonly owner: string | null;
  /** `null`: not known yet. */
  readonly before: ComplianceSnapshot | null;
  /** `null`: the organization lists it no longer. */
  readonly after: ComplianceSnapshot | null;
  /** Since when it is non-compliant, if it is. */
  readonly noncompliantSince: Date | null;
}

/** Why an account became non-compliant. */
export type NoncomplianceCause =
  /** It was not known before. */
  | 'new-account'
  /** Its exemption ended. */
  | 'exemption-ended'
  /** It is unchanged, but policy requires more. */
  | 'more-asked'
  /** Its root user changed in any other way. */
  | 'changed';

/** An account that became non-compliant. */
export interface NewlyFailing {
  readonly account: AccountComparison;
  readonly cause: NoncomplianceCause;
}

/** What changed between two times; worst first where action is needed, otherwise by name. */
export interface ComplianceChange {
  /** MFA was removed, exempt or not: an exemption is never for removing MFA. */
  readonly regressed: readonly AccountComparison[];
  /** Every other account that became non-compliant. */
  readonly newlyFailing: readonly NewlyFailing[];
  /** Was non-compliant, and its root user was fixed. */
  readonly fixed: readonly AccountComparison[];
  /** Was known, and could no longer be checked. */
  readonly newlyUnknown: readonly AccountComparison[];
  readonly newAccounts: readonly AccountComparison[];
  /** Closed, suspended or no longer listed. */
  readonly closed: readonly AccountComparison[];
  /** Everything that is non-compliant now, open the longest first. */
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

/** Whether MFA was removed from root. Restored root credentials are not a regression: they are in use. */
export function isRegression(
  before: Pick<Verdict, 'level1'> | null | undefined,
  after: Pick<Verdict, 'level1'> | null | undefined,
): boolean {
  return before?.level1 === 'pass' && after?.level1 === 'fail';
}

type CredentialFindings = Pick<Verdict, 'rootCredentials' | 'rootCredentialsFound' | 'rootCredentialsWhy'>;

/**
 * Returns the kinds of root credential that appeared: seen now, and seen to be none before. A kind that could not be
 * read before may have been there all along.
 */
export function addedRootCredentials(
  before: CredentialFindings | null | undefined,
  after: CredentialFindings | null | undefined,
): readonly RootCredentialKind[] {
  if (!before || !after) return [];
  if (
    before.rootCredentials !== 'absent' &&
    !(before.rootCredentials === 'present' && isEveryKindKnown(before))
  )
    return [];
  return after.rootCredentialsFound.filter((kind) => !before.rootCredentialsFound.includes(kind));
}

/** Why an account cannot wait for the weekly digest; undefined when it can. */
export function immediateAlertFor({
  managementAccount,
  before,
  after,
  credentialsForbidden = false,
}: Pick<AccountComparison, 'managementAccount' | 'before' | 'after'> & {
  readonly credentialsForbidden?: boolean;
}): 'regression' | 'management-account' | 'credentials-returned' | 'credentials-added' | undefined {
  if (credentialsForbidden && after?.compliance === 'noncompliant') {
    const added = addedRootCredentials(before?.verdict, after.verdict);
    if (added.length > 0)
      return before?.verdict?.rootCredentials === 'absent' ? 'credentials-returned' : 'credentials-added';
  }
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
  // While it could not be checked, it may have been non-compliant all along: an unchanged state is not a change.
  return before.compliance === 'unknown' ? undefined : 'more-asked';
}

/** Whether the root user itself was fixed: lower requirements and closed accounts do not count. */
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

/** Compares accounts by urgency, as they are now. */
export function worstNowFirst(a: AccountComparison, b: AccountComparison): number {
  return worstFirst(rankedNow(a), rankedNow(b));
}

function rankedNow({
  id,
  name,
  managementAccount,
  noncompliantSince,
  before,
  after,
}: AccountComparison): Ranked {
  const { compliance = 'unknown', verdict = null } = after ?? {};
  const mfaRemoved = isRegression(before?.verdict, verdict);
  return { id, name, managementAccount, noncompliantSince, compliance, verdict, mfaRemoved };
}
