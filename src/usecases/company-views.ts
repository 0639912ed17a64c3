import { type Coverage, coverageOf } from '../domain/coverage.ts';
import type { KnownAccount } from '../domain/scan.ts';
import { type Ranked, worstFirst } from '../domain/worst-first.ts';
import { breath, inBatches } from '../store/batches.ts';
import type { Decisions } from '../store/decisions.ts';
import { type AccountView, accountView, type Outlook } from './account-view.ts';

/** Every open account as it stands at one time, with what is often asked of all of them. */
export interface CompanyViews {
  /** By name. */
  readonly views: readonly AccountView[];
  readonly coverage: Coverage;
  /** Accounts that fall short or are not known, worst first, then by name. */
  readonly needingAttention: readonly AccountView[];
}

interface Kept {
  readonly outlook: Outlook;
  readonly from: Date;
  /** From then on something has run out; `null`: nothing will. */
  readonly until: Date | null;
  readonly company: Promise<CompanyViews>;
}

/** So many are worked out before somebody else gets a turn. */
const VIEWS_AT_ONCE = 1_000;

/** By the list of accounts they were made from: a book that has not changed hands out the same one. */
const kept = new WeakMap<readonly KnownAccount[], Kept>();

/**
 * The company as it stands at that time. Worked out anew only when an account, a decision or the configuration is
 * another, or when leave or an owner's word has run out meanwhile: thousands of accounts answer like twenty.
 */
export function companyViews(
  accounts: readonly KnownAccount[],
  outlook: Outlook,
  at: Date,
): Promise<CompanyViews> {
  const before = kept.get(accounts);
  const holds =
    before?.outlook.decisions === outlook.decisions &&
    before.outlook.config === outlook.config &&
    at >= before.from &&
    (before.until === null || at < before.until);
  if (before && holds) return before.company;

  const company = workOut(accounts, outlook, at);
  kept.set(accounts, { outlook, from: at, until: nextEnd(outlook.decisions, at), company });
  return company;
}

async function workOut(accounts: readonly KnownAccount[], outlook: Outlook, at: Date): Promise<CompanyViews> {
  const views: AccountView[] = [];
  for await (const some of inBatches(accounts, VIEWS_AT_ONCE)) {
    for (const account of some) if (account.closedAt === null) views.push(accountView(account, outlook, at));
  }
  const coverage = coverageOf(views);
  await breath();
  const needing = views.filter(({ standing }) => standing === 'unmet' || standing === 'unknown');
  return { views, coverage, needingAttention: byWorst(needing) };
}

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

/** When the next leave or word runs out. */
function nextEnd({ exemptions, attestations }: Decisions, at: Date): Date | null {
  let next: Date | null = null;
  const consider = (end: Date) => {
    if (end > at && (next === null || end < next)) next = end;
  };
  for (const { endsAt } of exemptions.values()) consider(endsAt);
  for (const { expiresAt } of attestations.values()) consider(expiresAt);
  return next;
}
