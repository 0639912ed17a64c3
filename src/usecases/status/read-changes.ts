import type { AccountId } from '../../domain/account.ts';
import { type AccountComparison, type ComplianceChange, changeBetween } from '../../domain/change.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { inBatches } from '../../store/batches.ts';
import { changedVerdictsSince } from '../../store/verdict-changes.ts';
import { accountView } from '../shared/account-view.ts';
import { cachedByRevision, type RevisionInputs } from '../shared/cached-by-revision.ts';
import type { Context } from '../shared/context.ts';
import { readViewInputs } from '../shared/read-accounts.ts';

/** Returns the accounts that changed since that time, measured by today's policy. */
export async function readChanges(ctx: Context, since: Date): Promise<ComplianceChange> {
  const inputs = await readChangeInputs(ctx, since);
  return cachedChanges({ ...inputs, extraKey: since.toISOString() });
}

/** Every account then and now; closed ones too, if they were open then. */
export async function readAccountChanges(ctx: Context, since: Date): Promise<AccountComparison[]> {
  return compareAccounts(await readChangeInputs(ctx, since), () => true);
}

interface ChangeInputs extends RevisionInputs {
  readonly since: Date;
  /** What the verdict was then, of accounts whose verdict is another now. */
  readonly earlierVerdicts: ReadonlyMap<AccountId, Verdict | null>;
}

async function readChangeInputs(ctx: Context, since: Date): Promise<ChangeInputs> {
  const at = ctx.now();
  const [accounts, earlierVerdicts, viewInputs] = await Promise.all([
    ctx.accounts.accounts(),
    changedVerdictsSince(ctx.db, since),
    readViewInputs(ctx),
  ]);
  return { accounts, viewInputs, at, since, earlierVerdicts };
}

/** Cached: in a new company every account is a change, and there can be thousands. */
const cachedChanges = cachedByRevision(async (inputs: ChangeInputs): Promise<ComplianceChange> => {
  const { since, earlierVerdicts } = inputs;
  const { exemptions, attestations } = inputs.viewInputs.decisions;
  const mayHaveChanged = ({ id, firstSeenAt, closedAt, readFailure }: KnownAccount) =>
    earlierVerdicts.has(id) ||
    firstSeenAt > since ||
    closedAt !== null ||
    readFailure !== null ||
    exemptions.has(id) ||
    attestations.has(id);
  return changeBetween(await compareAccounts(inputs, mayHaveChanged));
});

/** Accounts processed before yielding to the event loop. */
const ACCOUNT_BATCH_SIZE = 1_000;

async function compareAccounts(
  { accounts, viewInputs, at, since, earlierVerdicts }: ChangeInputs,
  isIncluded: (account: KnownAccount) => boolean,
): Promise<AccountComparison[]> {
  const compareAccount = (account: KnownAccount): AccountComparison => {
    const view = accountView(account, viewInputs, at);
    const verdict = earlierVerdicts.has(account.id)
      ? (earlierVerdicts.get(account.id) ?? null)
      : account.verdict;
    const earlierView = accountView(
      { ...account, verdict, readFailure: unreadAt(account, since) },
      viewInputs,
      since,
    );
    const existed = account.firstSeenAt <= since;
    return {
      id: account.id,
      name: account.name,
      managementAccount: account.managementAccount,
      owner: view.owner?.identifier ?? null,
      before: existed ? { compliance: earlierView.compliance, verdict } : null,
      after: account.closedAt === null ? { compliance: view.compliance, verdict: account.verdict } : null,
      noncompliantSince: view.compliance === 'noncompliant' ? account.since : null,
    };
  };

  const compared: AccountComparison[] = [];
  for await (const batch of inBatches(accounts, ACCOUNT_BATCH_SIZE)) {
    const present = batch.filter(({ closedAt }) => closedAt === null || closedAt > since);
    for (const account of present) if (isIncluded(account)) compared.push(compareAccount(account));
  }
  return compared;
}

/** Whether a gap in what we could read reached back to then. */
function unreadAt<T extends { readonly since: Date }>(
  { readFailure }: { readonly readFailure: T | null },
  time: Date,
): T | null {
  return readFailure !== null && readFailure.since <= time ? readFailure : null;
}
