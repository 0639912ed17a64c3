import type { Period } from '../../domain/evidence-pack/intervals.ts';
import { periodText } from '../../domain/evidence-pack/period.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';

/** A pack that someone asked for: an admin in Slack, or an operator on the command line. */
export interface EvidenceExport {
  readonly at: Date;
  readonly by: { readonly admin: SlackUserId } | { readonly operator: string };
  readonly period: Period;
  readonly redact: boolean;
}

/**
 * Records who makes a pack, before anything is handed over: it names people and shows who holds which key. A pack that did
 * not arrive is on record; one that is not on record never arrives.
 */
export async function recordEvidenceExport(
  db: Database,
  { at, by, period, redact }: EvidenceExport,
): Promise<void> {
  const [from = '', to = ''] = periodText(period).split(' to ');
  await recordAuditEvent(db, at, 'admin' in by ? by.admin : 'bot', {
    kind: 'evidence-exported',
    detail: {
      from,
      to,
      ...(redact && { redacted: true }),
      ...('operator' in by && { operator: by.operator }),
    },
  });
}
