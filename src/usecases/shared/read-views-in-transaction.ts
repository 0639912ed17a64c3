import type { AccountId } from '../../domain/account.ts';
import { findKnownAccounts } from '../../store/account-cache.ts';
import { latestAttestations } from '../../store/attestations.ts';
import { inBatches } from '../../store/batches.ts';
import { NO_DECISIONS } from '../../store/decision-cache.ts';
import { openExemptionsByAccount } from '../../store/exemptions.ts';
import { ownerAssignmentsByAccount } from '../../store/owner-assignments.ts';
import { openRecoveriesByAccount } from '../../store/recovery-windows.ts';
import { type AccountView, accountView } from './account-view.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Returns the open ones of the accounts by id, as this transaction sees them. */
export async function readViewsInTransaction(
  { tx, ctx: { config }, at }: UnitOfWork,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, AccountView>> {
  const views = new Map<AccountId, AccountView>();
  for await (const batch of inBatches(ids)) {
    const accounts = await findKnownAccounts(tx, batch);
    const decisions = {
      ...NO_DECISIONS,
      exemptions: await openExemptionsByAccount(tx, batch),
      attestations: await latestAttestations(tx, batch),
      ownerAssignments: await ownerAssignmentsByAccount(tx, batch),
      recoveryWindows: await openRecoveriesByAccount(tx, batch),
    };
    for (const [id, account] of accounts) {
      if (account.closedAt === null) views.set(id, accountView(account, { config, decisions }, at));
    }
  }
  return views;
}

/** Returns whether the account has no requirement anymore. */
export function isCompliantOrNotApplicable({ compliance }: Pick<AccountView, 'compliance'>): boolean {
  return compliance === 'compliant' || compliance === 'not_applicable';
}
