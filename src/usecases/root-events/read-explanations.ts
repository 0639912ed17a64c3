import type { AccountId } from '../../domain/account.ts';
import { recoveryCovers, recoveryExplanation } from '../../domain/recovery-window.ts';
import { covers, toExplanation } from '../../domain/root-events/announced-use.ts';
import type { Explanation } from '../../domain/root-events/incident.ts';
import { findAnnouncedUses, findAnnouncedUsesById } from '../../store/announced-root-uses.ts';
import type { Database } from '../../store/database.ts';
import { findRecoveriesById, recoveriesSince } from '../../store/recovery-windows.ts';

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
  const windows = await recoveriesSince(db, accountIds, since);
  return (accountId, at) => {
    const use = uses.find((one) => one.accountId === accountId && covers(one, at));
    if (use) return toExplanation(use);
    const window = windows.find((one) => one.accountId === accountId && recoveryCovers(one, at));
    return window ? recoveryExplanation(window) : null;
  };
}

/** Returns these explanations by id, whether they still hold or not. */
export async function readExplanationsById(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Explanation>> {
  const uses = await findAnnouncedUsesById(db, ids);
  const windows = await findRecoveriesById(db, ids);
  return new Map([
    ...[...uses].map(([id, use]) => [id, toExplanation(use)] as const),
    ...windows.map((window) => [window.id, recoveryExplanation(window)] as const),
  ]);
}
