import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from '@jest/globals';
import { MANAGEMENT, startSimulation } from './simulation.ts';

const clients: SQSClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** The queue of a running simulation, and the real SDK in front of it. */
async function startQueue() {
  const { aws } = await startSimulation();
  const { accessKeyId, secretAccessKey } = aws.credentialsFor('management');
  const client = new SQSClient({
    endpoint: aws.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
  clients.push(client);
  const QueueUrl = aws.rootEventQueueUrl;
  return {
    queue: aws.rootEventQueue,
    send: (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    sendMany: (...bodies: string[]) =>
      client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
        }),
      ),
    receive: async (over: { VisibilityTimeout?: number; WaitTimeSeconds?: number } = {}) => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          ...over,
        }),
      );
      return Messages;
    },
    delete: (...receipts: (string | undefined)[]) =>
      client.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      ),
    show: (ReceiptHandle: string | undefined) =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 })),
    depth: async () => {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return [
        Attributes?.['ApproximateNumberOfMessages'],
        Attributes?.['ApproximateNumberOfMessagesNotVisible'],
      ];
    },
  };
}

test('a message is hidden while it is processed, and gone once it is deleted', async () => {
  const { send, receive, delete: remove, depth } = await startQueue();
  await send('one "message" with ümläuts');

  const [message] = await receive();
  expect(message?.Body).toBe('one "message" with ümläuts');
  expect(await receive()).toEqual([]);
  expect(await depth()).toEqual(['0', '1']);

  await remove(message?.ReceiptHandle);
  expect(await depth()).toEqual(['0', '0']);
});

test('a message that is not deleted comes again, and says how often it did', async () => {
  const { send, receive, show } = await startQueue();
  await send('again');
  const [first] = await receive();

  await show(first?.ReceiptHandle);

  const [second] = await receive();
  expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
});

test('a message that no one can process ends in the dead-letter queue', async () => {
  const { queue, send, receive } = await startQueue();
  queue.behavior.maxReceives = 2;
  await send('poison');

  for (let time = 0; time < 3; time += 1) await receive({ VisibilityTimeout: 0 });

  expect(queue.deadLetters).toEqual(['poison']);
  expect(await receive()).toEqual([]);
});

test('a deleted message can come a second time', async () => {
  const { queue, send, receive, delete: remove } = await startQueue();
  queue.behavior.duplicateRate = 1;
  await send('twice');
  const [first] = await receive();

  await remove(first?.ReceiptHandle);

  expect((await receive()).map(({ Body }) => Body)).toEqual(['twice']);
});

test('a reader that waits is answered as soon as a message comes', async () => {
  const { send, receive } = await startQueue();
  const waiting = receive({ WaitTimeSeconds: 20 });

  await send('now');

  expect((await waiting).map(({ Body }) => Body)).toEqual(['now']);
});

test('many are sent at once', async () => {
  const { sendMany, receive } = await startQueue();
  await sendMany('a', 'b', 'c');

  expect((await receive()).map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
});

test('a wrong policy and a deleted queue give different errors', async () => {
  const { queue, receive } = await startQueue();
  queue.denied = true;
  await expect(receive({ WaitTimeSeconds: 20 })).rejects.toMatchObject({ name: 'AccessDeniedException' });

  queue.denied = false;
  queue.exists = false;
  await expect(receive()).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  expect(queue.path).toBe(`/${MANAGEMENT}/root-mfa-events`);
});
