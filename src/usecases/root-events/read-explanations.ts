import type { AccountId } from '../../domain/account.ts';
import { covers, toExplanation } from '../../domain/root-events/announced-use.ts';
import type { Explanation } from '../../domain/root-events/incident.ts';
import { findAnnouncedUses } from '../../store/announced-root-uses.ts';
import type { Database } from '../../store/database.ts';

/** Why events of root at a moment are expected; `null` where nothing explains them. */
export type ExplanationFor = (accountId: AccountId, at: Date) => Explanation | null;

/**
 * Returns what explains the use of root of these accounts at any time since then. The one place to which another kind
 * of explanation is added.
 */
export async function readExplanations(
  db: Database,
  accountIds: readonly AccountId[],
  since: Date,
): Promise<ExplanationFor> {
  const uses = await findAnnouncedUses(db, accountIds, since);
  return (accountId, at) => {
    const use = uses.find((one) => one.accountId === accountId && covers(one, at));
    return use ? toExplanation(use) : null;
  };
}
