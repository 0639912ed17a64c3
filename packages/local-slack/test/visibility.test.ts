import { expect, test } from '@jest/globals';
import {
  ANA,
  actionsBlock,
  BEN,
  buttonElement,
  callApi,
  FRANK,
  GUS,
  socketApp,
  startTestSlack,
  XENA,
} from './bolt-harness.ts';
import { registerSampleApp } from './sample-app.ts';

test('a guest has our commands, where they were invited to', async () => {
  const slack = await startTestSlack();
  await socketApp(slack, registerSampleApp);
  const gus = slack.as(GUS);

  const inGeneral = await gus.command('#general', '/status');
  const elsewhere = await gus.command('#security', '/status');

  expect(inGeneral).toEqual({ ok: true });
  expect(elsewhere).toEqual({ ok: false, error: 'You are not in that conversation.' });
});

test('Slack tells the app who is a guest, who is of another company, and who has left', async () => {
  const slack = await startTestSlack();
  const user = async (id: string) =>
    (await callApi(slack, 'users.info', { user: id }))['user'] as Record<string, unknown>;

  expect(await user(GUS)).toMatchObject({ is_restricted: true, is_stranger: false, deleted: false });
  expect(await user(XENA)).toMatchObject({ is_stranger: true, team_id: 'T0PARTNER' });
  expect(await user(FRANK)).toMatchObject({ deleted: true });
  expect(await user(ANA)).toMatchObject({ is_restricted: false, is_stranger: false, deleted: false });
});

test('people of another company do not have our commands, not even in a shared channel', async () => {
  const slack = await startTestSlack();
  await socketApp(slack, registerSampleApp);

  const outcome = await slack.as(XENA).command('#shared-with-partner', '/status');

  expect(outcome).toEqual({ ok: false, error: '/status is not a valid command.' });
});

test('people of another company can click our buttons in a shared channel, and only user.team_id reveals them', async () => {
  const slack = await startTestSlack();
  const pressed: unknown[] = [];
  await socketApp(slack, (app) => {
    app.action('look', async ({ ack, body }) => {
      pressed.push({
        user: body.user.id,
        from: (body.user as { team_id?: string }).team_id,
        in: body.team?.id,
      });
      await ack();
    });
  });
  await callApi(slack, 'chat.postMessage', {
    channel: 'C03SHARED',
    text: 'Two accounts',
    blocks: [actionsBlock(buttonElement('look', 'Look'))],
  });

  await slack.as(XENA).click('look', { in: '#shared-with-partner' });

  expect(pressed).toEqual([{ user: XENA, from: 'T0PARTNER', in: 'T0HOME' }]);
});

test('an ephemeral message is there for one person only, and cannot be found or changed later', async () => {
  const slack = await startTestSlack();

  const { message_ts: ts } = await callApi(slack, 'chat.postEphemeral', {
    channel: 'C01SECURITY',
    user: ANA,
    text: 'Only you',
  });

  expect(slack.as(ANA).messages('#security')).toMatchObject([{ text: 'Only you', ephemeral: true }]);
  expect(slack.as(BEN).messages('#security')).toEqual([]);
  expect(await callApi(slack, 'conversations.history', { channel: 'C01SECURITY' })).toMatchObject({
    messages: [],
  });
  expect(await callApi(slack, 'chat.update', { channel: 'C01SECURITY', ts, text: 'New' })).toEqual({
    ok: false,
    error: 'message_not_found',
  });
});

test('no one can click a button on a message they cannot see', async () => {
  const slack = await startTestSlack();
  const { message_ts: ts } = await callApi(slack, 'chat.postEphemeral', {
    channel: 'C01SECURITY',
    user: ANA,
    text: 'Only you',
    blocks: [{ ...actionsBlock(buttonElement('look', 'Look')), block_id: 'row' }],
  });

  const outcome = await slack.perform({
    kind: 'action',
    user: BEN,
    surface: { kind: 'message', channel: 'C01SECURITY', ts: String(ts) },
    blockId: 'row',
    actionId: 'look',
    value: { type: 'button' },
  });

  expect(outcome).toEqual({ ok: false, error: 'That message no longer exists.' });
});

test.each([
  ['a guest', GUS, { ok: true }, { ok: true }],
  ['somebody who left', FRANK, { error: 'user_disabled' }, { error: 'channel_not_found' }],
  ['somebody of another company', XENA, { error: 'user_not_visible' }, { error: 'channel_not_found' }],
])('a direct message to %s', async (_who, users, opened, posted) => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'conversations.open', { users })).toMatchObject(opened);
  expect(await callApi(slack, 'chat.postMessage', { channel: users, text: 'Hello' })).toMatchObject(posted);
});

test('a private channel that the bot is not in does not exist for it', async () => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'conversations.info', { channel: 'C05SECRET' })).toEqual({
    ok: false,
    error: 'channel_not_found',
  });
});

test('a channel says that it is shared with another company, and a pending invitation shows as well', async () => {
  const slack = await startTestSlack({
    channels: [
      { id: 'C1OURS', name: 'ours' },
      { id: 'C2THEIRS', name: 'theirs', externallyShared: true },
      { id: 'C3SOON', name: 'soon', pendingShared: true },
    ],
  });
  const flags = async (channel: string) => {
    const { channel: found } = await callApi(slack, 'conversations.info', { channel });
    const { is_shared, is_ext_shared, is_pending_ext_shared, connected_team_ids } = found as Record<
      string,
      unknown
    >;
    return { is_shared, is_ext_shared, is_pending_ext_shared, connected_team_ids };
  };
  const ownTeam = {
    is_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    connected_team_ids: [],
  };

  expect(await flags('C1OURS')).toEqual(ownTeam);
  expect(await flags('C2THEIRS')).toEqual({
    ...ownTeam,
    is_shared: true,
    is_ext_shared: true,
    connected_team_ids: ['T0PARTNER'],
  });
  expect(await flags('C3SOON')).toEqual({ ...ownTeam, is_pending_ext_shared: true });
});

test('the app is notified when a channel becomes shared', async () => {
  const slack = await startTestSlack();
  const receivedEvents: string[] = [];
  await socketApp(slack, (app) => {
    app.event('channel_shared', async ({ event, client }) => {
      receivedEvents.push(event.channel);
      await client.chat.postMessage({ channel: event.channel, text: 'Shared' });
    });
  });

  slack.shareChannel('C01SECURITY');
  await slack.waitUntil(() => slack.messagesIn('#security').length > 0);

  expect(receivedEvents).toEqual(['C01SECURITY']);
  expect(await callApi(slack, 'conversations.info', { channel: 'C01SECURITY' })).toMatchObject({
    channel: { is_ext_shared: true, shared_team_ids: ['T0HOME', 'T0PARTNER'] },
  });
});
