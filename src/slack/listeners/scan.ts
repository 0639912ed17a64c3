import { scanAccounts } from '../../usecases/scan/scan-accounts.ts';
import { ADMINS_ONLY } from '../command.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Interaction } from '../interaction.ts';
import { sendProgressMessage } from '../progress-message.ts';
import type { Router } from '../router.ts';
import { renderScanOutcome, renderScanProgress } from '../views/scan/scan.ts';
import { message } from '../views/shared/message.ts';
import { SCAN_NOW } from '../views/status/company-status.ts';
import { forAdminsOnly } from './admins-only.ts';

/** *Scan now*. */
export function registerScan(router: Router, deps: SlackDependencies): void {
  router.action(SCAN_NOW, (interaction) =>
    forAdminsOnly(deps, interaction, ADMINS_ONLY.scan, () => startScan(deps, interaction)),
  );
}

/** Scans all accounts, and shows the progress in a direct message that is edited as it goes. For admins. */
export async function startScan(
  deps: SlackDependencies,
  { caller, client, log, reply }: Interaction,
): Promise<void> {
  const startedAt = deps.ctx.now();
  const progress = await sendProgressMessage(client, caller.id, renderScanProgress(0, 0), log);
  await reply(message('Scanning. You can follow it in our direct message.'));

  const outcome = await scanAccounts(deps.ctx, {
    startedBy: caller.id,
    instance: deps.instance,
    onProgress: (read, total) => progress.show(renderScanProgress(read, total)),
  });
  log.info({ user: caller.id, outcome: outcome.kind }, 'Requested scan finished');
  await progress.finish(renderScanOutcome(outcome, startedAt, deps.ctx.now()));
}
