import { setTimeout as pause } from 'node:timers/promises';
import type { AccountId } from '../domain/account.ts';
import type { ReceivedMessages } from '../usecases/root-events/receive-root-events.ts';
import type { Log, RootEventFailure } from '../usecases/shared/context.ts';

/** A message of a queue; what proves its receipt is the queue's own business. */
interface Message {
  readonly body: string;
}

/** What the consumer needs of a queue. */
export interface MessageQueue<M extends Message = Message> {
  receive(signal: AbortSignal): Promise<readonly M[]>;
  extend(messages: readonly M[], seconds: number): Promise<void>;
  delete(messages: readonly M[]): Promise<void>;
  close(): void;
}

export interface RootEventConsumerOptions<M extends Message> {
  readonly openQueue: () => Promise<MessageQueue<M>>;
  /** Throws while nothing can be stored. */
  readonly ready: () => Promise<unknown>;
  /** Stores what messages say; once it returns they are deleted. */
  readonly store: (bodies: readonly string[]) => Promise<ReceivedMessages>;
  /** Tells the readers of incidents what is new. */
  readonly notify: () => Promise<unknown>;
  readonly check: (accountId: AccountId) => Promise<unknown>;
  readonly onReceived?: (received: ReceivedMessages) => void;
  readonly log: Log;
  readonly now?: () => Date;
  readonly timings?: Partial<ConsumerTimings>;
}

export interface ConsumerTimings {
  /** How often messages in hand are kept hidden for longer, and for how long. */
  readonly extendEveryMs: number;
  readonly extendBySeconds: number;
  /** After that a batch in hand is given up; the queue hands it out again. */
  readonly batchDeadlineMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

const TIMINGS: ConsumerTimings = {
  extendEveryMs: 20_000,
  extendBySeconds: 60,
  batchDeadlineMs: 5 * 60_000,
  minBackoffMs: 1_000,
  maxBackoffMs: 60_000,
};

/** Accounts checked at once, and most that wait for it: the next scan sees all the others. */
const CONCURRENT_CHECKS = 2;
const MAX_WAITING_CHECKS = 50;

export interface RootEventConsumer {
  /** Why nothing can be received; `null` while all is well. */
  problem(): string | null;
  /** The same, and since when. */
  failure(): RootEventFailure | null;
  /** Takes nothing more, and waits for what is in hand. */
  stop(): Promise<void>;
}

/**
 * Reads root events until it is stopped. A message is deleted only after the transaction that stored it; whatever goes
 * wrong before, the queue hands it out again.
 */
export function startRootEventConsumer<M extends Message>(
  options: RootEventConsumerOptions<M>,
): RootEventConsumer {
  const consumer = new Consumer(options);
  const running = consumer.run();
  return {
    problem: () => consumer.failure?.reason ?? null,
    failure: () => consumer.failure,
    async stop() {
      consumer.stopping.abort();
      await running;
    },
  };
}

interface StoredMessages<M> {
  readonly messages: readonly M[];
  readonly received: ReceivedMessages;
}

/** What was stored of a batch, and why the rest was not. */
interface StoredBatch<M> {
  readonly stored: readonly StoredMessages<M>[];
  readonly problem: unknown;
}

class Consumer<M extends Message> {
  failure: RootEventFailure | null = null;
  readonly stopping = new AbortController();
  private readonly options: RootEventConsumerOptions<M>;
  private readonly timings: ConsumerTimings;
  private readonly waitingChecks = new Set<AccountId>();
  private readonly runningChecks = new Set<Promise<unknown>>();
  private notifying: Promise<void> | undefined;
  private notifyAgain = false;

  constructor(options: RootEventConsumerOptions<M>) {
    this.options = options;
    this.timings = { ...TIMINGS, ...options.timings };
  }

  async run(): Promise<void> {
    const { log, now = () => new Date() } = this.options;
    let queue: MessageQueue<M> | undefined;
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      try {
        // A queue gives a message up after a few receives: none is spent on a database that is away.
        if (failures > 0) await this.options.ready();
        queue ??= await this.options.openQueue();
        await this.receiveBatch(queue);
        if (failures > 0) log.info({}, 'Root events can be received again');
        failures = 0;
        this.failure = null;
      } catch (error) {
        if (this.stopping.signal.aborted) break;
        failures += 1;
        const reason = error instanceof Error ? error.message : String(error);
        if (failures === 1) log.error({ err: error }, 'Root events cannot be received');
        this.failure = { reason, since: this.failure?.since ?? now() };
        await this.sleep(
          Math.min(this.timings.maxBackoffMs, this.timings.minBackoffMs * 2 ** (failures - 1)),
        );
      }
    }
    await this.notifying;
    await Promise.all(this.runningChecks);
    queue?.close();
  }

  private async receiveBatch(queue: MessageQueue<M>): Promise<void> {
    const messages = await queue.receive(this.stopping.signal);
    if (messages.length === 0) return;
    const { stored, problem } = await this.storeBatch(queue, messages);
    // Before the messages are deleted: if that fails they come again, and are not new then.
    for (const { received } of stored) this.followUp(received);
    if (stored.length > 0) await queue.delete(stored.flatMap(({ messages: these }) => these));
    if (problem !== undefined) throw problem;
  }

  private followUp(received: ReceivedMessages): void {
    this.options.onReceived?.(received);
    this.logReceived(received);
    if (received.events.length > 0) this.notify();
    for (const id of received.toCheck) this.check(id);
  }

  /** Keeps the messages hidden while they are being stored, however long the database takes. */
  private async storeBatch(queue: MessageQueue<M>, messages: readonly M[]): Promise<StoredBatch<M>> {
    const { log } = this.options;
    const { extendEveryMs, extendBySeconds, batchDeadlineMs } = this.timings;
    const extending = setInterval(() => {
      queue.extend(messages, extendBySeconds).catch((error: unknown) => {
        log.warn({ err: error }, 'Root events in hand could not be kept hidden');
      });
    }, extendEveryMs);
    const deadline = new AbortController();
    const late = pause(batchDeadlineMs, undefined, { signal: deadline.signal }).then(() => {
      throw new Error('Storing root events took too long');
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([this.storeTogether(messages, deadline.signal), late]);
    } finally {
      clearInterval(extending);
      deadline.abort();
    }
  }

  /** In one transaction; where that fails each message for itself, so that one of them keeps no other back. */
  private async storeTogether(messages: readonly M[], given: AbortSignal): Promise<StoredBatch<M>> {
    const { log, ready, store } = this.options;
    try {
      const received = await store(messages.map(({ body }) => body));
      return { stored: [{ messages, received }], problem: undefined };
    } catch (error) {
      if (messages.length === 1) throw error;
      log.warn({ err: error, messages: messages.length }, 'Root events could not be stored together');
    }
    await ready();
    const stored: StoredMessages<M>[] = [];
    let problem: unknown;
    for (const message of messages) {
      if (given.aborted) break;
      try {
        stored.push({ messages: [message], received: await store([message.body]) });
      } catch (error) {
        problem = error;
      }
    }
    return { stored, problem };
  }

  private logReceived({ events, doubled, rejected }: ReceivedMessages): void {
    const { log } = this.options;
    if (events.length > 0) log.info({ events: events.length, doubled }, 'Root events received');
    if (rejected.length > 0) log.warn({ reasons: rejected }, 'Messages of the root event queue rejected');
  }

  /** Runs one at a time; what arrives meanwhile is handled by the next run. */
  private notify(): void {
    if (this.notifying !== undefined) {
      this.notifyAgain = true;
      return;
    }
    this.notifying = this.options
      .notify()
      .catch((error: unknown) => {
        this.options.log.error({ err: error }, 'Readers of root events could not be notified');
      })
      .then(() => {
        this.notifying = undefined;
        if (!this.notifyAgain) return;
        this.notifyAgain = false;
        this.notify();
      });
  }

  private check(id: AccountId): void {
    if (this.waitingChecks.size < MAX_WAITING_CHECKS) this.waitingChecks.add(id);
    this.startChecks();
  }

  private startChecks(): void {
    for (const id of this.waitingChecks) {
      if (this.runningChecks.size >= CONCURRENT_CHECKS || this.stopping.signal.aborted) return;
      this.waitingChecks.delete(id);
      const check = this.options
        .check(id)
        .catch((error: unknown) => {
          this.options.log.warn(
            { err: error, account: id },
            'An account could not be checked after a root event',
          );
        })
        .finally(() => {
          this.runningChecks.delete(check);
          this.startChecks();
        });
      this.runningChecks.add(check);
    }
  }

  private async sleep(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
