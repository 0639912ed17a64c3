import { beforeEach, expect, test } from '@jest/globals';
import { LogLevel, WebClient } from '@slack/web-api';
import { createDispatcherClient } from '../../../src/slack/outbox/client.ts';
import { deliveryMarkOf } from '../../../src/slack/outbox/sender.ts';
import { claimDue, notificationByKey } from '../../../src/store/outbox.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { ANA, BEN } from '../../support/test-slack.ts';
import { aDispatcher, stateOf, textsIn, toSecurity } from './dispatcher-harness.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

const toBen = { to: { kind: 'person', id: BEN } } as const;
const MINUTE = 60_000;

test('a notification that Slack asked to hold back waits as long as asked, and others go on', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  slack.injectFault({ method: 'chat.postMessage', retryAfter: 40 });
  await write('digest', toSecurity);
  await dispatcher.deliverDue();
  await write('reminder');
  await write('more', toSecurity);

  await dispatcher.deliverDue();
  expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
  expect(slack.messagesIn('#security')).toEqual([]);

  clock.advance(39_000);
  await dispatcher.deliverDue();
  expect(slack.messagesIn('#security')).toEqual([]);

  clock.advance(1_000);
  await dispatcher.deliverDue();
  expect(textsIn(slack, '#security')).toEqual(['This is digest', 'This is more']);
  // The second notification to the channel was not even tried meanwhile.
  expect(slack.traffic.filter(({ status }) => status === 429)).toHaveLength(1);
});

test('when Slack holds back one channel after the other, all rest', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  slack.injectFault({ method: 'chat.postMessage', retryAfter: 30, times: Number.POSITIVE_INFINITY });
  for (let number = 0; number < 40; number += 1) {
    await write(`notification ${number}`, { to: { kind: 'channel', id: `C${number}` } });
  }

  await dispatcher.deliverDue();
  await dispatcher.deliverDue();

  expect(slack.calls('chat.postMessage')).toBeLessThan(12);
  expect(await stateOf(db, 'notification 39')).toBe('waiting');
  expect(clock.now().getTime()).toBeLessThan(new Date('2026-11-24T09:01:00Z').getTime());
});

test('a person whose conversation cannot be opened just now gets the notification later', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  slack.injectFault({ method: 'conversations.open', retryAfter: 30 });
  await write('reminder');

  expect(await dispatcher.deliverDue()).toMatchObject({ failed: 1 });
  clock.advance(30_000);
  expect(await dispatcher.deliverDue()).toMatchObject({ sent: 1 });
  expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
});

const faultCases = [
  { what: 'Slack answers with 500 and did nothing', fault: { status: 500 } },
  { what: 'Slack answers with 500 and sent it', fault: { status: 500, afterEffect: true } },
  { what: 'Slack answers with a 502 page of a proxy and sent it', fault: { status: 502, afterEffect: true } },
  { what: 'the connection is cut before anything happened', fault: { dropConnection: true } },
  { what: 'the reply is lost', fault: { afterEffect: true } },
  { what: 'Slack had an internal error and did nothing', fault: { error: 'internal_error' } },
  { what: 'Slack had a fatal error after it was sent', fault: { error: 'fatal_error', afterEffect: true } },
  { what: 'the answer comes too late', fault: { delayMs: 2_000, afterEffect: true }, timeoutMs: 1_000 },
] as const;

for (const { what, fault, ...patience } of faultCases) {
  test(`when ${what}, there is exactly one message in the end`, async () => {
    const { slack, dispatcher, write, clock } = await aDispatcher(db, patience);
    await write('reminder');
    slack.injectFault({ method: 'chat.postMessage', ...fault });

    const first = await dispatcher.deliverDue();
    // A call that was given up may still be at work.
    await slack.waitUntil(() => slack.calls('chat.postMessage') === 1);
    clock.advance(MINUTE);
    await dispatcher.deliverDue();

    expect(first).toMatchObject({ uncertain: 1, sent: 0 });
    expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
    expect(await stateOf(db, 'reminder')).toBe('sent');
  });

  test(`when ${what}, there is exactly one message in the thread, too`, async () => {
    const { slack, dispatcher, write, clock } = await aDispatcher(db, patience);
    await write('digest', toSecurity);
    await dispatcher.deliverDue();
    await write('details', { ...toSecurity, thread: 'digest' });
    slack.injectFault({ method: 'chat.postMessage', ...fault });

    await dispatcher.deliverDue();
    await slack.waitUntil(() => slack.calls('chat.postMessage') === 2);
    clock.advance(MINUTE);
    await dispatcher.deliverDue();

    const [digest, ...details] = slack.messagesIn('#security');
    expect(details).toMatchObject([{ text: 'This is details', threadTs: digest?.ts }]);
  });
}

test('the search for a message whose reply was lost is not too early', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  await write('reminder');
  slack.injectFault({ method: 'chat.postMessage', afterEffect: true });

  await dispatcher.deliverDue();
  clock.advance(29_000);
  await dispatcher.deliverDue();
  expect(slack.calls('conversations.history')).toBe(0);

  clock.advance(1_000);
  expect(await dispatcher.deliverDue()).toMatchObject({ found: 1, edited: 1, sent: 0 });
});

test('a notification that was cut off by a crash is looked for, found, and brought up to date', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  const { dispatcher: neighbour } = await aDispatcher(db);
  await write('reminder');
  await claimAndDie(clock.now());
  await sendAsEarlierProcess(slack, 'reminder');

  expect(await neighbour.deliverDue()).toMatchObject({ sent: 0 });
  clock.advance(3 * MINUTE);
  expect(await dispatcher.deliverDue()).toMatchObject({ found: 1, edited: 1, sent: 0 });

  expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
  expect(await notificationByKey(db, 'reminder')).toMatchObject({ state: 'sent', renderedRevision: 1 });
});

test('a notification that was interrupted before it was sent is not found, and is sent', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  await write('reminder');
  await claimAndDie(clock.now());

  clock.advance(3 * MINUTE);
  expect(await dispatcher.deliverDue()).toMatchObject({ found: 0, sent: 1 });

  expect(slack.calls('conversations.history')).toBe(1);
  expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
});

test('a message is found below hundreds of others', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  await write('digest', toSecurity);
  await claimAndDie(clock.now());
  await sendAsEarlierProcess(slack, 'digest', 'C01SECURITY');
  for (let number = 0; number < 450; number += 1) postChatMessage(slack, 'C01SECURITY', `Hello ${number}`);

  clock.advance(3 * MINUTE);

  expect(await dispatcher.deliverDue()).toMatchObject({ found: 1, sent: 0 });
  expect(slack.calls('conversations.history')).toBe(3);
});

test('a message of another author with our mark is not ours', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  await write('digest', toSecurity);
  await claimAndDie(clock.now());
  postChatMessage(slack, 'C01SECURITY', 'Forged', metadataFor('digest'));

  clock.advance(3 * MINUTE);

  expect(await dispatcher.deliverDue()).toMatchObject({ found: 0, sent: 1 });
});

test.each([
  { method: 'conversations.history', status: 500 },
  { method: 'conversations.history', retryAfter: 20 },
  { method: 'conversations.history', error: 'missing_scope' },
  { method: 'conversations.open', dropConnection: true },
  { method: 'auth.test', status: 503 },
])(
  'while the search fails ($method $status $retryAfter $error), the notification is not sent again',
  async (fault) => {
    const { slack, dispatcher, write, clock } = await aDispatcher(db);
    await write('reminder');
    await claimAndDie(clock.now());
    await sendAsEarlierProcess(slack, 'reminder');
    clock.advance(3 * MINUTE);
    slack.injectFault(fault);

    expect(await dispatcher.deliverDue()).toMatchObject({ uncertain: 1 });
    expect(await stateOf(db, 'reminder')).toBe('uncertain');
    clock.advance(5 * MINUTE);

    expect(await dispatcher.deliverDue()).toMatchObject({ found: 1 });
    expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
  },
);

test('when Slack cannot be reached the notification surely was not sent, and waits longer each time', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db, { client: unreachableClient() });
  await write('digest', toSecurity);
  const waits: number[] = [];

  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await dispatcher.deliverDue();
    const [row] = await db.query<{ due_at: Date; state: string }>('select due_at, state from outbox');
    expect(row?.state).toBe('waiting');
    waits.push(((row?.due_at.getTime() ?? 0) - clock.now().getTime()) / 1000);
    clock.advance(15 * MINUTE);
  }

  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
  expect(slack.messagesIn('#security')).toEqual([]);
});

test('the wait after a failure is anywhere between half of it and all of it', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db, { random: () => 0 });
  slack.injectFault({ method: 'conversations.open', status: 500 });
  await write('reminder');

  await dispatcher.deliverDue();
  clock.advance(2_500);

  expect(await dispatcher.deliverDue()).toMatchObject({ sent: 1 });
});

test('a notification that fails holds up neither its neighbours nor those to the same person', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  slack.injectFault({ method: 'chat.postMessage', status: 500 });
  await write('first');
  await dispatcher.deliverDue();
  await write('second');
  await write('third', toBen);

  await dispatcher.deliverDue();

  expect(textsIn(slack, ANA)).toEqual(['This is second']);
  expect(textsIn(slack, BEN)).toEqual(['This is third']);
});

test('the client makes each call once, whatever comes back', async () => {
  const { slack, client } = await aDispatcher(db);
  slack.injectFault({ method: 'auth.test', status: 500 });
  slack.injectFault({ method: 'auth.test', retryAfter: 1 });

  await expect(client.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_http_error' });
  await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 1 });

  expect(slack.calls('auth.test')).toBe(2);
});

test('no token and no text of a notification reaches the log', async () => {
  const { slack, dispatcher, write, lines, clock } = await aDispatcher(db);
  for (const fault of [
    { status: 500 },
    { dropConnection: true },
    { error: 'invalid_blocks' },
    { error: 'odd' },
  ]) {
    slack.injectFault({ method: 'chat.postMessage', ...fault });
    await write(`notification ${lines.length}`, { payload: 'secret words' });
    await dispatcher.deliverDue();
    clock.advance(MINUTE);
  }

  expect(lines.length).toBeGreaterThan(3);
  expect(JSON.stringify(lines)).not.toMatch(/secret words|xoxb/);
});

/** A client whose network refuses every connection, in the words of Node's own fetch. */
function unreachableClient(): WebClient {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443'), { code: 'ECONNREFUSED' });
  return new WebClient('xoxb-none', {
    fetch: () => Promise.reject(new TypeError('fetch failed', { cause: refused })),
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  });
}

async function claimAndDie(at: Date): Promise<void> {
  await claimDue(db, { by: 'a process that died', at, limit: 10, leaseMs: 2 * MINUTE });
}

type Slack = Awaited<ReturnType<typeof aDispatcher>>['slack'];

/** What the process that died had said already. */
async function sendAsEarlierProcess(slack: Slack, key: string, channel = ANA): Promise<void> {
  const client = createDispatcherClient({ token: slack.botToken, slackApiUrl: slack.apiUrl });
  await client.chat.postMessage({ channel, text: 'An older wording', metadata: metadataFor(key) });
}

function metadataFor(key: string) {
  return { event_type: 'root_mfa_letter', event_payload: { key: deliveryMarkOf(key) } };
}

function postChatMessage(
  slack: Slack,
  channel: string,
  text: string,
  metadata: ReturnType<typeof metadataFor> | null = null,
) {
  const nothing = { threadTs: null, ephemeralTo: null, files: [], blocks: [] };
  slack.workspace.post({ ...nothing, channel, text, metadata, from: ANA, fromBot: false });
}
