import { refuseAccess } from '../../usecases/audit/record-access-denied.ts';
import { scanAccounts } from '../../usecases/scan/scan-accounts.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { progressMessage } from '../progress-message.ts';
import { SCAN_NOW } from '../views/status/company-status.ts';
import { message } from '../views/shared/message.ts';
import { drawScanOutcome, drawScanProgress } from '../views/scan/scan.ts';
import type { Visit } from '../interaction.ts';

/** *Scan now*. */
export function registerScan(door: Door, bot: Bot): void {
  door.action(SCAN_NOW, (visit) => startScan(bot, visit));
}

/** Looks at all accounts for an admin, who follows it in a direct message that is edited as it goes. */
export async function startScan(bot: Bot, { caller, client, log, say }: Visit): Promise<void> {
  if (!caller.admin) {
    await refuseAccess(bot.ctx, caller.id, 'a scan of all accounts');
    await say(
      message(
        'Only admins may scan all accounts. To look at one account now, open it and press “Check now”.',
      ),
    );
    return;
  }
  const began = bot.ctx.now();
  const progress = await progressMessage(client, caller.id, drawScanProgress(0, 0), log);
  await say(message('Scanning. You can follow it in our direct message.'));

  const outcome = await scanAccounts(bot.ctx, {
    startedBy: caller.id,
    instance: bot.instance,
    onProgress: (read, found) => progress.show(drawScanProgress(read, found)),
  });
  log.info({ user: caller.id, outcome: outcome.kind }, 'A scan on request');
  await progress.finish(drawScanOutcome(outcome, began, bot.ctx.now()));
}
