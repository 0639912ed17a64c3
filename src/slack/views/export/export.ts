import {
  type ExportFormat,
  type ExportOutcome,
  MAX_AUDIT_LINES,
} from '../../../usecases/export/export-status.ts';
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

/** Somebody asked for a format that there is not. */
export function renderUnknownExportFormat(): RenderedMessage {
  return markupMessage(md`I can give you \`/mfa-status export csv\` or \`/mfa-status export json\`.`);
}

/** There is nothing that they may see. */
export function renderNothingToExport(seesAll: boolean): RenderedMessage {
  return message(
    seesAll
      ? 'No account is known yet, so there is nothing to export. After the first scan there will be.'
      : 'No account is yours, so there is nothing to export. Admins can export all of them.',
  );
}

/** The file is on its way. */
export function renderExportStarted(accounts: number): RenderedMessage {
  return message(`I am sending it to you in our direct message: ${pluralize(accounts, 'account')}.`);
}

/** What the file is, as of when, and how much is in it. */
export function exportSummaryText(
  outcome: Extract<ExportOutcome, { kind: 'exported' }>,
  format: ExportFormat,
  now: Date,
): Markup {
  const { accounts, auditLines, scannedAt } = outcome;
  const what = md`Root user MFA of *${pluralize(accounts, 'account')}*, as of ${formatSlackDateTime(now)}.`;
  const read = scannedAt
    ? md` The last scan ended ${formatSlackDateTime(scannedAt)}.`
    : md` No scan has come to its end yet.`;
  return joinMarkup([what, read, auditLinesText(auditLines, format)], '');
}

function auditLinesText(lines: number | null, format: ExportFormat): Markup {
  if (lines === null) return md``;
  const where = format === 'csv' ? 'The second file is the audit log' : 'The audit log is in it';
  const newest = lines === MAX_AUDIT_LINES ? 'its newest ' : '';
  return md` ${where}: ${newest}${pluralize(lines, 'line')}.`;
}

/** Slack did not take the file: why, what to do, and how to get it without Slack. */
export function renderUploadRefused(reason: UploadRefusal, format: ExportFormat): RenderedMessage {
  const { says, todo } = UPLOAD_REFUSAL_TEXT[reason];
  return {
    text: `${says} ${todo}`,
    blocks: [
      section(md`:warning: *${says}* ${todo}`),
      context(
        md`Without Slack: whoever runs me can look at AWS from the shell, with \`npm run --silent scan -- --details --format ${format} --output accounts.${format}\``,
      ),
    ],
  };
}

const UPLOAD_REFUSAL_TEXT = {
  'missing-scope': {
    says: 'I may not send files in this workspace.',
    todo: 'Whoever manages the Slack app can add the permission files:write under “OAuth & Permissions” and install it again.',
  },
  'too-large': {
    says: 'The file is larger than this workspace allows.',
    todo: 'A Slack admin can allow larger files.',
  },
  'not-allowed': {
    says: 'This workspace does not allow such files to be sent.',
    todo: 'A Slack admin can allow CSV and JSON files in the workspace settings.',
  },
  'storage-full': {
    says: 'This workspace has no room left for files.',
    todo: 'A Slack admin can make room, or the plan can be changed.',
  },
  unreachable: {
    says: 'Slack did not take the file.',
    todo: 'Please try again in a few minutes; the reason is in my log.',
  },
} as const satisfies Record<UploadRefusal, { readonly says: string; readonly todo: string }>;
