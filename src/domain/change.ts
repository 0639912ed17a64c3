import { type Account, type AccountId, byNameThenId } from './account.ts';
import type { Standing } from './compliance.ts';
import type { Verdict } from './verdict.ts';
import { type Ranked, worstFirst } from './worst-first.ts';

/** How an account stood at one time, and the last verdict that could be read by then (`null`: none yet). */
export interface Stood {
  readonly standing: Standing;
  readonly verdict: Verdict | null;
}

/** One account at two times. */
export interface AccountThenAndNow extends Pick<Account, 'id' | 'name' | 'managementAccount'> {
  /** Who answers for it, as owners are written; `null`: nobody. */
  readonly owner: string | null;
  /** `null`: not known yet. */
  readonly before: Stood | null;
  /** `null`: the organization lists it no longer. */
  readonly after: Stood | null;
  /** Since when it has fallen short, where it does. */
  readonly unmetSince: Date | null;
}

/** Why an account falls short now and did not before. */
export type Cause =
  /** It was not known before. */
  | 'new-account'
  /** Its leave to fall short is over. */
  | 'exemption-ended'
  /** It is what it was, but more is asked. */
  | 'more-asked'
  /** Its root user changed in any other way. */
  | 'changed';

/** An account that falls short now and did not before. */
export interface Failing {
  readonly account: AccountThenAndNow;
  readonly cause: Cause;
}

/** What changed between two times; worst first where somebody must act, else by name. */
export interface Change {
  /** Had MFA and lost it, exempt or not: nobody asks for leave to lose MFA. */
  readonly regressed: readonly AccountThenAndNow[];
  /** Every other account that fell short of what is asked. */
  readonly newlyFailing: readonly Failing[];
  /** Fell short, and its root user no longer does. */
  readonly fixed: readonly AccountThenAndNow[];
  /** Could be judged, and no longer can. */
  readonly newlyUnknown: readonly AccountThenAndNow[];
  readonly newAccounts: readonly AccountThenAndNow[];
  /** Closed, suspended or no longer listed. */
  readonly closed: readonly AccountThenAndNow[];
  /** Everything that falls short now, longest outstanding first. */
  readonly outstanding: readonly AccountThenAndNow[];
}

/** What changed between two times. */
export function changeBetween(accounts: Iterable<AccountThenAndNow>): Change {
  const all = [...accounts].sort(byNameThenId);
  const regressed = all.filter(({ before, after }) => isRegression(before?.verdict, after?.verdict));
  const lost = new Set<AccountId>(regressed.map(({ id }) => id));

  return {
    regressed: regressed.sort(worstNowFirst),
    newlyFailing: all
      .flatMap((account) => {
        const cause = causeOf(account);
        return cause && !lost.has(account.id) ? [{ account, cause }] : [];
      })
      .sort((a, b) => worstNowFirst(a.account, b.account)),
    fixed: all.filter(isFixed),
    newlyUnknown: all.filter(
      ({ before, after }) => after?.standing === 'unknown' && before?.standing !== 'unknown',
    ),
    newAccounts: all.filter(({ before, after }) => before === null && after !== null),
    closed: all.filter(
      ({ before, after }) => before !== null && isThere(before) && (after === null || !isThere(after)),
    ),
    outstanding: all
      .filter(({ after }) => after?.standing === 'unmet')
      .sort((a, b) => (a.unmetSince?.getTime() ?? 0) - (b.unmetSince?.getTime() ?? 0)),
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
export function alarmOf({
  managementAccount,
  before,
  after,
}: Pick<AccountThenAndNow, 'managementAccount' | 'before' | 'after'>):
  | 'regression'
  | 'management-account'
  | undefined {
  if (isRegression(before?.verdict, after?.verdict)) return 'regression';
  return managementAccount && after?.standing === 'unmet' && causeOf({ before, after })
    ? 'management-account'
    : undefined;
}

function causeOf({ before, after }: Pick<AccountThenAndNow, 'before' | 'after'>): Cause | undefined {
  if (after?.standing !== 'unmet' || before?.standing === 'unmet') return undefined;
  if (before === null) return 'new-account';
  if (before.verdict?.mfa !== after.verdict?.mfa) return 'changed';
  if (before.standing === 'exempt') return 'exemption-ended';
  // While nobody could look it may have been unmet all along: what is found unchanged afterwards is no news.
  return before.standing === 'unknown' ? undefined : 'more-asked';
}

/** Thanks are for whoever changed the root user, not for a lower demand or an account that was closed. */
function isFixed({ before, after }: AccountThenAndNow): boolean {
  if (!before || !after || !isThere(after)) return false;
  const fellShort =
    before.standing === 'unmet' ||
    before.standing === 'exempt' ||
    (before.standing === 'unknown' && before.verdict?.level1 === 'fail');
  const holds = after.standing === 'met' || after.standing === 'not_applicable';
  return fellShort && holds && before.verdict?.mfa !== after.verdict?.mfa;
}

function isThere({ verdict }: Stood): boolean {
  return verdict?.mfa !== 'not_applicable';
}

/** Accounts by what needs somebody first, as they stand now. */
export function worstNowFirst(a: AccountThenAndNow, b: AccountThenAndNow): number {
  return worstFirst(rankedNow(a), rankedNow(b));
}

function rankedNow({ id, name, managementAccount, unmetSince, after }: AccountThenAndNow): Ranked {
  const { standing = 'unknown', verdict = null } = after ?? {};
  return { id, name, managementAccount, unmetSince, standing, verdict };
}
