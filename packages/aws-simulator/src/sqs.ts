import { AwsError } from './aws-error.ts';
import { md5, type SimulatedQueue } from './queue.ts';
import type { Signer } from './sessions.ts';
import type { AwsResult, Parameters } from './wire.ts';

/** What an SQS operation needs to answer. */
export interface SqsRequest {
  readonly queue: SimulatedQueue;
  readonly signer: Signer;
  readonly parameters: Parameters;
}

/** The SQS operations, by name. */
export const SQS_OPERATIONS: Readonly<Record<string, (request: SqsRequest) => AwsResult>> = {
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  GetQueueAttributes: getQueueAttributes,
};

const MAX_BATCH = 10;
const MAX_WAIT_SECONDS = 20;

/** Throws where the caller names another queue, or the queue denies access. */
export function checkQueueAccess({ queue, signer, parameters }: SqsRequest, operation: string): void {
  const url = parameters.text('QueueUrl') ?? '';
  if (!queue.exists || !url.endsWith(queue.path)) {
    throw new AwsError(
      'com.amazonaws.sqs#QueueDoesNotExist',
      'The specified queue does not exist or you do not have access to it.',
    );
  }
  if (queue.denied) {
    throw new AwsError(
      'AccessDeniedException',
      `User: ${signer.arn} is not authorized to perform: sqs:${operation.toLowerCase()} on resource: arn:aws:sqs:us-east-1:${queue.accountId}:${queue.name} because no resource-based policy allows the sqs:${operation.toLowerCase()} action`,
      403,
    );
  }
}

/** How long a call waits for messages before it answers; 0 where it answers at once. */
export function pollMsOf(operation: string, { queue, parameters }: SqsRequest): number {
  if (operation !== 'ReceiveMessage' || queue.depth().visible > 0) return 0;
  if (queue.denied || !queue.exists) return 0;
  return Math.min(parameters.number('WaitTimeSeconds') ?? 0, MAX_WAIT_SECONDS) * 1_000;
}

function sendMessage({ queue, parameters }: SqsRequest): AwsResult {
  const { id, md5: digest } = queue.send(parameters.text('MessageBody') ?? '');
  return { json: { MessageId: id, MD5OfMessageBody: digest } };
}

function sendMessageBatch({ queue, parameters }: SqsRequest): AwsResult {
  const successful = entriesOf(parameters).map((entry) => {
    const { id, md5: digest } = queue.send(String(entry['MessageBody'] ?? ''));
    return { Id: entry['Id'], MessageId: id, MD5OfMessageBody: digest };
  });
  return { json: { Successful: successful, Failed: [] } };
}

function receiveMessage({ queue, parameters }: SqsRequest): AwsResult {
  const max = parameters.number('MaxNumberOfMessages') ?? 1;
  if (max < 1 || max > MAX_BATCH) {
    throw new AwsError('InvalidParameterValue', `Value ${max} for parameter MaxNumberOfMessages is invalid`);
  }
  const messages = queue.receive(max, parameters.number('VisibilityTimeout'));
  return {
    json: {
      ...(messages.length > 0 && {
        Messages: messages.map(({ id, receipt, body, receives, sentAt }) => ({
          MessageId: id,
          ReceiptHandle: receipt,
          Body: body,
          MD5OfBody: md5(body),
          Attributes: {
            ApproximateReceiveCount: String(receives),
            SentTimestamp: String(sentAt.getTime()),
          },
        })),
      }),
    },
  };
}

function deleteMessage({ queue, parameters }: SqsRequest): AwsResult {
  queue.delete(parameters.text('ReceiptHandle') ?? '');
  return { json: {} };
}

function deleteMessageBatch({ queue, parameters }: SqsRequest): AwsResult {
  // SQS says yes to a receipt that is no longer the newest: the message comes again.
  const successful = entriesOf(parameters).map((entry) => {
    queue.delete(String(entry['ReceiptHandle'] ?? ''));
    return { Id: entry['Id'] };
  });
  return { json: { Successful: successful, Failed: [] } };
}

function changeMessageVisibility({ queue, parameters }: SqsRequest): AwsResult {
  queue.changeVisibility(parameters.text('ReceiptHandle') ?? '', parameters.number('VisibilityTimeout') ?? 0);
  return { json: {} };
}

function changeMessageVisibilityBatch({ queue, parameters }: SqsRequest): AwsResult {
  const results = entriesOf(parameters).map((entry) => ({
    id: entry['Id'],
    changed: queue.changeVisibility(
      String(entry['ReceiptHandle'] ?? ''),
      Number(entry['VisibilityTimeout'] ?? 0),
    ),
  }));
  return {
    json: {
      Successful: results.filter(({ changed }) => changed).map(({ id }) => ({ Id: id })),
      Failed: results
        .filter(({ changed }) => !changed)
        .map(({ id }) => ({ Id: id, Code: 'MessageNotInflight', SenderFault: true })),
    },
  };
}

function getQueueAttributes({ queue }: SqsRequest): AwsResult {
  const { visible, hidden } = queue.depth();
  return {
    json: {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        QueueArn: `arn:aws:sqs:us-east-1:${queue.accountId}:${queue.name}`,
      },
    },
  };
}

function entriesOf(parameters: Parameters): readonly Readonly<Record<string, unknown>>[] {
  const entries = parameters.list('Entries');
  if (entries.length === 0 || entries.length > MAX_BATCH) {
    throw new AwsError('com.amazonaws.sqs#TooManyEntriesInBatchRequest', 'Expected 1 to 10 entries');
  }
  return entries;
}
