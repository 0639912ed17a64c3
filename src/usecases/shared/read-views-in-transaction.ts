import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { lastAttestations } from '../../store/attestations.ts';
import { inBatches } from '../../store/batches.ts';
import { knownAccounts } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { openExemptionsByAccount } from '../../store/exemptions.ts';
import { type AccountView, accountView } from './account-view.ts';

/** Those of the accounts that are open, as they stand in the middle of a transaction, by id. */
export async function viewsIn(
  tx: Database,
  config: Config,
  ids: readonly AccountId[],
  at: Date,
): Promise<ReadonlyMap<AccountId, AccountView>> {
  const views = new Map<AccountId, AccountView>();
  for await (const some of inBatches(ids)) {
    const accounts = await knownAccounts(tx, some);
    const decisions = {
      exemptions: await openExemptionsByAccount(tx, some),
      attestations: await lastAttestations(tx, some),
      tokenRequests: new Map(),
      reminders: new Map(),
    };
    for (const [id, account] of accounts) {
      if (account.closedAt === null) views.set(id, accountView(account, { config, decisions }, at));
    }
  }
  return views;
}

/** Whether nothing is asked of the account any more. */
export function isInOrder({ standing }: Pick<AccountView, 'standing'>): boolean {
  return standing === 'met' || standing === 'not_applicable';
}
