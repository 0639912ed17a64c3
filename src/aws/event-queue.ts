import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { toAwsFailure } from './failure.ts';
import { WholeResponseHandler } from './http-handler.ts';

/** A message that is hidden from other readers until its visibility ends. */
export interface QueueMessage {
  readonly body: string;
  /** Proves that this reader received it. */
  readonly receipt: string;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** How full the queue is. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

/** The SQS queue to which accounts send their root events. */
export interface EventQueue {
  /** Waits up to 20 seconds for messages, and takes up to 100 if they are there already. */
  receive(signal: AbortSignal): Promise<readonly QueueMessage[]>;
  /** Keeps messages hidden for that long from now on. */
  extend(messages: readonly QueueMessage[], seconds: number): Promise<void>;
  delete(messages: readonly QueueMessage[]): Promise<void>;
  /** Reads the depth; throws an error whose message says what is wrong with the queue. */
  depth(): Promise<QueueDepth>;
  close(): void;
}

export interface EventQueueOptions {
  readonly queueUrl: string;
  /** How long one call waits for messages. */
  readonly waitSeconds?: number;
  readonly visibilitySeconds?: number;
  readonly requestTimeoutMs?: number;
}

/** As many as SQS hands out at once. */
const MAX_MESSAGES = 10;
/** Calls side by side where many messages wait: one transaction then stores them all. */
const MAX_RECEIVES = 10;

/** Opens the queue; credentials come from the SDK's own chain, the Region from the address. */
export function openEventQueue(options: EventQueueOptions): EventQueue {
  return new SqsEventQueue(options);
}

class SqsEventQueue implements EventQueue {
  readonly #queueUrl: string;
  readonly #waitSeconds: number;
  readonly #visibilitySeconds: number;
  readonly #requestTimeoutMs: number;
  readonly #client: SQSClient;

  constructor({
    queueUrl,
    waitSeconds = 20,
    visibilitySeconds = 60,
    requestTimeoutMs = 10_000,
  }: EventQueueOptions) {
    this.#queueUrl = queueUrl;
    this.#waitSeconds = waitSeconds;
    this.#visibilitySeconds = visibilitySeconds;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#client = new SQSClient({
      region: regionOf(queueUrl),
      maxAttempts: 3,
      requestHandler: new WholeResponseHandler({
        connectionTimeout: 5_000,
        // Longer than the longest poll, or a quiet queue would look like a broken one.
        requestTimeout: waitSeconds * 1_000 + requestTimeoutMs,
        throwOnRequestTimeout: true,
      }),
    });
  }

  async receive(signal: AbortSignal): Promise<readonly QueueMessage[]> {
    const first = await this.#receiveOnce(this.#waitSeconds, signal);
    if (first.length < MAX_MESSAGES) return first;
    // A full answer means that more is waiting. What fails here is handed out again.
    const more = await Promise.allSettled(
      Array.from({ length: MAX_RECEIVES - 1 }, () => this.#receiveOnce(0, signal)),
    );
    return [...first, ...more.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))];
  }

  async extend(messages: readonly QueueMessage[], seconds: number): Promise<void> {
    await forEachBatch(messages, (batch) =>
      this.#client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: batch.map(({ receipt }, index) => ({
            Id: String(index),
            ReceiptHandle: receipt,
            VisibilityTimeout: seconds,
          })),
        }),
        this.#withDeadline(),
      ),
    );
  }

  async delete(messages: readonly QueueMessage[]): Promise<void> {
    await forEachBatch(messages, async (batch) => {
      const { Failed: failed = [] } = await this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: batch.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt })),
        }),
        this.#withDeadline(),
      );
      const [refused] = failed;
      if (refused) {
        throw new Error(`SQS did not delete ${failed.length} message(s): ${refused.Code ?? 'no code'}`);
      }
    });
  }

  async depth(): Promise<QueueDepth> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.#queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const { Attributes: attributes } = await this.#client
      .send(command, this.#withDeadline())
      .catch((error: unknown) => {
        throw toAwsFailure('Cannot read the queue of root events', error);
      });
    return {
      waiting: Number(attributes?.['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    };
  }

  close(): void {
    this.#client.destroy();
  }

  async #receiveOnce(seconds: number, signal: AbortSignal): Promise<readonly QueueMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#queueUrl,
      MaxNumberOfMessages: MAX_MESSAGES,
      WaitTimeSeconds: seconds,
      VisibilityTimeout: this.#visibilitySeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const { Messages: messages = [] } = await this.#client
      .send(command, { abortSignal: signal })
      .catch((error: unknown) => {
        throw toAwsFailure('Cannot receive root events', error);
      });
    return messages.map(({ Body, ReceiptHandle, Attributes }) => ({
      body: Body ?? '',
      receipt: ReceiptHandle ?? '',
      receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
    }));
  }

  #withDeadline(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#requestTimeoutMs) };
  }
}

/** Calls for ten messages at a time, as many as SQS takes at once, side by side. */
async function forEachBatch(
  messages: readonly QueueMessage[],
  call: (batch: readonly QueueMessage[]) => Promise<unknown>,
): Promise<void> {
  const batches: (readonly QueueMessage[])[] = [];
  for (let start = 0; start < messages.length; start += MAX_MESSAGES) {
    batches.push(messages.slice(start, start + MAX_MESSAGES));
  }
  await Promise.all(batches.map(call));
}

/** Where nothing names a Region: rules send root events to a queue in this one. */
const DEFAULT_REGION = 'us-east-1';

/** The Region in the address of a queue. */
function regionOf(queueUrl: string): string {
  return /^sqs\.([a-z0-9-]+)\.amazonaws\./.exec(new URL(queueUrl).hostname)?.[1] ?? DEFAULT_REGION;
}
