import { expect, test } from '@jest/globals';
import {
  ANA,
  actionsBlock,
  buttonElement,
  callApi,
  plainTextObject,
  startTestSlack,
} from './bolt-harness.ts';

test('blocks that break a rule are refused, with the rule and a pointer to the place', async () => {
  const slack = await startTestSlack();

  const answer = await callApi(slack, 'chat.postMessage', {
    channel: 'C01SECURITY',
    text: 'The week',
    blocks: [
      { type: 'divider' },
      { type: 'header', text: plainTextObject('x'.repeat(151)) },
      { type: 'section', text: { type: 'mrkdwn', text: '' } },
    ],
  });

  const lines = [
    'must be less than 151 characters [json-pointer:/blocks/1/text/text]',
    'must be more than 0 characters [json-pointer:/blocks/2/text/text]',
  ];
  expect(answer).toEqual({
    ok: false,
    error: 'invalid_blocks',
    errors: lines,
    response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
  });
  expect(slack.messagesIn('#security')).toEqual([]);
});

test('too much text in one message has a refusal of its own', async () => {
  const slack = await startTestSlack();
  const long = { type: 'section', text: plainTextObject('x'.repeat(3000)) };

  expect(
    await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY', blocks: [long, long, long, long] }),
  ).toMatchObject({ ok: false, error: 'msg_blocks_too_long' });
});

test('two buttons with one action_id in a row are refused', async () => {
  const slack = await startTestSlack();

  expect(
    await callApi(slack, 'chat.postMessage', {
      channel: 'C01SECURITY',
      text: 'Twice',
      blocks: [actionsBlock(buttonElement('go', 'Go'), buttonElement('go', 'Go as well'))],
    }),
  ).toMatchObject({ ok: false, error: 'invalid_blocks' });
});

test('a Home that breaks a rule is not published', async () => {
  const slack = await startTestSlack();

  const answer = await callApi(slack, 'views.publish', {
    user_id: ANA,
    view: { type: 'home', blocks: [{ type: 'alert', text: plainTextObject('Not here') }] },
  });

  expect(answer).toMatchObject({
    ok: false,
    error: 'invalid_arguments',
    response_metadata: { messages: [expect.stringMatching(/^\[ERROR\] .*\[json-pointer:\/view\/blocks\/0/)] },
  });
  expect(slack.as(ANA).home()).toBeNull();
});

test('a message says something', async () => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY' })).toEqual({
    ok: false,
    error: 'no_text',
  });
});

test.each([
  ['a channel that does not exist', 'C99NOWHERE', 'channel_not_found'],
  ['a channel that the bot is not in', 'C02GENERAL', 'not_in_channel'],
  ['an archived channel', 'C06OLD', 'is_archived'],
])('nothing is posted in %s', async (_where, channel, error) => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'chat.postMessage', { channel, text: 'Hello' })).toEqual({ ok: false, error });
});

test('a method that Slack does not have is refused by name', async () => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'chat.shout')).toEqual({
    ok: false,
    error: 'unknown_method',
    req_method: 'chat.shout',
  });
});
