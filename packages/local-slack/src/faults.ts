/** What goes wrong with a call of the Web API, and how often. */
export interface Fault {
  /** Such as `chat.postMessage`; `*` for every method, `response_url` and `upload` for what is no method. */
  readonly method: string;
  /** An HTTP status in place of Slack's answer. */
  readonly status?: number;
  /** Seconds; the status is 429 unless another is named. */
  readonly retryAfter?: number;
  /** A refusal in Slack's words, such as `fatal_error`. */
  readonly error?: string;
  /** The connection is cut without an answer. */
  readonly drop?: boolean;
  /** The call does its work first; only the answer is lost. */
  readonly afterEffect?: boolean;
  readonly delayMs?: number;
  /** How many calls it hits. Default: one. `Infinity`: until it is lifted. */
  readonly times?: number;
}

/** A fault that is in place, or was. */
export interface PlacedFault {
  /** How many calls it has hit so far. */
  hits(): number;
  lift(): void;
}

/** The faults in place. */
export class Faults {
  readonly #placed: { readonly fault: Fault; left: number; hits: number }[] = [];

  /** Puts a fault in place. */
  place(fault: Fault): PlacedFault {
    const placed = { fault, left: fault.times ?? 1, hits: 0 };
    this.#placed.push(placed);
    return {
      hits: () => placed.hits,
      lift: () => {
        placed.left = 0;
      },
    };
  }

  /** The fault that hits this call, now used up by one; undefined for a lucky call. */
  hit(method: string): Fault | undefined {
    const placed = this.#placed.find(
      ({ fault, left }) => left > 0 && (fault.method === method || fault.method === '*'),
    );
    if (!placed) return undefined;
    placed.left -= 1;
    placed.hits += 1;
    return placed.fault;
  }
}
