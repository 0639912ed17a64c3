import type { Coverage } from './coverage.ts';

/** A week in a word and in a sentence. */
export interface Headline {
  readonly kind: 'first' | 'all-met' | 'better' | 'worse' | 'unchanged' | 'nothing-read';
  readonly sentence: string;
}

/**
 * Returns the headline of a week. Only a fix makes a week better: an account that is exempt, or that could not be checked,
 * is no progress. An account whose MFA was removed makes a week worse, whatever else happened.
 */
export function headlineOf(now: Coverage, lastWeek: Coverage | null, regressed: number): Headline {
  if (now.accounts === 0) return { kind: 'nothing-read', sentence: 'No account has been checked yet.' };
  if (openCount(now) === now.compliance.exempt && regressed === 0)
    return { kind: 'all-met', sentence: allCompliantText(now) };
  if (!lastWeek) return { kind: 'first', sentence: `${noncompliantText(now)}${unknownText(now)}.` };

  const change = openCount(now) - openCount(lastWeek);
  const kind = regressed > 0 || change > 0 ? 'worse' : change < 0 ? 'better' : 'unchanged';
  const regressedText = regressed > 0 ? `MFA was removed from ${accountCountText(regressed)}. ` : '';
  return { kind, sentence: `${regressedText}${noncompliantText(now)}, ${comparisonText(now, lastWeek)}.` };
}

function openCount({ compliance }: Coverage): number {
  return compliance.noncompliant + compliance.unknown + compliance.exempt;
}

function allCompliantText({ compliance }: Coverage): string {
  return compliance.exempt === 0
    ? 'All accounts are compliant.'
    : `All accounts are compliant, except ${compliance.exempt} exempt.`;
}

function noncompliantText({ compliance }: Coverage): string {
  const applicable = compliance.compliant + compliance.noncompliant + compliance.exempt + compliance.unknown;
  return `${compliance.noncompliant} of ${accountCountText(applicable)} ${compliance.noncompliant === 1 ? 'is' : 'are'} non-compliant`;
}

function unknownText({ compliance }: Coverage): string {
  return compliance.unknown === 0 ? '' : `; ${compliance.unknown} could not be checked`;
}

function comparisonText(now: Coverage, lastWeek: Coverage): string {
  const noncompliant = now.compliance.noncompliant - lastWeek.compliance.noncompliant;
  const others = [
    difference(now.compliance.unknown - lastWeek.compliance.unknown, 'could not be checked'),
    difference(now.compliance.exempt - lastWeek.compliance.exempt, 'exempt'),
  ].filter((part) => part !== undefined);
  const first =
    noncompliant === 0
      ? 'same as last week'
      : `${Math.abs(noncompliant)} ${moreOrFewer(noncompliant)} than last week`;
  return [first, ...others].join('; ');
}

function difference(delta: number, what: string): string | undefined {
  return delta === 0 ? undefined : `${Math.abs(delta)} ${moreOrFewer(delta)} ${what}`;
}

function moreOrFewer(delta: number): string {
  return delta > 0 ? 'more' : 'fewer';
}

function accountCountText(count: number): string {
  return count === 1 ? '1 account' : `${count} accounts`;
}
