import { isAccountId } from '../../domain/account.ts';
import { checkAccount } from '../../usecases/scan/check-account.ts';
import { readAccount } from '../../usecases/shared/read-accounts.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { accountPage } from '../pages.ts';
import { CHECK_NOW } from '../views/status/account.ts';
import { checkWords } from '../views/scan/check-outcome.ts';
import { message } from '../views/shared/message.ts';
import { owns, seesAll } from '../visibility.ts';

/** *Check now*: one account is looked at while its owner waits. */
export function registerCheck(door: Door, bot: Bot): void {
  const { ctx, config, instance } = bot;

  door.action(CHECK_NOW, async ({ caller, value, working, say, log }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view || !(seesAll(caller, config) || owns(caller, view))) {
      await say(message('This account is not there any more, or it is not yours to see.'));
      return;
    }
    const finish = await working(message(`:hourglass_flowing_sand: Looking at ${view.account.name} in AWS…`));
    const outcome = await checkAccount(ctx, { accountId: view.account.id, instance });
    log.info({ user: caller.id, account: view.account.id, outcome: outcome.kind }, 'A check on request');
    await finish(await accountPage(bot, caller, view.account.id, checkWords(outcome, view.account.verdict)));
  });
}
