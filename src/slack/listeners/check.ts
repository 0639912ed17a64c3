import { isAccountId } from '../../domain/account.ts';
import { checkAccount } from '../../usecases/scan/check-account.ts';
import { readAccount } from '../../usecases/shared/read-accounts.ts';
import type { SlackDependencies } from '../dependencies.ts';
import { accountPage } from '../pages.ts';
import type { Router } from '../router.ts';
import { checkOutcomeText } from '../views/scan/check-outcome.ts';
import { renderLimitReached } from '../views/shared/limit-reached.ts';
import { message } from '../views/shared/message.ts';
import { CHECK_NOW } from '../views/status/account.ts';
import { owns, seesAll } from '../visibility.ts';

/** Registers *Check now*, which checks one account while its owner waits. */
export function registerCheck(router: Router, deps: SlackDependencies): void {
  const { ctx, config, instance, limits } = deps;

  router.action(CHECK_NOW, async ({ caller, value, showProgress, reply, log }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view || !(seesAll(caller, config) || owns(caller, view))) {
      await reply(message('This account no longer exists, or you don’t have access to it.'));
      return;
    }
    const nextAt = limits.checks.tryStart(caller.id);
    if (nextAt) return reply(renderLimitReached('checks', nextAt));
    const finish = await showProgress(
      message(`:hourglass_flowing_sand: Checking ${view.account.name} in AWS…`),
    );
    const outcome = await checkAccount(ctx, { accountId: view.account.id, instance });
    log.info({ user: caller.id, account: view.account.id, outcome: outcome.kind }, 'Account checked');
    await finish(
      await accountPage(deps, caller, view.account.id, checkOutcomeText(outcome, view.account.verdict)),
    );
  });
}
