import type { ControlResult } from '../../../domain/evidence-pack/control-results.ts';
import type { EvidenceState } from '../../../domain/evidence-pack/intervals.ts';
import { isSystemId, systemName } from '../../../domain/person.ts';
import type { EvidenceTable } from '../../../reports/evidence-pack/html.ts';

export { controlTitle } from '../../../reports/control-finding.ts';

export const DAY_MS = 24 * 60 * 60_000;
export const HOUR_MS = 60 * 60_000;
const MAX_ROWS = 200;

/** Returns a UTC day: `2026-07-01`. */
export function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Returns a moment to the minute: `2026-07-01 09:00 UTC`; an empty text for none. */
export function moment(at: Date | string | null): string {
  if (at === null) return '';
  const text = typeof at === 'string' ? at : at.toISOString();
  return `${text.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Returns `1 account`, `2 accounts`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Returns an account as the page names it. */
export function accountText({ name, id }: { readonly name: string; readonly id: string }): string {
  return name === '' ? id : `${name} (${id})`;
}

/** Returns a person as the page names them: `Sam Okafor (U01SAM)`, a pseudonym, a system of the company, or the bot. */
export function personText(id: string | null, names: ReadonlyMap<string, string>): string {
  if (id === null) return '';
  if (id === 'bot') return 'root-mfa-bot';
  if (isSystemId(id)) return systemName(id);
  const name = names.get(id);
  return name === undefined ? id : `${name} (${id})`;
}

/** Returns the first rows of a table, and how many more its file has. */
export function limited(
  rows: readonly (readonly string[])[],
  file: string,
  max = MAX_ROWS,
): Pick<EvidenceTable, 'rows' | 'moreInFile'> {
  return { rows: rows.slice(0, max), moreInFile: { count: Math.max(0, rows.length - max), file } };
}

export const RESULT_TEXT = {
  pass: 'pass',
  fail: 'fail',
  exempt: 'exempt',
  unknown: 'unknown',
  not_observed: 'not observed',
  not_applicable: 'not applicable',
  not_a_member: 'not in the organization',
} as const satisfies Record<ControlResult, string>;

export const STATE_TEXT = {
  compliant: 'compliant',
  noncompliant: 'non-compliant',
  exempt: 'exempt',
  unknown: 'unknown',
  not_applicable: 'not applicable',
  not_observed: 'not observed',
  not_a_member: 'not in the organization',
} as const satisfies Record<EvidenceState, string>;

/** Returns `35 compliant, 2 non-compliant`; states that no account is in are left out. */
export function stateCounts(states: readonly EvidenceState[]): string {
  const counts = (Object.keys(STATE_TEXT) as EvidenceState[])
    .filter((state) => state !== 'not_a_member')
    .map((state) => ({ state, number: states.filter((one) => one === state).length }))
    .filter(({ number }) => number > 0);
  return counts.map(({ state, number }) => `${number} ${STATE_TEXT[state]}`).join(', ') || 'no account';
}

/** Returns `35 pass, 2 fail, 1 not observed`; results that no account has are left out. */
export function resultCounts(counts: Readonly<Record<ControlResult, number>>): string {
  const results = (Object.keys(RESULT_TEXT) as ControlResult[]).filter(
    (result) => result !== 'not_a_member' && counts[result] > 0,
  );
  return results.map((result) => `${counts[result]} ${RESULT_TEXT[result]}`).join(', ') || 'no account';
}
