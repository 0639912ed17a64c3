import { beforeEach, expect, test } from '@jest/globals';
import { deliveryMarkOf } from '../../../src/slack/outbox/sender.ts';
import {
  notificationByKey,
  type Recipient,
  updateNotification,
  withdrawNotification,
} from '../../../src/store/outbox.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { ANA, BEN, FRANK, XENA } from '../../support/test-slack.ts';
import { aDispatcher, stateOf, textsIn, toSecurity } from './dispatcher-harness.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

const toBen = { to: { kind: 'person', id: BEN } } as const;

test('a notification to a person is a direct message, and the outbox knows which', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  await write('reminder');

  const report = await dispatcher.deliverDue();

  const [message] = slack.messagesIn(ANA);
  expect(report).toMatchObject({ sent: 1, failed: 0 });
  expect(message?.text).toBe('This is reminder');
  expect(await notificationByKey(db, 'reminder')).toMatchObject({
    state: 'sent',
    message: { channel: 'D03ANA', ts: message?.ts },
    renderedRevision: 1,
  });
});

test('a message bears an opaque mark, and shows no previews of its links', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  await write('reminder/111122223333');

  await dispatcher.deliverDue();

  const [message] = slack.messagesIn(ANA);
  const [call] = slack.traffic.filter(({ method }) => method === 'chat.postMessage');
  expect(message?.metadata).toEqual({
    event_type: 'root_mfa_letter',
    event_payload: { key: deliveryMarkOf('reminder/111122223333') },
  });
  expect(JSON.stringify(message?.metadata)).not.toContain('111122223333');
  expect(call?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
});

test('the conversation with a person is looked up once', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  await write('first');
  await write('second');

  await dispatcher.deliverDue();

  expect(textsIn(slack, ANA)).toEqual(['This is first', 'This is second']);
  expect(slack.calls('conversations.open')).toBe(1);
});

test('a notification in a thread follows the one that opens it, and is sent into its thread', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  await write('details', { ...toSecurity, thread: 'digest' });
  await write('digest', toSecurity);

  await dispatcher.deliverDue();

  const [digest, details] = slack.messagesIn('#security');
  expect(digest).toMatchObject({ text: 'This is digest', threadTs: null });
  expect(details).toMatchObject({ text: 'This is details', threadTs: digest?.ts });
});

test('a notification whose thread was deleted is sent outside it', async () => {
  const { slack, dispatcher, write, lines } = await aDispatcher(db);
  await write('digest', toSecurity);
  await dispatcher.deliverDue();
  const [digest] = slack.messagesIn('#security');
  if (digest) slack.workspace.remove(digest);
  await write('details', { ...toSecurity, thread: 'digest' });

  await dispatcher.deliverDue();

  expect(slack.messagesIn('#security')).toMatchObject([{ text: 'This is details', threadTs: null }]);
  expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('Thread not found') }]);
});

test('a notification rewritten after it was sent becomes an edit of its message, blocks and all', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  await write('reminder');
  await dispatcher.deliverDue();

  await updateNotification(db, 'reminder', 'Thank you');
  const report = await dispatcher.deliverDue();

  expect(report).toMatchObject({ sent: 0, edited: 1 });
  expect(slack.messagesIn(ANA)).toMatchObject([
    {
      text: 'Thank you',
      blocks: [{ text: { text: 'Thank you' } }],
      metadata: { event_payload: { key: deliveryMarkOf('reminder') } },
    },
  ]);
});

test('a deleted message stays sent when its notification is rewritten', async () => {
  const { slack, dispatcher, write, lines } = await aDispatcher(db);
  await write('reminder');
  await dispatcher.deliverDue();
  for (const message of slack.messagesIn(ANA)) slack.workspace.remove(message);

  await updateNotification(db, 'reminder', 'Thank you');
  const report = await dispatcher.deliverDue();

  expect(report).toMatchObject({ kept: 1, sent: 0 });
  expect(slack.messagesIn(ANA)).toEqual([]);
  expect(await notificationByKey(db, 'reminder')).toMatchObject({
    state: 'sent',
    lastError: expect.stringContaining('The message was deleted'),
  });
  expect(lines).toMatchObject([{ level: 'warn', message: 'Message cannot be edited' }]);
});

test('an edit that Slack answers late, with trouble or not at all is made again', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  await write('reminder');
  await dispatcher.deliverDue();
  await updateNotification(db, 'reminder', 'Thank you');
  slack.injectFault({ method: 'chat.update', retryAfter: 5 });
  slack.injectFault({ method: 'chat.update', status: 503 });
  slack.injectFault({ method: 'chat.update', afterEffect: true });

  for (const _ of [1, 2, 3, 4]) {
    await dispatcher.deliverDue();
    clock.advance(60_000);
  }

  expect(textsIn(slack, ANA)).toEqual(['Thank you']);
  expect(slack.calls('chat.postMessage')).toBe(1);
  expect(await notificationByKey(db, 'reminder')).toMatchObject({ state: 'sent', renderedRevision: 2 });
});

test('a withdrawn notification is never sent', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  await write('reminder');
  await withdrawNotification(db, 'reminder');

  await dispatcher.deliverDue();

  expect(slack.messagesIn(ANA)).toEqual([]);
});

const neverDelivered = [
  {
    who: 'an unknown person',
    to: { kind: 'person', id: 'U0NOBODY' },
    says: /does not know this person.*user_not_found/,
  },
  { who: 'a person who left', to: { kind: 'person', id: FRANK }, says: /deactivated.*user_disabled/ },
  { who: 'another company', to: { kind: 'person', id: XENA }, says: /another company.*user_not_visible/ },
  {
    who: 'no channel',
    to: { kind: 'channel', id: 'C0NONE' },
    says: /cannot find the conversation.*channel_not_found/,
  },
  {
    who: 'a channel without the bot',
    to: { kind: 'channel', id: 'C02GENERAL' },
    says: /invite it.*not_in_channel/,
  },
  { who: 'an archived channel', to: { kind: 'channel', id: 'C06OLD' }, says: /archived.*is_archived/ },
] as const;

for (const { who, to, says } of neverDelivered) {
  test(`a notification to ${who} is dead after one attempt, and says what to do`, async () => {
    const { dispatcher, write, lines } = await aDispatcher(db);
    await write('notification', { to });

    const report = await dispatcher.deliverDue();

    expect(report).toMatchObject({ dead: 1 });
    expect(await notificationByKey(db, 'notification')).toMatchObject({
      state: 'dead',
      attempts: 1,
      lastError: expect.stringMatching(says),
    });
    expect(lines).toMatchObject([{ level: 'error', message: 'Notification undeliverable' }]);
  });
}

test.each(['cannot_dm_bot', 'restricted_action', 'restricted_action_read_only_channel'])(
  'a notification that Slack refuses with %s is dead, and delays no other',
  async (error) => {
    const { slack, dispatcher, write } = await aDispatcher(db);
    slack.injectFault({ method: 'chat.postMessage', error });
    await write('notification');
    await write('next');

    await dispatcher.deliverDue();

    expect(await stateOf(db, 'notification')).toBe('dead');
    expect(textsIn(slack, ANA)).toEqual(['This is next']);
  },
);

test('a channel that must not get a notification gets none, and the notification dies with the reason', async () => {
  const blockReason = async ({ id }: Recipient) =>
    id === 'C03SHARED' ? 'The channel is shared with another company: choose another' : undefined;
  const { slack, dispatcher, write, lines } = await aDispatcher(db, { blockReason });
  await write('leak', { to: { kind: 'channel', id: 'C03SHARED' } });
  await write('fine', toSecurity);

  await dispatcher.deliverDue();

  expect(slack.messagesIn('#shared-with-partner')).toEqual([]);
  expect(textsIn(slack, '#security')).toEqual(['This is fine']);
  expect(await notificationByKey(db, 'leak')).toMatchObject({
    state: 'dead',
    lastError: 'The channel is shared with another company: choose another',
  });
  expect(lines).toMatchObject([{ level: 'error', fields: { notification: 'leak' } }]);
});

test('a message in a channel that is shared meanwhile is edited no more', async () => {
  let shared = false;
  const blockReason = async () => (shared ? 'The channel is shared with another company' : undefined);
  const { slack, dispatcher, write } = await aDispatcher(db, { blockReason });
  await write('digest', toSecurity);
  await dispatcher.deliverDue();

  shared = true;
  await updateNotification(db, 'digest', 'Newer secrets');
  await dispatcher.deliverDue();

  expect(textsIn(slack, '#security')).toEqual(['This is digest']);
  expect(await stateOf(db, 'digest')).toBe('sent');
});

test('while the channel policy cannot be checked, a notification waits', async () => {
  let asked = 0;
  const blockReason = async () => {
    asked += 1;
    if (asked === 1) throw new Error('Slack is away');
    return undefined;
  };
  const { slack, dispatcher, write, clock } = await aDispatcher(db, { blockReason });
  await write('digest', toSecurity);

  expect(await dispatcher.deliverDue()).toMatchObject({ failed: 1 });
  expect(slack.messagesIn('#security')).toEqual([]);
  clock.advance(5_000);

  expect(await dispatcher.deliverDue()).toMatchObject({ sent: 1 });
});

test('a layout that Slack cannot read goes as plain text, and the log says where it is wrong', async () => {
  const render = () => ({ text: 'Read me', blocks: [{ type: 'header' as const, text: tooLong }] });
  const tooLong = { type: 'plain_text' as const, text: 'x'.repeat(151) };
  const { slack, dispatcher, write, lines } = await aDispatcher(db, { render });
  await write('digest', toSecurity);

  const report = await dispatcher.deliverDue();

  expect(report).toMatchObject({ sent: 1 });
  expect(slack.messagesIn('#security')).toMatchObject([{ text: 'Read me', blocks: [] }]);
  expect(lines).toMatchObject([
    {
      level: 'error',
      message: expect.stringContaining('plain text'),
      fields: { pointers: [expect.stringContaining('/blocks/0/text')] },
    },
  ]);
});

test('an edit that Slack cannot read removes the old blocks and is sent as plain text', async () => {
  const render = ({ revision }: { revision: number }) => ({
    text: `Writing ${revision}`,
    blocks: [
      { type: 'header' as const, text: { type: 'plain_text' as const, text: 'x'.repeat(revision * 100) } },
    ],
  });
  const { slack, dispatcher, write } = await aDispatcher(db, { render });
  await write('digest', toSecurity);
  await dispatcher.deliverDue();

  await updateNotification(db, 'digest', 'again');
  await dispatcher.deliverDue();

  expect(slack.messagesIn('#security')).toMatchObject([{ text: 'Writing 2', blocks: [] }]);
});

test('a notification that cannot be drawn waits, and others are delivered', async () => {
  const render = ({ key }: { key: string }) => {
    if (key === 'broken') throw new Error('no such template');
    return { text: key, blocks: [] };
  };
  const { slack, dispatcher, write } = await aDispatcher(db, { render });
  await write('broken');
  await write('whole', toBen);

  await dispatcher.deliverDue();

  expect(textsIn(slack, BEN)).toEqual(['whole']);
  expect(await notificationByKey(db, 'broken')).toMatchObject({
    state: 'waiting',
    lastError: 'no such template',
  });
});

test.each(['invalid_auth', 'token_revoked', 'account_inactive'])(
  'while Slack says %s no notification dies and none is tried, until the token works again',
  async (error) => {
    const { slack, dispatcher, write, clock, lines } = await aDispatcher(db);
    const refused = slack.injectFault({ method: '*', error, times: Number.POSITIVE_INFINITY });
    for (let number = 0; number < 30; number += 1) {
      await write(`notification ${number}`, { to: { kind: 'channel', id: `C${number}` } });
    }
    await write('reminder');

    await dispatcher.deliverDue();
    const calls = slack.traffic.length;
    await dispatcher.deliverDue();

    expect(calls).toBeLessThan(20);
    expect(slack.traffic.length).toBe(calls);
    expect(lines.every(({ level }) => level === 'error')).toBe(true);
    refused.remove();
    clock.advance(15 * 60_000);
    await dispatcher.deliverDue();
    expect(textsIn(slack, ANA)).toEqual(['This is reminder']);
  },
);

test('account_inactive is about the person when the token is good', async () => {
  const { slack, dispatcher, write } = await aDispatcher(db);
  slack.injectFault({ method: 'chat.postMessage', error: 'account_inactive' });
  await write('notification');
  await write('other', toBen);

  await dispatcher.deliverDue();

  expect([await stateOf(db, 'notification'), await stateOf(db, 'other')].sort()).toEqual(['dead', 'sent']);
});

test('a missing scope holds up only what needs it', async () => {
  const { slack, dispatcher, write, lines } = await aDispatcher(db);
  slack.injectFault({ method: 'conversations.open', error: 'missing_scope' });
  await write('reminder');
  await write('digest', toSecurity);

  await dispatcher.deliverDue();

  expect(textsIn(slack, '#security')).toEqual(['This is digest']);
  expect(await stateOf(db, 'reminder')).toBe('waiting');
  expect(lines).toMatchObject([
    { level: 'error', fields: { error: expect.stringContaining('manifest.yml') } },
  ]);
});

test('an unknown refusal is retried for a while, then accepted', async () => {
  const { slack, dispatcher, write, clock } = await aDispatcher(db);
  slack.injectFault({
    method: 'chat.postMessage',
    error: 'brand_new_error',
    times: Number.POSITIVE_INFINITY,
  });
  await write('notification');

  for (let attempt = 1; attempt < 20; attempt += 1) {
    await dispatcher.deliverDue();
    clock.advance(15 * 60_000);
  }
  expect(await stateOf(db, 'notification')).toBe('waiting');
  await dispatcher.deliverDue();

  expect(await notificationByKey(db, 'notification')).toMatchObject({
    state: 'dead',
    lastError: 'Slack refused (brand_new_error)',
  });
});
