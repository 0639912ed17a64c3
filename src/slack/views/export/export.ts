import type { ExportFormat, ExportOutcome } from '../../../usecases/export/export-status.ts';
import type { UploadRefusal } from '../../file-upload.ts';
import {
  context,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
} from '../shared/blocks.ts';
import { markupMessage, message } from '../shared/message.ts';
import { pluralize } from '../shared/wording.ts';

/** Renders the answer to an unsupported format. */
export function renderUnknownExportFormat(): RenderedMessage {
  return markupMessage(md`Use \`/mfa-status export csv\` or \`/mfa-status export json\`.`);
}

/** Renders the answer when the reader can see no account. */
export function renderNothingToExport(seesAll: boolean): RenderedMessage {
  return message(
    seesAll
      ? 'There is nothing to export yet. Try again after the first scan.'
      : 'There is nothing to export: you own no accounts. Admins can export all accounts.',
  );
}

/** Renders the answer while the file is being sent. */
export function renderExportStarted(accounts: number): RenderedMessage {
  return message(`I’m sending you ${pluralize(accounts, 'account')} in a direct message.`);
}

/** Returns what the file contains, and as of when. */
export function exportSummaryText(
  outcome: Extract<ExportOutcome, { kind: 'exported' }>,
  format: ExportFormat,
  now: Date,
): Markup {
  const { accounts, auditLines, scannedAt } = outcome;
  const what = md`Root user MFA of *${pluralize(accounts, 'account')}*, as of ${formatSlackDateTime(now)}.`;
  const read = scannedAt
    ? md` The last scan ended ${formatSlackDateTime(scannedAt)}.`
    : md` No scan has finished yet.`;
  return joinMarkup([what, read, auditLinesText(auditLines, format)], '');
}

function auditLinesText(lines: number | null, format: ExportFormat): Markup {
  if (lines === null) return md``;
  const where = format === 'csv' ? 'The second file is the audit log' : 'It includes the audit log';
  return md` ${where}: ${pluralize(lines, 'line')}.`;
}

/** Renders why Slack refused the file, what to do, and how to get the data without Slack. */
export function renderUploadRefused(reason: UploadRefusal, shellCommand: string): RenderedMessage {
  const { problem, remedy } = UPLOAD_REFUSAL_TEXT[reason];
  return {
    text: `${problem} ${remedy}`,
    blocks: [
      section(md`:warning: *${problem}* ${remedy}`),
      context(md`Without Slack: your bot operator can export the data from a shell: \`${shellCommand}\``),
    ],
  };
}

const UPLOAD_REFUSAL_TEXT = {
  'missing-scope': {
    problem: 'I am not allowed to send files in this workspace.',
    remedy:
      'The manager of the Slack app can add the scope files:write under “OAuth & Permissions” and reinstall the app.',
  },
  'too-large': {
    problem: 'The file is larger than this workspace allows.',
    remedy: 'A Slack admin can allow larger files.',
  },
  'not-allowed': {
    problem: 'This workspace does not allow this type of file.',
    remedy: 'A Slack admin can allow it in the workspace settings.',
  },
  'storage-full': {
    problem: 'This workspace has no file storage left.',
    remedy: 'A Slack admin can delete files or upgrade the plan.',
  },
  unreachable: {
    problem: 'Slack did not accept the file.',
    remedy: 'Please try again in a few minutes. My log has the reason.',
  },
} as const satisfies Record<UploadRefusal, { readonly problem: string; readonly remedy: string }>;
