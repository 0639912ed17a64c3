import { toolVersion } from '../../config/tool-version.ts';
import { exportEvidence, parseEvidenceRequest } from '../../usecases/evidence/export-evidence.ts';
import type { SlackDependencies } from '../dependencies.ts';
import { sendFiles } from '../file-upload.ts';
import type { Interaction } from '../interaction.ts';
import {
  evidenceSummaryText,
  renderEvidenceStarted,
  renderNotAPeriod,
  renderPeriodNotBegun,
  type ShownEvidence,
} from '../views/evidence/evidence.ts';
import { renderUploadRefused } from '../views/export/export.ts';
import { renderLimitReached } from '../views/shared/limit-reached.ts';

/** Sends an admin the evidence pack of a period, by direct message. */
export async function sendEvidence(
  dependencies: SlackDependencies,
  interaction: Interaction,
  argument: string,
): Promise<void> {
  const { ctx, limits } = dependencies;
  const { caller, reply } = interaction;
  const requested = parseEvidenceRequest(argument, ctx.now());
  if (requested.kind === 'not-a-period') return reply(renderNotAPeriod(argument));
  if (requested.kind === 'not-begun') return reply(renderPeriodNotBegun());
  const nextAt = limits.exports.tryStart(caller.id);
  if (nextAt) return reply(renderLimitReached('exports', nextAt));

  await reply(renderEvidenceStarted(requested.period, requested.redact));
  await limits.exportInTurn(() => exportAndSend(dependencies, interaction, requested));
}

async function exportAndSend(
  { ctx }: SlackDependencies,
  { caller, client, log, reply }: Interaction,
  requested: ShownEvidence,
): Promise<void> {
  const { period, redact } = requested;
  const file = await exportEvidence(ctx, { by: caller, period, redact, toolVersion: toolVersion() });
  const sent = await sendFiles(client, caller.id, [file], evidenceSummaryText(file.accounts, requested));
  log.info({ user: caller.id, accounts: file.accounts, outcome: sent.kind }, 'Evidence sent');
  if (sent.kind === 'refused') {
    log.error({ user: caller.id, because: sent.because, err: sent.error }, 'File upload refused');
    await reply(renderUploadRefused(sent.because, shellCommand(requested)));
  }
}

function shellCommand({ period: { from, to }, redact }: ShownEvidence): string {
  const day = (at: Date) => at.toISOString().slice(0, 10);
  return `npm run --silent evidence -- --from ${day(from)} --to ${day(new Date(to.getTime() - 1))}${redact ? ' --redact' : ''} --output evidence`;
}
