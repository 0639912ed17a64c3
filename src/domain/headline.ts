import type { Coverage } from './coverage.ts';

/** A week in a word, and in a sentence. */
export interface Headline {
  readonly kind: 'first' | 'all-met' | 'better' | 'worse' | 'unchanged' | 'nothing-read';
  readonly sentence: string;
}

/**
 * A week in a word. Better is only what somebody made better: an account that cannot be read any more, or that has leave
 * to fall short, is no progress. An account that lost its MFA makes a bad week, whatever else happened.
 */
export function headlineOf(now: Coverage, lastWeek: Coverage | null, regressed: number): Headline {
  if (now.accounts === 0) return { kind: 'nothing-read', sentence: 'No account has been read yet.' };
  if (notMet(now) === now.standing.exempt && regressed === 0)
    return { kind: 'all-met', sentence: allMet(now) };
  if (!lastWeek) return { kind: 'first', sentence: `${fallShort(now)}${unread(now)}.` };

  const change = notMet(now) - notMet(lastWeek);
  const kind = regressed > 0 || change > 0 ? 'worse' : change < 0 ? 'better' : 'unchanged';
  const lost = regressed > 0 ? `${accounts(regressed)} lost MFA. ` : '';
  return { kind, sentence: `${lost}${fallShort(now)}, ${compared(now, lastWeek)}.` };
}

function notMet({ standing }: Coverage): number {
  return standing.unmet + standing.unknown + standing.exempt;
}

function allMet({ standing }: Coverage): string {
  return standing.exempt === 0
    ? 'Every account meets what is asked of it.'
    : `Every account meets what is asked of it, except ${standing.exempt} with leave to fall short.`;
}

function fallShort({ standing }: Coverage): string {
  const of = standing.met + standing.unmet + standing.exempt + standing.unknown;
  return `${standing.unmet} of ${accounts(of)} fall${standing.unmet === 1 ? 's' : ''} short of what is asked`;
}

function unread({ standing }: Coverage): string {
  return standing.unknown === 0 ? '' : `; ${standing.unknown} could not be checked`;
}

function compared(now: Coverage, then: Coverage): string {
  const unmet = now.standing.unmet - then.standing.unmet;
  const others = [
    difference(now.standing.unknown - then.standing.unknown, 'could not be checked'),
    difference(now.standing.exempt - then.standing.exempt, 'may fall short for a time'),
  ].filter((part) => part !== undefined);
  const first =
    unmet === 0 ? 'as many as last week' : `${Math.abs(unmet)} ${moreOrFewer(unmet)} than last week`;
  return [first, ...others].join('; ');
}

function difference(by: number, what: string): string | undefined {
  return by === 0 ? undefined : `${Math.abs(by)} ${moreOrFewer(by)} ${what}`;
}

function moreOrFewer(by: number): string {
  return by > 0 ? 'more' : 'fewer';
}

function accounts(count: number): string {
  return count === 1 ? '1 account' : `${count} accounts`;
}
