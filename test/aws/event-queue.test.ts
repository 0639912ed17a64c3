import { afterEach, expect, test } from '@jest/globals';
import { SimulatedOrganization, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { type EventQueue, type EventQueueOptions, openEventQueue } from '../../src/aws/event-queue.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
const forever = new AbortController().signal;

async function aQueue(options: Partial<EventQueueOptions> = {}) {
  const managementAccountId = '100000000001';
  const organization = new SimulatedOrganization({
    managementAccountId,
    accounts: [{ id: managementAccountId, name: 'management' }],
  });
  const aws = await startSimulatedAws({ organization });
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, aws.environment('management'));
  const queue: EventQueue = openEventQueue({ queueUrl: aws.rootEventQueueUrl, waitSeconds: 0, ...options });
  closers.push(
    () => queue.close(),
    () => aws.close(),
  );
  return { queue, simulated: aws.rootEventQueue, organization };
}

const count = (length: number) => Array.from({ length }, (_, n) => `message ${n}`);

test('many messages are taken at once, and are gone once they are deleted', async () => {
  const { queue, simulated } = await aQueue();
  for (const body of count(57)) simulated.send(body);

  const messages = await queue.receive(forever);

  expect(messages.map(({ body }) => body).sort()).toEqual(count(57).sort());
  expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 57 });
  await queue.delete(messages);
  expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0 });
});

test('a message that is kept hidden does not come again meanwhile', async () => {
  const { queue, simulated } = await aQueue();
  simulated.send('slow');
  const messages = await queue.receive(forever);

  await queue.extend(messages, 0);
  const [again] = await queue.receive(forever);

  expect(again).toMatchObject({ body: 'slow', receives: 2 });
});

test.each([
  [
    'a policy that does not let the bot in',
    { denied: true },
    /^Cannot receive root events: access is denied/,
  ],
  ['a queue that is gone', { exists: false }, /^Cannot receive root events: the queue does not exist/],
])('%s is said in a sentence', async (_, state, message) => {
  const { queue, simulated } = await aQueue();
  Object.assign(simulated, state);

  await expect(queue.receive(forever)).rejects.toThrow(message);
});

test.each(['RequestExpired', 'InvalidSignatureException'])(
  'a clock that is wrong is named where AWS refuses a request for its time (%s)',
  async (code) => {
    const { queue, organization } = await aQueue();
    organization.setFault('*', 'sqs:ReceiveMessage', { kind: 'error', code });

    await expect(queue.receive(forever)).rejects.toThrow(
      /^Cannot receive root events: .*clock of this machine/,
    );
  },
);

test('a transient fault is retried', async () => {
  const { queue, simulated, organization } = await aQueue();
  organization.setFault('*', 'sqs:ReceiveMessage', { kind: 'throttle', times: 1 });
  simulated.send('at last');

  expect((await queue.receive(forever)).map(({ body }) => body)).toEqual(['at last']);
});

test.each(['hang', 'stall'] as const)('an answer that never ends times out (%s)', async (kind) => {
  const { queue, simulated, organization } = await aQueue({ requestTimeoutMs: 300 });
  organization.setFault('*', 'sqs:ReceiveMessage', { kind });
  simulated.send('half');

  await expect(queue.receive(forever)).rejects.toThrow(/^Cannot receive root events: /);
});
