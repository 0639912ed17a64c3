import type { Period } from '../../../domain/evidence-pack/intervals.ts';
import { periodText } from '../../../domain/evidence-pack/period.ts';
import { type Markup, md, type RenderedMessage } from '../shared/blocks.ts';
import { markupMessage, message } from '../shared/message.ts';
import { pluralize } from '../shared/wording.ts';

/** What a pack covers, and whether people have pseudonyms in it. */
export interface ShownEvidence {
  readonly period: Period;
  readonly redact: boolean;
}

/** Renders the answer to a text that names no period. */
export function renderNotAPeriod(text: string): RenderedMessage {
  return markupMessage(
    md`I can’t read “${text}” as a period. Use a quarter, a month or two dates: \`/mfa-status evidence Q3\`, \`/mfa-status evidence 2026-07\` or \`/mfa-status evidence 2026-07-01 2026-09-30\`. Add \`redact\` for pseudonyms instead of people.`,
  );
}

/** Renders the answer to a period in the future. */
export function renderPeriodNotBegun(): RenderedMessage {
  return message('That period has not started yet.');
}

/** Renders the answer while the pack is being made. */
export function renderEvidenceStarted(period: Period, redact: boolean): RenderedMessage {
  const people = redact ? ', with pseudonyms for people' : '';
  return message(`I’m sending you the evidence for ${periodText(period)}${people} in a direct message.`);
}

/** Returns what the file contains, and how to check it. */
export function evidenceSummaryText(accounts: number, { period, redact }: ShownEvidence): Markup {
  const people = redact
    ? md` People have pseudonyms.`
    : md` It names people: to hand it to others, add \`redact\` to the command.`;
  return md`Evidence of root user MFA for *${periodText(period)}* (UTC), ${pluralize(accounts, 'account')}.${people} Unpack it and open index.html first. \`npm run evidence -- verify FOLDER\` checks that nothing was changed.`;
}
