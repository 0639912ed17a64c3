import { distance } from 'fastest-levenshtein';
import type { KnownAccount } from '../../domain/scan.ts';
import type { AccountView } from './account-view.ts';

/** What a text may mean: one account, a choice, or nothing, with the nearest names. */
export type AccountMatch =
  | { readonly kind: 'one'; readonly view: AccountView }
  | { readonly kind: 'several'; readonly views: readonly AccountView[] }
  | { readonly kind: 'none'; readonly nearest: readonly AccountView[] };

/** The account that a person means by an id, a name, a part of a name, or nearly a name. */
export function findAccount(views: readonly AccountView[], text: string): AccountMatch {
  const query = normalizeText(text);

  const byId = views.filter(({ account }) => account.id === text.trim());
  const byName = views.filter(({ account }) => normalizedName(account) === query);
  const byPart = query === '' ? [] : views.filter(({ account }) => normalizedName(account).includes(query));
  const matches = [byId, byName, byPart].find(({ length }) => length > 0) ?? [];

  const [first] = matches;
  if (first && matches.length === 1) return { kind: 'one', view: first };
  return first ? { kind: 'several', views: matches } : { kind: 'none', nearest: nearest(views, query) };
}

const MAX_NEAREST = 5;

function nearest(views: readonly AccountView[], query: string): AccountView[] {
  const maxDistance = Math.max(2, Math.floor(query.length / 2));
  return views
    .map((view) => ({ view, edits: distance(normalizedName(view.account), query) }))
    .filter(({ edits }) => edits <= maxDistance)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, MAX_NEAREST)
    .map(({ view }) => view);
}

/** Names are compared without case, with any form of an accent, and with spaces as hyphens. */
function normalizeText(text: string): string {
  return text
    .trim()
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
}

/** Computed once per cached account: thousands of names are compared while a person types. */
const normalizedNames = new WeakMap<KnownAccount, string>();

function normalizedName(account: KnownAccount): string {
  let name = normalizedNames.get(account);
  if (name === undefined) {
    name = normalizeText(account.name);
    normalizedNames.set(account, name);
  }
  return name;
}

/** The accounts that a picker offers for what was typed so far: by the beginning of a name, a part of it, or an id. */
export function suggestAccounts(views: readonly AccountView[], input: string, limit: number): AccountView[] {
  const query = normalizeText(input);
  const startsWithQuery = ({ account }: AccountView) =>
    normalizedName(account).startsWith(query) || account.id.startsWith(query);
  const containsQuery = ({ account }: AccountView) => normalizedName(account).includes(query);
  const prefixMatches = views.filter(startsWithQuery);
  if (prefixMatches.length >= limit) return prefixMatches.slice(0, limit);
  return [...prefixMatches, ...views.filter((view) => !startsWithQuery(view) && containsQuery(view))].slice(
    0,
    limit,
  );
}
