import { confirmClosing } from '../../usecases/scan/confirm-closing.ts';
import { scanAccounts } from '../../usecases/scan/scan-accounts.ts';
import { ADMINS_ONLY, type AdminsOnly } from '../command.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Interaction } from '../interaction.ts';
import { sendProgressMessage } from '../progress-message.ts';
import type { Router } from '../router.ts';
import { CONFIRM_CLOSING, confirmClosingText } from '../views/scan/missing-accounts.ts';
import { renderScanOutcome, renderScanProgress } from '../views/scan/scan.ts';
import { message } from '../views/shared/message.ts';
import { SCAN_NOW } from '../views/status/company-status.ts';
import { forAdminsOnly } from './admins-only.ts';

/** Registers *Scan now*, and the confirmation that missing accounts can close. */
export function registerScan(router: Router, deps: SlackDependencies): void {
  router.action(SCAN_NOW, (interaction) =>
    forAdminsOnly(deps, interaction, ADMINS_ONLY.scan, () => startScan(deps, interaction)),
  );
  router.decision(CONFIRM_CLOSING, (interaction) =>
    forAdminsOnly(deps, interaction, CLOSING, async () => {
      const { caller, value, reply, log } = interaction;
      const outcome = await confirmClosing(deps.ctx, { by: caller, shown: Number(value) });
      log.info({ user: caller.id, outcome: outcome.kind }, 'Confirmed closing of accounts');
      await reply(message(confirmClosingText(outcome)));
    }),
  );
}

const CLOSING: AdminsOnly = { what: 'closing accounts', denial: 'Only admins can close accounts.' };

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
