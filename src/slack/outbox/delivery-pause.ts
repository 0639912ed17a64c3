import { MAX_BACKOFF_MS } from './decide-after-failure.ts';

const FIRST_PAUSE_MS = 60_000;

/** The pause of all deliveries while none can succeed, because someone who runs the bot must act. It doubles. */
export class DeliveryPause {
  readonly #now: () => Date;
  #until = new Date(0);
  #times = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Returns for how long no notification can be delivered. */
  remainingMs(): number {
    return Math.max(0, this.#until.getTime() - this.#now().getTime());
  }

  begin(): void {
    // Attempts that were made at the same time fail at the same time: that is one pause.
    if (this.remainingMs() > 0) return;
    const pauseMs = Math.min(MAX_BACKOFF_MS, FIRST_PAUSE_MS * 2 ** this.#times);
    this.#times += 1;
    this.#until = new Date(this.#now().getTime() + pauseMs);
  }

  end(): void {
    this.#until = new Date(0);
    this.#times = 0;
  }
}
