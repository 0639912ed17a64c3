import type { AccountId } from '../domain/account.ts';
import type { OwnerGap } from '../domain/owner-gap.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { AccountView } from './account-view.ts';
import type { Context } from './context.ts';
import { readAccounts } from './read-status.ts';
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
  return {
    gaps: views.flatMap((view) => {
      const answer = answers.get(view.account.id);
      const gap = answer && answer.kind !== 'not-known' ? answer.gap : null;
      return gap ? [{ view, gap, suggestion: suggestOwner(view, views, answers) }] : [];
    }),
    notKnown: views.filter(({ account }) => answers.get(account.id)?.kind === 'not-known').length,
  };
}

/**
 * Who answers for most accounts in the account's org unit; where nobody does, in the nearest one above it. The root of
 * the organization is everybody's and suggests nobody.
 */
export function suggestOwner(
  { account }: AccountView,
  views: readonly AccountView[],
  answers: ReadonlyMap<AccountId, Answering>,
  not: SlackUserId | null = null,
): OwnerSuggestion | null {
  for (let orgUnit = account.orgUnit ?? '/'; orgUnit !== '/' && orgUnit !== ''; orgUnit = above(orgUnit)) {
    const tally = new Map<SlackUserId, { readonly person: Reachable; readonly accounts: number }>();
    for (const { account: neighbour } of views) {
      if (neighbour.id === account.id || !isWithin(neighbour.orgUnit, orgUnit)) continue;
      const answer = answers.get(neighbour.id);
      if (answer?.kind !== 'person' || answer.gap !== null || answer.person.id === not) continue;
      const { person } = answer;
      tally.set(person.id, { person, accounts: (tally.get(person.id)?.accounts ?? 0) + 1 });
    }
    const [most] = [...tally.values()].sort((a, b) => b.accounts - a.accounts);
    if (most) return { ...most, orgUnit };
  }
  return null;
}

function isWithin(orgUnit: string | null, above: string): boolean {
  return orgUnit === above || (orgUnit?.startsWith(`${above}/`) ?? false);
}

function above(orgUnit: string): string {
  return orgUnit.slice(0, orgUnit.lastIndexOf('/'));
}
