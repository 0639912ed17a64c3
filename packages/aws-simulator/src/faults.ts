/** What can go wrong with a call on purpose. */
export type Fault =
  | { readonly kind: 'error'; readonly code: string; readonly message?: string; readonly status?: number }
  | { readonly kind: 'latency'; readonly ms: number }
  /** Refuses the next `times` calls for coming too fast; `Infinity` never lets one through. */
  | { readonly kind: 'throttle'; readonly times: number }
  /** Never answers; the socket is let go when the server closes. */
  | { readonly kind: 'hang' }
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
export interface FaultyCall {
  readonly accountId: string;
  /** As AWS writes it in policies: `iam:GetAccountSummary`. */
  readonly call: string;
  readonly signedBy: SignedBy;
  readonly laterPage: boolean;
}

/** What is to happen to one call before it is answered. */
export interface Trouble {
  readonly latencyMs: number;
  readonly fault: Exclude<Fault, { kind: 'latency' }> | null;
}

interface Standing {
  readonly fault: Fault;
  readonly scope: FaultScope;
  throttlesLeft: number;
}

const NO_TROUBLE: Trouble = { latencyMs: 0, fault: null };

/** The faults that are set right now, by account and call; `*` stands for any. */
export class Faults {
  readonly #standing = new Map<string, Standing[]>();

  /** Adds a fault. Several may hold for one call: latencies add up, and the first other one decides. */
  set(accountId: string, call: string, fault: Fault, scope: FaultScope = {}): void {
    const key = keyOf(accountId, call);
    const throttlesLeft = fault.kind === 'throttle' ? fault.times : 0;
    const others = this.#standing.get(key) ?? [];
    this.#standing.set(key, [...others, { fault, scope, throttlesLeft }]);
  }

  /** Takes away the faults set for exactly this account and call, all of an account, or all there are. */
  clear(accountId?: string, call?: string): void {
    for (const key of [...this.#standing.keys()]) {
      const [ofAccount, ofCall] = key.split(' ');
      const meant =
        (accountId === undefined || ofAccount === accountId) && (call === undefined || ofCall === call);
      if (meant) this.#standing.delete(key);
    }
  }

  /** What happens to this call; counts it where a throttle is running out. */
  meet(call: FaultyCall): Trouble {
    if (this.#standing.size === 0) return NO_TROUBLE;

    let latencyMs = 0;
    let decided: Trouble['fault'] = null;
    for (const standing of this.#holdingFor(call)) {
      const { fault } = standing;
      if (fault.kind === 'latency') latencyMs += fault.ms;
      else if (decided === null && (fault.kind !== 'throttle' || standing.throttlesLeft-- > 0))
        decided = fault;
    }
    return { latencyMs, fault: decided };
  }

  *#holdingFor({ accountId, call, signedBy, laterPage }: FaultyCall): Iterable<Standing> {
    const keys = [keyOf(accountId, call), keyOf(accountId, '*'), keyOf('*', call), keyOf('*', '*')];
    for (const key of keys) {
      for (const standing of this.#standing.get(key) ?? []) {
        const { scope } = standing;
        const inScope = scope.signedBy === undefined || scope.signedBy === signedBy;
        if (inScope && (laterPage || !scope.laterPagesOnly)) yield standing;
      }
    }
  }
}

function keyOf(accountId: string, call: string): string {
  return `${accountId} ${call}`;
}
