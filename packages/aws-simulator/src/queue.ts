import { createHash, randomUUID } from 'node:crypto';

/** How a queue treats its messages; each may be changed at any time. */
export interface QueueBehavior {
  /** Share of messages that are delivered a second time although they were deleted: at least once, never exactly once. */
  duplicateRate: number;
  /** How long a new message stays invisible. */
  delayMs: number;
  /** After this many receives, a message moves to the dead-letter queue. */
  maxReceives: number;
  /** Messages are handed out in the order they came, or in any order as SQS may. */
  order: 'sent' | 'any';
}

/** A message that a reader was handed. */
export interface ReceivedMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  readonly receives: number;
  readonly sentAt: Date;
}

interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: Date;
  visibleAt: number;
  receives: number;
  receipt: string;
}

const DEFAULT_VISIBILITY_SECONDS = 30;

/** A standard SQS queue: at least once, in no certain order, hidden while someone works on it. */
export class SimulatedQueue {
  readonly name: string;
  readonly accountId: string;
  readonly behavior: QueueBehavior = { duplicateRate: 0, delayMs: 0, maxReceives: 5, order: 'sent' };
  /** Bodies that were received too often. */
  readonly deadLetters: string[] = [];
  /** False: the queue was deleted. */
  exists = true;
  /** Refuses every reader, as a wrong queue policy does. */
  denied = false;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #messages = new Map<string, StoredMessage>();
  readonly #waiting = new Set<() => void>();

  constructor(
    name: string,
    accountId: string,
    { now = Date.now, random = Math.random }: { now?: () => number; random?: () => number } = {},
  ) {
    this.name = name;
    this.accountId = accountId;
    this.#now = now;
    this.#random = random;
  }

  get path(): string {
    return `/${this.accountId}/${this.name}`;
  }

  /** Messages that are neither deleted nor dead. */
  get size(): number {
    return this.#messages.size;
  }

  send(body: string): { readonly id: string; readonly md5: string } {
    const id = randomUUID();
    this.#add(id, body, this.behavior.delayMs);
    return { id, md5: md5(body) };
  }

  receive(max: number, visibilitySeconds = DEFAULT_VISIBILITY_SECONDS): ReceivedMessage[] {
    const now = this.#now();
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now);
    if (this.behavior.order === 'any') visible.sort(() => this.#random() - 0.5);
    const received: ReceivedMessage[] = [];
    for (const message of visible) {
      if (received.length === max) break;
      if (message.receives >= this.behavior.maxReceives) {
        this.#messages.delete(message.id);
        this.deadLetters.push(message.body);
        continue;
      }
      message.receives += 1;
      message.visibleAt = now + visibilitySeconds * 1_000;
      message.receipt = randomUUID();
      const { id, receipt, body, receives, sentAt } = message;
      received.push({ id, receipt, body, receives, sentAt });
    }
    return received;
  }

  /** Whether the receipt is still the newest one of its message. */
  delete(receipt: string): boolean {
    const message = this.#byReceipt(receipt);
    if (!message) return false;
    this.#messages.delete(message.id);
    if (this.#random() < this.behavior.duplicateRate) this.#add(message.id, message.body, 0);
    return true;
  }

  changeVisibility(receipt: string, seconds: number): boolean {
    const message = this.#byReceipt(receipt);
    if (message) message.visibleAt = this.#now() + seconds * 1_000;
    return message !== undefined;
  }

  depth(): { readonly visible: number; readonly hidden: number } {
    const now = this.#now();
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now).length;
    return { visible, hidden: this.#messages.size - visible };
  }

  /** Resolves when a message may be there, or after the time; for long polling. */
  waitForMessage(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const nextVisibleAt = Math.min(
        ...[...this.#messages.values()].map(({ visibleAt }) => visibleAt),
        Number.POSITIVE_INFINITY,
      );
      const untilVisible = Math.max(0, nextVisibleAt - this.#now());
      const timer = setTimeout(done, Math.min(milliseconds, untilVisible));
      const waiting = this.#waiting;
      waiting.add(done);
      function done() {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
    });
  }

  /** Lets every long poll end. */
  releaseWaiting(): void {
    for (const done of this.#waiting) done();
  }

  #add(id: string, body: string, delayMs: number): void {
    const now = this.#now();
    this.#messages.set(id, {
      id,
      body,
      sentAt: new Date(now),
      visibleAt: now + delayMs,
      receives: 0,
      receipt: '',
    });
    this.releaseWaiting();
  }

  #byReceipt(receipt: string): StoredMessage | undefined {
    return [...this.#messages.values()].find(
      (message) => message.receipt !== '' && message.receipt === receipt,
    );
  }
}

/** As SQS proves that a body arrived whole. */
export function md5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}
