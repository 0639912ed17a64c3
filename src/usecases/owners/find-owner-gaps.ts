import type { AccountId } from '../../domain/account.ts';
import type { OwnerGap } from '../../domain/owner-gap.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { type OwnerResolution, type ReachablePerson, resolveOwners } from './resolve-owners.ts';

/** An account without a reachable owner. */
export interface AccountWithOwnerGap {
  readonly view: AccountView;
  readonly gap: OwnerGap;
  /** Who might answer for it; `null`: its neighbours tell nothing either. */
  readonly suggestion: OwnerSuggestion | null;
}

/** The owner of other accounts in the same org unit. */
export interface OwnerSuggestion {
  readonly person: ReachablePerson;
  /** For how many. */
  readonly accounts: number;
  readonly orgUnit: string;
}

export interface OwnerGapReport {
  /** By name. */
  readonly gaps: readonly AccountWithOwnerGap[];
  /** Accounts whose owner could not be looked up. */
  readonly unknownCount: number;
}

/** Returns every active account without a reachable owner, each with a suggestion. */
export async function findOwnerGaps(ctx: Context): Promise<OwnerGapReport> {
  const views = (await readAccounts(ctx)).filter(({ account }) => account.verdict?.mfa !== 'not_applicable');
  const resolutions = await resolveOwners(ctx, views);
  const suggestOwner = createOwnerSuggester(views, resolutions);
  return {
    gaps: views.flatMap((view) => {
      const resolution = resolutions.get(view.account.id);
      const gap = resolution && resolution.kind !== 'unknown' ? resolution.gap : null;
      return gap ? [{ view, gap, suggestion: suggestOwner(view) }] : [];
    }),
    unknownCount: views.filter(({ account }) => resolutions.get(account.id)?.kind === 'unknown').length,
  };
}

/** Names who might answer for an account; never the one who says that it is not theirs. */
export type SuggestOwner = (view: AccountView, excluding?: SlackUserId) => OwnerSuggestion | null;

/**
 * Suggests the owner of most accounts in the account's org unit, or else in the nearest one above it. The root of the
 * organization suggests no one.
 */
export function createOwnerSuggester(
  views: readonly AccountView[],
  resolutions: ReadonlyMap<AccountId, OwnerResolution>,
): SuggestOwner {
  const reachableOwnerOf = (id: AccountId): ReachablePerson | null => {
    const resolution = resolutions.get(id);
    return resolution?.kind === 'person' && resolution.gap === null ? resolution.person : null;
  };
  const tallies = new Map<string, Map<SlackUserId, { readonly person: ReachablePerson; accounts: number }>>();
  for (const { account } of views) {
    const person = reachableOwnerOf(account.id);
    if (!person) continue;
    for (const orgUnit of orgUnitAndAncestors(account.orgUnit)) {
      const tally = tallies.get(orgUnit) ?? new Map();
      tallies.set(orgUnit, tally);
      const entry = tally.get(person.id) ?? { person, accounts: 0 };
      entry.accounts += 1;
      tally.set(person.id, entry);
    }
  }
  const ranked = new Map(
    [...tallies].map(([orgUnit, tally]) => [
      orgUnit,
      [...tally.values()].sort((a, b) => b.accounts - a.accounts),
    ]),
  );

  return ({ account }, excluding) => {
    const currentOwner = reachableOwnerOf(account.id)?.id;
    for (const orgUnit of orgUnitAndAncestors(account.orgUnit)) {
      const top = topOwnerExcept(ranked.get(orgUnit) ?? [], currentOwner, excluding);
      if (top) return { ...top, orgUnit };
    }
    return null;
  };
}

/** The first of them, where the account's own owner counts one less: it is no neighbour of itself. */
function topOwnerExcept(
  ranked: readonly Omit<OwnerSuggestion, 'orgUnit'>[],
  currentOwner: SlackUserId | undefined,
  excluding: SlackUserId | undefined,
): Omit<OwnerSuggestion, 'orgUnit'> | undefined {
  let top: Omit<OwnerSuggestion, 'orgUnit'> | undefined;
  for (const { person, accounts: total } of ranked) {
    if (top && top.accounts >= total) return top;
    const accounts = person.id === currentOwner ? total - 1 : total;
    if (person.id !== excluding && accounts > (top?.accounts ?? 0)) top = { person, accounts };
  }
  return top;
}

/** The org unit and all above it, but for the root: `/a/b`, `/a`. */
function orgUnitAndAncestors(orgUnit: string | null): string[] {
  const parts = (orgUnit ?? '').split('/').filter((part) => part !== '');
  return parts.map((_, n) => `/${parts.slice(0, parts.length - n).join('/')}`);
}
