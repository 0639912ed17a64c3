import type { Config } from '../../../config/config.ts';
import { isRegression } from '../../../domain/change.ts';
import { worsened } from '../../../domain/reminder.ts';
import type { Database } from '../../../store/database.ts';
import { accountsInLetters } from '../../../store/outbox.ts';
import { forgetReminders, lockReminders, saveReminders } from '../../../store/reminders.ts';
import { accountsOf, type VerdictChange } from '../../../store/verdicts.ts';
import { takeOutOfLetters } from '../../reminders/remove-from-reminders.ts';
import type { Settlement } from './index.ts';
import { isInOrder, viewsIn } from '../../shared/read-views-in-transaction.ts';

/**
 * Ends reminders of what was fixed, and turns the letters that asked for it into thanks; what lost its MFA as well is
 * owed anew.
 */
export const settleReminders: Settlement = async (tx, { config }, changes, at) => {
  // Nobody was asked anything about an account that was never read.
  const known = changes.filter(({ before }) => before !== null);
  await worsen(tx, known.filter(isWorse));
  const others = known.filter((change) => !isWorse(change));
  await endIfInOrder(tx, config, others, at);
};

function isWorse({ before, after }: VerdictChange): boolean {
  return isRegression(before, after);
}

async function worsen(tx: Database, changes: readonly VerdictChange[]): Promise<void> {
  const reminders = await lockReminders(tx, accountsOf(changes));
  await saveReminders(
    tx,
    changes.flatMap(({ accountId, at }) => {
      const reminder = reminders.get(accountId);
      return reminder ? [worsened(reminder, at)] : [];
    }),
  );
}

async function endIfInOrder(
  tx: Database,
  config: Config,
  changes: readonly VerdictChange[],
  at: Date,
): Promise<void> {
  const views = await viewsIn(tx, config, accountsOf(changes), at);
  const inOrder = changes.flatMap((change) => {
    const view = views.get(change.accountId);
    return view && isInOrder(view) ? [{ ...change, name: view.account.name }] : [];
  });
  const ids = accountsOf(inOrder);
  await forgetReminders(tx, ids);
  const toldOf = await accountsInLetters(tx, ids, ['reminder', 'escalation']);
  for (const change of inOrder) {
    if (toldOf.has(change.accountId)) await thank(tx, change, change.name, at);
  }
}

/** Thanks are for whoever changed the root user; an account that is no longer active is only taken out. */
async function thank(
  tx: Database,
  { accountId, before, after }: VerdictChange,
  name: string,
  at: Date,
): Promise<void> {
  const isFixed = after.mfa !== 'not_applicable' && before?.mfa !== after.mfa;
  const fixed = { id: accountId, name, mfa: after.mfa, at: at.toISOString() };
  await takeOutOfLetters(tx, accountId, isFixed ? { fixed } : {}, at);
}
