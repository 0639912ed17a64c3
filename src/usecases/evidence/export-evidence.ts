import { EVIDENCE_CONTROLS } from '../../domain/evidence-pack/control-results.ts';
import type { Period } from '../../domain/evidence-pack/intervals.ts';
import { lastQuarter, parsePeriod, pastPart, periodText } from '../../domain/evidence-pack/period.ts';
import type { Actor } from '../../domain/person.ts';
import { zipPack } from '../../reports/evidence-pack/zip.ts';
import { findPersonById } from '../../store/people.ts';
import type { Context } from '../shared/context.ts';
import { buildEvidencePack } from './build-evidence-pack.ts';
import { recordEvidenceExport } from './record-evidence-export.ts';

/** Which period an admin asks for, and whether with pseudonyms for people. */
export type EvidenceRequest =
  | { readonly kind: 'period'; readonly period: Period; readonly redact: boolean }
  | { readonly kind: 'not-a-period' }
  | { readonly kind: 'not-begun' };

/** Returns what a text such as `Q3 redact` asks for; without a period, the last quarter that is over. */
export function parseEvidenceRequest(text: string, now: Date): EvidenceRequest {
  const periodText = text.replace(/(?:^|\s)redact(?:ed)?\s*$/i, '');
  const period = periodText.trim() === '' ? lastQuarter(now) : parsePeriod(periodText, now);
  if (!period) return { kind: 'not-a-period' };
  const past = pastPart(period, now);
  return past ? { kind: 'period', period: past, redact: periodText !== text } : { kind: 'not-begun' };
}

export interface ExportEvidenceInput {
  /** An admin. */
  readonly by: Actor;
  readonly period: Period;
  /** Replaces people by pseudonyms. */
  readonly redact: boolean;
  readonly toolVersion: string;
}

/** An evidence pack as one ZIP file. */
export interface ExportedEvidence {
  readonly name: string;
  readonly content: Buffer;
  readonly accounts: number;
}

/** Builds the evidence pack of a period as a ZIP file. Who asked is recorded before anything is handed over. */
export async function exportEvidence(
  ctx: Context,
  { by, period, redact, toolVersion }: ExportEvidenceInput,
): Promise<ExportedEvidence> {
  const madeAt = ctx.now();
  const [from = '', to = ''] = periodText(period).split(' to ');
  await recordEvidenceExport(ctx.db, { at: madeAt, by: { admin: by.id }, period, redact });
  const person = await findPersonById(ctx.db, by.id);
  const { accounts, files, manifest } = await buildEvidencePack(ctx, {
    ...ctx.config.evidence,
    period,
    controls: EVIDENCE_CONTROLS,
    redact,
    madeAt,
    madeBy: person ? `${person.name} (${by.id})` : by.id,
    toolVersion,
  });
  return {
    name: `root-mfa-evidence-${from}-${to}${redact ? '-redacted' : ''}.zip`,
    content: await zipPack(files, manifest),
    accounts,
  };
}
