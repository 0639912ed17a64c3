/** What goes wrong with a call of the Web API, and how often. */
export interface ApiFault {
  /** Such as `chat.postMessage`; `*` for every method, `response_url` and `upload` for what is no method. */
  readonly method: string;
  /** An HTTP status in place of Slack's answer. */
  readonly status?: number;
  /** Seconds; the status is 429 unless another is named. */
  readonly retryAfter?: number;
  /** A refusal in Slack's words, such as `fatal_error`. */
  readonly error?: string;
  /** The connection is cut without an answer. */
  readonly dropConnection?: boolean;
  /** The call does its work first; only the answer is lost. */
  readonly afterEffect?: boolean;
  readonly delayMs?: number;
  /** How many calls it hits. Default: one. `Infinity`: until it is lifted. */
  readonly times?: number;
}

/** A fault that is in place, or was. */
export interface InjectedFault {
  /** How many calls it has hit so far. */
  applied(): number;
  remove(): void;
}

/** The faults in place. */
export class ApiFaults {
  readonly #placed: { readonly fault: ApiFault; left: number; applied: number }[] = [];

  /** Puts a fault in place. */
  inject(fault: ApiFault): InjectedFault {
    const injected = { fault, left: fault.times ?? 1, applied: 0 };
    this.#placed.push(injected);
    return {
      applied: () => injected.applied,
      remove: () => {
        injected.left = 0;
      },
    };
  }

  /** The fault that hits this call, now used up by one; undefined for a lucky call. */
  take(method: string): ApiFault | undefined {
    const injected = this.#placed.find(
      ({ fault, left }) => left > 0 && (fault.method === method || fault.method === '*'),
    );
    if (!injected) return undefined;
    injected.left -= 1;
    injected.applied += 1;
    return injected.fault;
  }
}
