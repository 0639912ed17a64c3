import { recordAccessDenied } from '../../usecases/audit/record-access-denied.ts';
import { scanAccounts } from '../../usecases/scan/scan-accounts.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Interaction } from '../interaction.ts';
import { sendProgressMessage } from '../progress-message.ts';
import type { Router } from '../router.ts';
import { renderScanOutcome, renderScanProgress } from '../views/scan/scan.ts';
import { message } from '../views/shared/message.ts';
import { SCAN_NOW } from '../views/status/company-status.ts';

/** *Scan now*. */
export function registerScan(router: Router, deps: SlackDependencies): void {
  router.action(SCAN_NOW, (interaction) => startScan(deps, interaction));
}

/** Looks at all accounts for an admin, who follows it in a direct message that is edited as it goes. */
export async function startScan(
  deps: SlackDependencies,
  { caller, client, log, reply }: Interaction,
): Promise<void> {
  if (!caller.admin) {
    await recordAccessDenied(deps.ctx, caller.id, 'a scan of all accounts');
    await reply(
      message(
        'Only admins may scan all accounts. To look at one account now, open it and press “Check now”.',
      ),
    );
    return;
  }
  const startedAt = deps.ctx.now();
  const progress = await sendProgressMessage(client, caller.id, renderScanProgress(0, 0), log);
  await reply(message('Scanning. You can follow it in our direct message.'));

  const outcome = await scanAccounts(deps.ctx, {
    startedBy: caller.id,
    instance: deps.instance,
    onProgress: (read, total) => progress.show(renderScanProgress(read, total)),
  });
  log.info({ user: caller.id, outcome: outcome.kind }, 'A scan on request');
  await progress.finish(renderScanOutcome(outcome, startedAt, deps.ctx.now()));
}
