import { type Coverage, coverageOf } from '../../domain/coverage.ts';
import { type Ranked, worstFirst } from '../../domain/worst-first.ts';
import { breath, inBatches } from '../../store/batches.ts';
import { type AccountView, accountView } from './account-view.ts';
import { type Basis, keptWhileSame } from './cached-by-revision.ts';

/** Every open account as it stands at one time, with what is often asked of all of them. */
export interface CompanyViews {
  /** By name. */
  readonly views: readonly AccountView[];
  readonly coverage: Coverage;
  /** Accounts that fall short or are not known, worst first, then by name. */
  readonly needingAttention: readonly AccountView[];
}

/** So many are worked out before somebody else gets a turn. */
const VIEWS_AT_ONCE = 1_000;

/** The company as it stands at that time, worked out once while nothing changes: thousands of accounts answer like twenty. */
export const companyViews = keptWhileSame(async ({ accounts, outlook, at }: Basis): Promise<CompanyViews> => {
  const views: AccountView[] = [];
  for await (const some of inBatches(accounts, VIEWS_AT_ONCE)) {
    for (const account of some) if (account.closedAt === null) views.push(accountView(account, outlook, at));
  }
  const coverage = coverageOf(views);
  await breath();
  const needing = views.filter(({ standing }) => standing === 'unmet' || standing === 'unknown');
  return { views, coverage, needingAttention: byWorst(needing) };
});

/** The accounts by what needs somebody first. */
export function byWorst(views: readonly AccountView[]): AccountView[] {
  return views
    .map((view) => ({ view, rank: ranked(view) }))
    .sort((a, b) => worstFirst(a.rank, b.rank))
    .map(({ view }) => view);
}

function ranked({ account, standing }: AccountView): Ranked {
  const { id, name, managementAccount, verdict, since } = account;
  return { id, name, managementAccount, verdict, standing, unmetSince: standing === 'unmet' ? since : null };
}
