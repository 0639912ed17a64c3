import type { AccountId } from '../../domain/account.ts';
import type { OwnerGap } from '../../domain/owner-gap.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { type Answering, type Reachable, resolveOwners } from './resolve-owners.ts';

/** An account that nobody who can be reached answers for. */
export interface OwnerFinding {
  readonly view: AccountView;
  readonly gap: OwnerGap;
  /** Who might answer for it; `null`: its neighbours tell nothing either. */
  readonly suggestion: OwnerSuggestion | null;
}

/** Somebody who answers for accounts next to this one. */
export interface OwnerSuggestion {
  readonly person: Reachable;
  /** For how many. */
  readonly accounts: number;
  readonly orgUnit: string;
}

export interface OwnerFindings {
  /** By name. */
  readonly gaps: readonly OwnerFinding[];
  /** Of so many accounts nobody could tell. */
  readonly notKnown: number;
}

/** Every active account without an owner who can be reached, each with somebody who might be. */
export async function findOwnerGaps(ctx: Context): Promise<OwnerFindings> {
  const views = (await readAccounts(ctx)).filter(({ account }) => account.verdict?.mfa !== 'not_applicable');
  const answers = await resolveOwners(ctx, views);
  const suggest = suggestingOwners(views, answers);
  return {
    gaps: views.flatMap((view) => {
      const answer = answers.get(view.account.id);
      const gap = answer && answer.kind !== 'not-known' ? answer.gap : null;
      return gap ? [{ view, gap, suggestion: suggest(view) }] : [];
    }),
    notKnown: views.filter(({ account }) => answers.get(account.id)?.kind === 'not-known').length,
  };
}

/** Names who might answer for an account; never the one who says that it is not theirs. */
export type OwnerSuggesting = (view: AccountView, not?: SlackUserId) => OwnerSuggestion | null;

/**
 * Who answers for most accounts in the account's org unit; where nobody does, in the nearest one above it. The root of
 * the organization is everybody's and suggests nobody.
 */
export function suggestingOwners(
  views: readonly AccountView[],
  answers: ReadonlyMap<AccountId, Answering>,
): OwnerSuggesting {
  const ownerIn = (id: AccountId): Reachable | null => {
    const answer = answers.get(id);
    return answer?.kind === 'person' && answer.gap === null ? answer.person : null;
  };
  const tallies = new Map<string, Map<SlackUserId, { readonly person: Reachable; accounts: number }>>();
  for (const { account } of views) {
    const person = ownerIn(account.id);
    if (!person) continue;
    for (const orgUnit of upwardsFrom(account.orgUnit)) {
      const tally = tallies.get(orgUnit) ?? new Map();
      tallies.set(orgUnit, tally);
      const counted = tally.get(person.id) ?? { person, accounts: 0 };
      counted.accounts += 1;
      tally.set(person.id, counted);
    }
  }
  const ranked = new Map(
    [...tallies].map(([orgUnit, tally]) => [
      orgUnit,
      [...tally.values()].sort((a, b) => b.accounts - a.accounts),
    ]),
  );

  return ({ account }, not) => {
    const own = ownerIn(account.id)?.id;
    for (const orgUnit of upwardsFrom(account.orgUnit)) {
      const most = mostBut(ranked.get(orgUnit) ?? [], own, not);
      if (most) return { ...most, orgUnit };
    }
    return null;
  };
}

/** The first of them, where the account's own owner counts one less: it is no neighbour of itself. */
function mostBut(
  ranked: readonly Omit<OwnerSuggestion, 'orgUnit'>[],
  own: SlackUserId | undefined,
  not: SlackUserId | undefined,
): Omit<OwnerSuggestion, 'orgUnit'> | undefined {
  let most: Omit<OwnerSuggestion, 'orgUnit'> | undefined;
  for (const { person, accounts: all } of ranked) {
    if (most && most.accounts >= all) return most;
    const accounts = person.id === own ? all - 1 : all;
    if (person.id !== not && accounts > (most?.accounts ?? 0)) most = { person, accounts };
  }
  return most;
}

/** The org unit and all above it, but for the root: `/a/b`, `/a`. */
function upwardsFrom(orgUnit: string | null): string[] {
  const parts = (orgUnit ?? '').split('/').filter((part) => part !== '');
  return parts.map((_, n) => `/${parts.slice(0, parts.length - n).join('/')}`);
}
