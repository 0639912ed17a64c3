import type { KnownAccount } from '../../domain/scan.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import type { AccountViewInputs } from './account-view.ts';

/** What a result was computed from. */
export interface RevisionInputs {
  /** A book that has not changed hands out the same list. */
  readonly accounts: readonly KnownAccount[];
  readonly viewInputs: AccountViewInputs;
  readonly at: Date;
  /** What else was asked. */
  readonly extraKey?: string;
}

interface CacheEntry<T> extends RevisionInputs {
  /** From then on something has run out; `null`: nothing will. */
  readonly expiresAt: Date | null;
  readonly outcome: Promise<T>;
}

/**
 * Work whose newest outcome is kept, and handed out again until it would be another: until an account, a decision or the
 * configuration changed, or an exemption or attestation expired.
 */
export function cachedByRevision<B extends RevisionInputs, T>(
  compute: (inputs: B) => Promise<T>,
): (inputs: B) => Promise<T> {
  const entries = new WeakMap<readonly KnownAccount[], CacheEntry<T>>();
  return (inputs) => {
    const cached = entries.get(inputs.accounts);
    if (cached && isValid(cached, inputs)) return cached.outcome;

    const outcome = compute(inputs);
    const { accounts, viewInputs, at } = inputs;
    entries.set(accounts, { ...inputs, expiresAt: nextExpiry(viewInputs.decisions, at), outcome });
    outcome.catch(() => entries.delete(accounts));
    return outcome;
  };
}

function isValid(cached: CacheEntry<unknown>, { viewInputs, at, extraKey }: RevisionInputs): boolean {
  return (
    cached.extraKey === extraKey &&
    cached.viewInputs.decisions === viewInputs.decisions &&
    cached.viewInputs.config === viewInputs.config &&
    cached.at <= at &&
    (cached.expiresAt === null || at < cached.expiresAt)
  );
}

/** Returns when the next exemption, recovery window or attestation expires. */
function nextExpiry({ exemptions, attestations, recoveryWindows }: Decisions, at: Date): Date | null {
  let next: Date | null = null;
  const consider = (end: Date) => {
    if (end > at && (next === null || end < next)) next = end;
  };
  for (const { endsAt } of exemptions.values()) consider(endsAt);
  for (const { endsAt } of recoveryWindows.values()) consider(endsAt);
  for (const { expiresAt } of attestations.values()) consider(expiresAt);
  return next;
}
