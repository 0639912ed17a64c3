import { EXPORT_FORMATS, type ExportFormat, exportStatus } from '../../usecases/export/export-status.ts';
import type { Bot } from '../dependencies.ts';
import { sendFiles } from '../file-upload.ts';
import {
  drawExportComing,
  drawNoSuchFormat,
  drawNothingToExport,
  drawUploadRefused,
  exportWords,
} from '../views/export/export.ts';
import { owns, seesAll } from '../visibility.ts';
import type { Visit } from '../interaction.ts';

/** Sends what somebody may see as a file, by direct message: the whole company to admins, with the audit log. */
export async function sendExport(
  { ctx, config }: Bot,
  { caller, client, log, say }: Visit,
  typed: string,
): Promise<void> {
  const format = formatIn(typed);
  if (!format) return say(drawNoSuchFormat());

  const everything = seesAll(caller, config);
  const outcome = await exportStatus(ctx, {
    by: caller,
    format,
    sees: (view) => everything || owns(caller, view),
  });
  if (outcome.kind === 'nothing-to-export') return say(drawNothingToExport(everything));
  await say(drawExportComing(outcome.accounts));

  const sent = await sendFiles(client, caller.id, outcome.files, exportWords(outcome, format, ctx.now()));
  log.info(
    { user: caller.id, format, accounts: outcome.accounts, outcome: sent.kind },
    'An export on request',
  );
  if (sent.kind === 'refused') {
    log.error({ user: caller.id, because: sent.because, err: sent.error }, 'Slack did not take a file');
    await say(drawUploadRefused(sent.because, format));
  }
}

/** CSV unless said otherwise; undefined for what is no format. */
function formatIn(typed: string): ExportFormat | undefined {
  const wanted = typed === '' ? 'csv' : typed.toLowerCase();
  return EXPORT_FORMATS.find((format) => format === wanted);
}
