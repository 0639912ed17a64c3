/** What can go wrong with a call on purpose. */
export type AwsFault =
  | { readonly kind: 'error'; readonly code: string; readonly message?: string; readonly status?: number }
  | { readonly kind: 'latency'; readonly ms: number }
  /** Refuses the next `times` calls for coming too fast; `Infinity` never lets one through. */
  | { readonly kind: 'throttle'; readonly times: number }
  /** Refuses this share of the calls for coming too fast, evenly spread: 0.005 is every 200th. */
  | { readonly kind: 'throttle-share'; readonly share: number }
  /** Never answers; the socket is released when the server closes. */
  | { readonly kind: 'hang' }
  /** Answers with the first half of the body, and keeps the connection open. */
  | { readonly kind: 'stall' }
  /** Answers with this body instead of AWS's: a proxy's page, or a document that is cut short. */
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string; readonly status?: number }
  /** Does what was asked, and drops the connection instead of answering. */
  | { readonly kind: 'answer-lost' }
  /** Drops the connection without a word. */
  | { readonly kind: 'reset' };

/** Which kind of credentials a call was signed with. */
export type SignedBy = 'base' | 'role' | 'root';

/** Narrows a fault to some calls of an operation. */
export interface FaultScope {
  readonly signedBy?: SignedBy;
  /** Leaves the first page alone and hits those asked for with a marker or token. */
  readonly laterPagesOnly?: boolean;
}

/** What a fault is matched against. */
export interface FaultTarget {
  readonly accountId: string;
  /** As AWS writes it in policies: `iam:GetAccountSummary`. */
  readonly call: string;
  readonly signedBy: SignedBy;
  readonly laterPage: boolean;
}

/** What is to happen to one call before it is answered. */
export interface FaultOutcome {
  readonly latencyMs: number;
  readonly fault: Exclude<AwsFault, { kind: 'latency' }> | null;
}

/** A fault that was set. */
export interface SetFault {
  /** How many calls it has hit so far. */
  applied(): number;
}

interface ActiveFault {
  readonly fault: AwsFault;
  readonly scope: FaultScope;
  applied: number;
  throttlesLeft: number;
  /** Grows by the share with every call; each whole number is a throttled call. */
  throttledSoFar: number;
}

const NO_FAULT: FaultOutcome = { latencyMs: 0, fault: null };

/** The faults that are set right now, by account and call; `*` stands for any. */
export class AwsFaults {
  readonly #standing = new Map<string, ActiveFault[]>();

  /** Adds a fault. Several may hold for one call: latencies add up, and the first other one decides. */
  set(accountId: string, call: string, fault: AwsFault, scope: FaultScope = {}): SetFault {
    const key = faultKey(accountId, call);
    const throttlesLeft = fault.kind === 'throttle' ? fault.times : 0;
    const others = this.#standing.get(key) ?? [];
    const active: ActiveFault = { fault, scope, applied: 0, throttlesLeft, throttledSoFar: 0 };
    this.#standing.set(key, [...others, active]);
    return { applied: () => active.applied };
  }

  /** Takes away the faults set for exactly this account and call, all of an account, or all there are. */
  clear(accountId?: string, call?: string): void {
    for (const key of [...this.#standing.keys()]) {
      const [matchesAccount, matchesCall] = key.split(' ');
      const matching =
        (accountId === undefined || matchesAccount === accountId) &&
        (call === undefined || matchesCall === call);
      if (matching) this.#standing.delete(key);
    }
  }

  /** What happens to this call; counts it where a throttle is running out. */
  apply(call: FaultTarget): FaultOutcome {
    if (this.#standing.size === 0) return NO_FAULT;

    let latencyMs = 0;
    let decisive: FaultOutcome['fault'] = null;
    for (const active of this.#holdingFor(call)) {
      const { fault } = active;
      if (fault.kind === 'latency') latencyMs += fault.ms;
      else if (decisive === null && isDue(active)) decisive = fault;
      else continue;
      active.applied += 1;
    }
    return { latencyMs, fault: decisive };
  }

  *#holdingFor({ accountId, call, signedBy, laterPage }: FaultTarget): Iterable<ActiveFault> {
    const keys = [
      faultKey(accountId, call),
      faultKey(accountId, '*'),
      faultKey('*', call),
      faultKey('*', '*'),
    ];
    for (const key of keys) {
      for (const active of this.#standing.get(key) ?? []) {
        const { scope } = active;
        const inScope = scope.signedBy === undefined || scope.signedBy === signedBy;
        if (inScope && (laterPage || !scope.laterPagesOnly)) yield active;
      }
    }
  }
}

/** Whether the fault hits this call; counts it. */
function isDue(active: ActiveFault): boolean {
  const { fault } = active;
  if (fault.kind === 'throttle') return active.throttlesLeft-- > 0;
  if (fault.kind !== 'throttle-share') return true;

  const before = Math.floor(active.throttledSoFar);
  active.throttledSoFar += fault.share;
  return Math.floor(active.throttledSoFar) > before;
}

function faultKey(accountId: string, call: string): string {
  return `${accountId} ${call}`;
}
