/** What has been asked of the simulation so far. */
export interface CallCounts {
  readonly total: number;
  /** By call as policies write it, `iam:GetAccountSummary`. */
  readonly byCall: Readonly<Record<string, number>>;
  /** By the id of the account that the call was about. */
  readonly byAccount: Readonly<Record<string, number>>;
  readonly socketsOpened: number;
  readonly socketsOpen: number;
  readonly peakSocketsOpen: number;
}

/** Counts calls and sockets. */
export class CallCounter {
  #total = 0;
  readonly #byCall = new Map<string, number>();
  readonly #byAccount = new Map<string, number>();
  #socketsOpened = 0;
  #socketsOpen = 0;
  #mostSocketsOpen = 0;

  recordCall(call: string, accountId: string): void {
    this.#total++;
    this.#byCall.set(call, (this.#byCall.get(call) ?? 0) + 1);
    this.#byAccount.set(accountId, (this.#byAccount.get(accountId) ?? 0) + 1);
  }

  socketOpened(): void {
    this.#socketsOpened++;
    this.#socketsOpen++;
    this.#mostSocketsOpen = Math.max(this.#mostSocketsOpen, this.#socketsOpen);
  }

  socketClosed(): void {
    this.#socketsOpen--;
  }

  /** Starts again from nothing; sockets that are open stay counted as open. */
  reset(): void {
    this.#total = 0;
    this.#byCall.clear();
    this.#byAccount.clear();
    this.#socketsOpened = 0;
    this.#mostSocketsOpen = this.#socketsOpen;
  }

  /** The counts as they are now. */
  read(): CallCounts {
    return {
      total: this.#total,
      byCall: Object.fromEntries(this.#byCall),
      byAccount: Object.fromEntries(this.#byAccount),
      socketsOpened: this.#socketsOpened,
      socketsOpen: this.#socketsOpen,
      peakSocketsOpen: this.#mostSocketsOpen,
    };
  }
}
