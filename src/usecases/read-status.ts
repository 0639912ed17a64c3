import { distance } from 'fastest-levenshtein';
import { type Coverage, coverageOf } from '../domain/coverage.ts';
import { isUnder } from '../domain/policy.ts';
import { STANDINGS_WORST_FIRST } from '../domain/standing.ts';
import { lastScan, type ScanResult, scansSince } from '../store/scans.ts';
import { type AccountView, accountView } from './account-view.ts';
import type { Context } from './context.ts';

/** The company at a glance. */
export interface CompanyStatus {
  readonly coverage: Coverage;
  /** Accounts that fall short or are not known, worst first, then by name. */
  readonly needingAttention: readonly AccountView[];
  /** The scan that finished last; undefined before the first. */
  readonly lastScan: ScanResult<Coverage> | undefined;
}

/** Every account of the company that is open, by name, as it stands now. */
export async function readAccounts({ book, config, now }: Context): Promise<AccountView[]> {
  const at = now();
  const accounts = await book.accounts();
  return accounts
    .filter(({ closedAt }) => closedAt === null)
    .map((account) => accountView(account, config, at));
}

/** The company at a glance: how many stand how, who needs attention, how old the reading is. */
export async function readCompany(ctx: Context): Promise<CompanyStatus> {
  const views = await readAccounts(ctx);
  return {
    coverage: coverageOf(views),
    needingAttention: worstFirst(
      views.filter(({ standing }) => standing === 'unmet' || standing === 'unknown'),
    ),
    lastScan: await lastScan<Coverage>(ctx.db),
  };
}

/** The accounts that a person answers for, worst first. `names` are the ways to write the person: e-mail, Slack id. */
export async function readOwned(ctx: Context, names: readonly string[]): Promise<AccountView[]> {
  const wanted = new Set(names.flatMap((name) => [name, name.toLowerCase()]));
  return worstFirst((await readAccounts(ctx)).filter(({ owner }) => owner !== null && wanted.has(owner.who)));
}

/** The accounts in an org unit and below it, worst first. */
export async function readOrgUnit(ctx: Context, path: string): Promise<AccountView[]> {
  const pattern = /\*/.test(path) ? path : `${path.replace(/\/+$/, '')}/**`;
  const views = await readAccounts(ctx);
  return worstFirst(
    views.filter(({ account }) => account.orgUnit !== null && isUnder(account.orgUnit, pattern)),
  );
}

/** Coverage scan by scan since a time, oldest first: what a trend is drawn from. */
export function readTrend({ db }: Context, since: Date): Promise<ScanResult<Coverage>[]> {
  return scansSince<Coverage>(db, since);
}

/** What a text may mean: one account, a choice, or nothing, with the nearest names. */
export type Found =
  | { readonly kind: 'one'; readonly view: AccountView }
  | { readonly kind: 'several'; readonly views: readonly AccountView[] }
  | { readonly kind: 'none'; readonly nearest: readonly AccountView[] };

/** The account that a person means by an id, a name, a part of a name, or nearly a name. */
export async function findAccount(ctx: Context, text: string): Promise<Found> {
  const wanted = folded(text);
  const views = await readAccounts(ctx);

  const byId = views.filter(({ account }) => account.id === text.trim());
  const byName = views.filter(({ account }) => folded(account.name) === wanted);
  const byPart = wanted === '' ? [] : views.filter(({ account }) => folded(account.name).includes(wanted));
  const hits = [byId, byName, byPart].find(({ length }) => length > 0) ?? [];

  const [first] = hits;
  if (first && hits.length === 1) return { kind: 'one', view: first };
  return first ? { kind: 'several', views: hits } : { kind: 'none', nearest: nearest(views, wanted) };
}

const NEAREST_SHOWN = 5;

function nearest(views: readonly AccountView[], wanted: string): AccountView[] {
  const furthest = Math.max(2, Math.floor(wanted.length / 2));
  return views
    .map((view) => ({ view, away: distance(folded(view.account.name), wanted) }))
    .filter(({ away }) => away <= furthest)
    .sort((a, b) => a.away - b.away)
    .slice(0, NEAREST_SHOWN)
    .map(({ view }) => view);
}

/** Names are compared without case, and however an accent was typed. */
function folded(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase();
}

function worstFirst(views: readonly AccountView[]): AccountView[] {
  const rank = ({ standing, level1 }: AccountView) =>
    STANDINGS_WORST_FIRST.indexOf(standing) * 2 + (level1 === 'fail' ? 0 : 1);
  // The sort is stable, so equals stay in the order of the book: by name.
  return [...views].sort((a, b) => rank(a) - rank(b));
}
