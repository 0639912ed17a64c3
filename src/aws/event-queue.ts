import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { toAwsFailure } from './failure.ts';

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
  /** Waits up to 20 seconds for messages. */
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

/** Opens the queue; credentials come from the SDK's own chain, the Region from the address. */
export function openEventQueue({
  queueUrl,
  waitSeconds = 20,
  visibilitySeconds = 60,
  requestTimeoutMs = 10_000,
}: EventQueueOptions): EventQueue {
  const client = new SQSClient({
    region: regionOf(queueUrl),
    maxAttempts: 3,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 5_000,
      // Longer than the longest poll, or a quiet queue would look like a broken one.
      requestTimeout: waitSeconds * 1_000 + requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  });
  const withDeadline = () => ({ abortSignal: AbortSignal.timeout(requestTimeoutMs) });

  return {
    async receive(signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: MAX_MESSAGES,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const { Messages: messages = [] } = await client
        .send(command, { abortSignal: signal })
        .catch((error: unknown) => {
          throw toAwsFailure('Cannot receive root events', error);
        });
      return messages.map(({ Body, ReceiptHandle, Attributes }) => ({
        body: Body ?? '',
        receipt: ReceiptHandle ?? '',
        receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
      }));
    },

    async extend(messages, seconds) {
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map(({ receipt }, index) => ({
            Id: String(index),
            ReceiptHandle: receipt,
            VisibilityTimeout: seconds,
          })),
        }),
        withDeadline(),
      );
    },

    async delete(messages) {
      const { Failed: failed = [] } = await client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt })),
        }),
        withDeadline(),
      );
      const [first] = failed;
      if (first)
        throw new Error(`SQS did not delete ${failed.length} message(s): ${first.Code ?? 'no code'}`);
    },

    async depth() {
      try {
        const { Attributes: attributes } = await client.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrl,
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
          }),
          withDeadline(),
        );
        return {
          waiting: Number(attributes?.['ApproximateNumberOfMessages'] ?? 0),
          inFlight: Number(attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
        };
      } catch (error) {
        throw toAwsFailure('Cannot read the queue of root events', error);
      }
    },

    close: () => client.destroy(),
  };
}

/** Where nothing names a Region: rules send root events to a queue in this one. */
const DEFAULT_REGION = 'us-east-1';

/** The Region in the address of a queue. */
function regionOf(queueUrl: string): string {
  return /^sqs\.([a-z0-9-]+)\.amazonaws\./.exec(new URL(queueUrl).hostname)?.[1] ?? DEFAULT_REGION;
}
