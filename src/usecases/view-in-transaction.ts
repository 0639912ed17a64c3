import type { Config } from '../config.ts';
import type { AccountId } from '../domain/account.ts';
import { lastAttestationOn } from '../store/attestations.ts';
import { knownAccount } from '../store/book.ts';
import type { Database } from '../store/database.ts';
import { openExemptionFor } from '../store/exemptions.ts';
import { type AccountView, accountView } from './account-view.ts';

/** One open account as it stands in the middle of a transaction; undefined for one that is closed or not known. */
export async function viewIn(
  tx: Database,
  config: Config,
  id: AccountId,
  at: Date,
): Promise<AccountView | undefined> {
  const account = await knownAccount(tx, id);
  if (!account || account.closedAt !== null) return undefined;
  const exemption = await openExemptionFor(tx, id);
  const word = await lastAttestationOn(tx, id);
  const decisions = {
    exemptions: new Map(exemption && [[id, exemption]]),
    attestations: new Map(word && [[id, word]]),
    tokenRequests: new Map(),
    reminders: new Map(),
  };
  return accountView(account, { config, decisions }, at);
}

/** Whether nothing is asked of the account any more. */
export function isInOrder({ standing }: Pick<AccountView, 'standing'>): boolean {
  return standing === 'met' || standing === 'not_applicable';
}
