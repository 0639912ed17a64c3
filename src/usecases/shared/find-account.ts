import { distance } from 'fastest-levenshtein';
import type { KnownAccount } from '../../domain/scan.ts';
import type { AccountView } from './account-view.ts';

/** What a text may mean: one account, a choice, or nothing, with the nearest names. */
export type Found =
  | { readonly kind: 'one'; readonly view: AccountView }
  | { readonly kind: 'several'; readonly views: readonly AccountView[] }
  | { readonly kind: 'none'; readonly nearest: readonly AccountView[] };

/** The account that a person means by an id, a name, a part of a name, or nearly a name. */
export function findAccount(views: readonly AccountView[], text: string): Found {
  const wanted = folded(text);

  const byId = views.filter(({ account }) => account.id === text.trim());
  const byName = views.filter(({ account }) => foldedName(account) === wanted);
  const byPart = wanted === '' ? [] : views.filter(({ account }) => foldedName(account).includes(wanted));
  const hits = [byId, byName, byPart].find(({ length }) => length > 0) ?? [];

  const [first] = hits;
  if (first && hits.length === 1) return { kind: 'one', view: first };
  return first ? { kind: 'several', views: hits } : { kind: 'none', nearest: nearest(views, wanted) };
}

const NEAREST_SHOWN = 5;

function nearest(views: readonly AccountView[], wanted: string): AccountView[] {
  const furthest = Math.max(2, Math.floor(wanted.length / 2));
  return views
    .map((view) => ({ view, away: distance(foldedName(view.account), wanted) }))
    .filter(({ away }) => away <= furthest)
    .sort((a, b) => a.away - b.away)
    .slice(0, NEAREST_SHOWN)
    .map(({ view }) => view);
}

/** Names are compared without case, and however an accent was typed. */
function folded(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase();
}

/** Worked out once for each account as it is remembered: people type while thousands of names are compared. */
const foldedNames = new WeakMap<KnownAccount, string>();

function foldedName(account: KnownAccount): string {
  let name = foldedNames.get(account);
  if (name === undefined) {
    name = folded(account.name);
    foldedNames.set(account, name);
  }
  return name;
}

/** The accounts that a picker offers for what was typed so far: by the beginning of a name, a part of it, or an id. */
export function suggestAccounts(views: readonly AccountView[], typed: string, limit: number): AccountView[] {
  const wanted = folded(typed);
  const begins = ({ account }: AccountView) =>
    foldedName(account).startsWith(wanted) || account.id.startsWith(wanted);
  const holds = ({ account }: AccountView) => foldedName(account).includes(wanted);
  const first = views.filter(begins);
  if (first.length >= limit) return first.slice(0, limit);
  return [...first, ...views.filter((view) => !begins(view) && holds(view))].slice(0, limit);
}
