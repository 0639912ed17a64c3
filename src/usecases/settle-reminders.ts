import { isRegression } from '../domain/change.ts';
import { worsened } from '../domain/reminder.ts';
import type { Database } from '../store/database.ts';
import { forgetReminder, lockReminder, saveReminder } from '../store/reminders.ts';
import type { VerdictChange } from '../store/verdicts.ts';
import { takeOutOfLetters } from './rewrite-reminders.ts';
import type { Settlement } from './settle.ts';
import { isInOrder, viewIn } from './view-in-transaction.ts';

/**
 * Ends reminders of what was fixed, and turns the letters that asked for it into thanks; what lost its MFA as well is
 * owed anew.
 */
export const settleReminders: Settlement = async (tx, { config }, changes, at) => {
  for (const change of changes) {
    // Nobody was asked anything about an account that was never read.
    if (change.before === null) continue;
    if (isRegression(change.before, change.after)) {
      await worsen(tx, change);
      continue;
    }
    const view = await viewIn(tx, config, change.accountId, at);
    if (!view || !isInOrder(view)) continue;
    await forgetReminder(tx, change.accountId);
    await thank(tx, change, view.account.name, at);
  }
};

async function worsen(tx: Database, { accountId, at }: VerdictChange): Promise<void> {
  const reminder = await lockReminder(tx, accountId);
  if (reminder) await saveReminder(tx, worsened(reminder, at));
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
