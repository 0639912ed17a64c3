import { EVIDENCE_CONTROLS } from '../../domain/evidence-pack/control-results.ts';
import type { Period } from '../../domain/evidence-pack/intervals.ts';
import { lastQuarter, parsePeriod, pastPart, periodText } from '../../domain/evidence-pack/period.ts';
import type { Actor } from '../../domain/person.ts';
import { zipPack } from '../../reports/evidence-pack/zip.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { findPersonById } from '../../store/people.ts';
import type { Context } from '../shared/context.ts';
import { buildEvidencePack } from './build-evidence-pack.ts';

/** Which period an admin asks for. */
export type EvidencePeriod =
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'not-a-period' }
  | { readonly kind: 'not-begun' };

/** Returns the period that a text names; the last quarter that is over if it is empty. */
export function evidencePeriod(text: string, now: Date): EvidencePeriod {
  const period = text.trim() === '' ? lastQuarter(now) : parsePeriod(text, now);
  if (!period) return { kind: 'not-a-period' };
  const past = pastPart(period, now);
  return past ? { kind: 'period', period: past } : { kind: 'not-begun' };
}

export interface ExportEvidenceInput {
  /** An admin. */
  readonly by: Actor;
  readonly period: Period;
  readonly toolVersion: string;
}

/** An evidence pack as one ZIP file. */
export interface ExportedEvidence {
  readonly name: string;
  readonly content: Buffer;
  readonly accounts: number;
}

/**
 * Builds the evidence pack of a period as a ZIP file. It is recorded before anything is handed over: a file that did not
 * arrive is on record, one that is not on record never arrives.
 */
export async function exportEvidence(
  ctx: Context,
  { by, period, toolVersion }: ExportEvidenceInput,
): Promise<ExportedEvidence> {
  const madeAt = ctx.now();
  const [from = '', to = ''] = periodText(period).split(' to ');
  await recordAuditEvent(ctx.db, madeAt, by.id, { kind: 'evidence-exported', detail: { from, to } });
  const person = await findPersonById(ctx.db, by.id);
  const { evidence, files, manifest } = await buildEvidencePack(ctx, {
    ...ctx.config.evidence,
    period,
    controls: EVIDENCE_CONTROLS,
    redact: false,
    madeAt,
    madeBy: person ? `${person.name} (${by.id})` : by.id,
    toolVersion,
  });
  return {
    name: `root-mfa-evidence-${from}-${to}.zip`,
    content: await zipPack(files, manifest),
    accounts: evidence.accounts.length,
  };
}
