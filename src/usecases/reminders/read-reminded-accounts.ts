import type { Account } from '../../domain/account.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';

/** Returns the accounts that a person was reminded of and has not disowned, by name. */
export async function readRemindedAccounts(
  ctx: Context,
  person: SlackUserId,
): Promise<readonly Pick<Account, 'id' | 'name'>[]> {
  const { reminders } = await ctx.decisions.current();
  return (await readAccounts(ctx)).flatMap(({ account }) => {
    const reminder = reminders.get(account.id);
    const wasReminded = reminder?.owner === person && reminder.timesSent > 0 && reminder.disowned === null;
    return wasReminded ? [{ id: account.id, name: account.name }] : [];
  });
}
