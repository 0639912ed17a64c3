import { EXPORT_FORMATS, type ExportFormat, exportStatus } from '../../usecases/export/export-status.ts';
import type { SlackDependencies } from '../dependencies.ts';
import { sendFiles } from '../file-upload.ts';
import type { Interaction } from '../interaction.ts';
import {
  exportSummaryText,
  renderExportStarted,
  renderNothingToExport,
  renderUnknownExportFormat,
  renderUploadRefused,
} from '../views/export/export.ts';
import { renderLimitReached } from '../views/shared/limit-reached.ts';
import { owns, seesAll } from '../visibility.ts';

/** Sends what a person can see as a file, by direct message: to admins the whole company, with the audit log. */
export async function sendExport(
  dependencies: SlackDependencies,
  interaction: Interaction,
  argument: string,
): Promise<void> {
  const { limits } = dependencies;
  const { caller, reply } = interaction;
  const format = parseFormat(argument);
  if (!format) return reply(renderUnknownExportFormat());
  const nextAt = limits.exports.tryStart(caller.id);
  if (nextAt) return reply(renderLimitReached('exports', nextAt));
  await limits.exportInTurn(() => exportAndSend(dependencies, interaction, format));
}

async function exportAndSend(
  { ctx, config }: SlackDependencies,
  { caller, client, log, reply }: Interaction,
  format: ExportFormat,
): Promise<void> {
  const everything = seesAll(caller, config);
  const outcome = await exportStatus(ctx, {
    by: caller,
    format,
    canSee: (view) => everything || owns(caller, view),
    isOwner: (view) => owns(caller, view),
  });
  if (outcome.kind === 'nothing-to-export') return reply(renderNothingToExport(everything));
  await reply(renderExportStarted(outcome.accounts));

  const sent = await sendFiles(
    client,
    caller.id,
    outcome.files,
    exportSummaryText(outcome, format, ctx.now()),
  );
  log.info({ user: caller.id, format, accounts: outcome.accounts, outcome: sent.kind }, 'Export sent');
  if (sent.kind === 'refused') {
    log.error({ user: caller.id, because: sent.because, err: sent.error }, 'File upload refused');
    const command = `npm run --silent scan -- --details --format ${format} --output accounts.${format}`;
    await reply(renderUploadRefused(sent.because, command));
  }
}

/** CSV unless said otherwise; undefined for what is no format. */
function parseFormat(argument: string): ExportFormat | undefined {
  const requested = argument === '' ? 'csv' : argument.toLowerCase();
  return EXPORT_FORMATS.find((format) => format === requested);
}
