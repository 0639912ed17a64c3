import { isRegression } from '../../../domain/change.ts';
import { restartAfterRegression } from '../../../domain/reminder.ts';
import type { Database } from '../../../store/database.ts';
import { accountsInNotifications } from '../../../store/outbox.ts';
import { deleteReminders, lockReminders, saveReminders } from '../../../store/reminders.ts';
import { changedAccountIds, type VerdictChange } from '../../../store/verdicts.ts';
import { removeFromReminders } from '../../reminders/remove-from-reminders.ts';
import {
  isCompliantOrNotApplicable,
  readViewsInTransaction,
} from '../../shared/read-views-in-transaction.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { ScanEffect } from './scan-effect.ts';

/**
 * Ends the reminders of fixed accounts, and turns sent ones into thanks; where MFA was removed as well, reminders start
 * over.
 */
export const updateReminders: ScanEffect = async (work, changes) => {
  // There are no reminders for an account that was never read.
  const known = changes.filter(({ before }) => before !== null);
  await restartRegressed(work.tx, known.filter(isRegressionChange));
  const others = known.filter((change) => !isRegressionChange(change));
  await endResolved(work, others);
};

function isRegressionChange({ before, after }: VerdictChange): boolean {
  return isRegression(before, after);
}

async function restartRegressed(tx: Database, changes: readonly VerdictChange[]): Promise<void> {
  const reminders = await lockReminders(tx, changedAccountIds(changes));
  await saveReminders(
    tx,
    changes.flatMap(({ accountId, at }) => {
      const reminder = reminders.get(accountId);
      return reminder ? [restartAfterRegression(reminder, at)] : [];
    }),
  );
}

async function endResolved(work: UnitOfWork, changes: readonly VerdictChange[]): Promise<void> {
  const { tx } = work;
  const views = await readViewsInTransaction(work, changedAccountIds(changes));
  const resolved = changes.flatMap((change) => {
    const view = views.get(change.accountId);
    return view && isCompliantOrNotApplicable(view) ? [{ ...change, name: view.account.name }] : [];
  });
  const ids = changedAccountIds(resolved);
  await deleteReminders(tx, ids);
  const notifiedAccounts = await accountsInNotifications(tx, ids, ['reminder', 'escalation']);
  for (const change of resolved) {
    if (notifiedAccounts.has(change.accountId)) await showFixed(work, change, change.name);
  }
}

/** Thanks are for a fix; an account that is no longer active is only removed. */
async function showFixed(
  { tx, at }: UnitOfWork,
  { accountId, before, after }: VerdictChange,
  name: string,
): Promise<void> {
  const isFixed = after.mfa !== 'not_applicable' && before?.mfa !== after.mfa;
  const fixed = { id: accountId, name, mfa: after.mfa, at: at.toISOString() };
  await removeFromReminders(tx, accountId, isFixed ? { fixed } : {});
}
