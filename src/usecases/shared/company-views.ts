import { type Coverage, coverageOf } from '../../domain/coverage.ts';
import { remainingRootCredential } from '../../domain/remediation.ts';
import { countTarget, type TargetCounts } from '../../domain/target.ts';
import { type Ranked, worstFirst } from '../../domain/worst-first.ts';
import { inBatches, yieldToEventLoop } from '../../store/batches.ts';
import { type AccountView, accountView } from './account-view.ts';
import { cachedByRevision, type RevisionInputs } from './cached-by-revision.ts';

/** Every open account at one time, with counts and lists that are often needed. */
export interface CompanyViews {
  /** By name. */
  readonly views: readonly AccountView[];
  readonly coverage: Coverage;
  /** Non-compliant and unknown accounts, worst first, then by name. */
  readonly needingAttention: readonly AccountView[];
  /** Accounts with a root access key or certificate, worst first. */
  readonly rootKeys: readonly AccountView[];
  /** The accounts of each target, in the order of the configuration. */
  readonly targets: readonly TargetCounts[];
}

/** Accounts processed before yielding to the event loop. */
const VIEW_BATCH_SIZE = 1_000;

/** Returns the company at that time; computed once while nothing changes, so thousands of accounts stay fast. */
export const companyViews = cachedByRevision(
  async ({ accounts, viewInputs, at }: RevisionInputs): Promise<CompanyViews> => {
    const views: AccountView[] = [];
    for await (const batch of inBatches(accounts, VIEW_BATCH_SIZE)) {
      for (const account of batch)
        if (account.closedAt === null) views.push(accountView(account, viewInputs, at));
    }
    const coverage = coverageOfViews(views);
    await yieldToEventLoop();
    const noncompliantOrUnknown = views.filter(
      ({ compliance }) => compliance === 'noncompliant' || compliance === 'unknown',
    );
    const rootKeys = sortWorstFirst(views.filter(hasRootKey));
    await yieldToEventLoop();
    const targets = viewInputs.config.targets.map((target) => countTarget(target, views));
    return { views, coverage, needingAttention: sortWorstFirst(noncompliantOrUnknown), rootKeys, targets };
  },
);

/** Returns the accounts by urgency. */
export function sortWorstFirst(views: readonly AccountView[]): AccountView[] {
  return views
    .map((view) => ({ view, rank: toRanked(view) }))
    .sort((a, b) => worstFirst(a.rank, b.rank))
    .map(({ view }) => view);
}

/** Returns how many of the accounts are in each state. */
export function coverageOfViews(views: readonly AccountView[]): Coverage {
  return coverageOf(views.map((view) => ({ ...view, managementAccount: view.account.managementAccount })));
}

function hasRootKey({ account: { verdict, readFailure } }: AccountView): boolean {
  return verdict !== null && readFailure === null && remainingRootCredential(verdict) !== undefined;
}

function toRanked({ account, compliance, mfaRemoved }: AccountView): Ranked {
  const { id, name, managementAccount, verdict, since } = account;
  return {
    id,
    name,
    managementAccount,
    verdict,
    compliance,
    mfaRemoved,
    noncompliantSince: compliance === 'noncompliant' ? since : null,
  };
}
