import type { KnownAccount } from '../../domain/scan.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import type { Outlook } from './account-view.ts';

/** What an outcome was worked out from. */
export interface Basis {
  /** A book that has not changed hands out the same list. */
  readonly accounts: readonly KnownAccount[];
  readonly outlook: Outlook;
  readonly at: Date;
  /** What else was asked. */
  readonly asked?: string;
}

interface Kept<T> extends Basis {
  /** From then on something has run out; `null`: nothing will. */
  readonly until: Date | null;
  readonly outcome: Promise<T>;
}

/**
 * Work whose newest outcome is kept, and handed out again until it would be another: until an account, a decision or the
 * configuration is another, or leave or an owner's word has run out meanwhile.
 */
export function keptWhileSame<B extends Basis, T>(work: (basis: B) => Promise<T>): (basis: B) => Promise<T> {
  const kept = new WeakMap<readonly KnownAccount[], Kept<T>>();
  return (basis) => {
    const before = kept.get(basis.accounts);
    if (before && holds(before, basis)) return before.outcome;

    const outcome = work(basis);
    const { accounts, outlook, at } = basis;
    kept.set(accounts, { ...basis, until: nextEnd(outlook.decisions, at), outcome });
    outcome.catch(() => kept.delete(accounts));
    return outcome;
  };
}

function holds(before: Kept<unknown>, { outlook, at, asked }: Basis): boolean {
  return (
    before.asked === asked &&
    before.outlook.decisions === outlook.decisions &&
    before.outlook.config === outlook.config &&
    before.at <= at &&
    (before.until === null || at < before.until)
  );
}

/** When the next leave or word runs out. */
function nextEnd({ exemptions, attestations }: Decisions, at: Date): Date | null {
  let next: Date | null = null;
  const consider = (end: Date) => {
    if (end > at && (next === null || end < next)) next = end;
  };
  for (const { endsAt } of exemptions.values()) consider(endsAt);
  for (const { expiresAt } of attestations.values()) consider(expiresAt);
  return next;
}
