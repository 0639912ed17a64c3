import { expect, test } from '@jest/globals';
import { ANA, callApi, startTestSlack, writeManifest } from './bolt-harness.ts';

const manifestWithout = (...scopes: string[]) =>
  writeManifest(({ oauth_config }) => {
    oauth_config.scopes.bot = oauth_config.scopes.bot.filter((scope) => !scopes.includes(scope));
  });

test('a call whose scope is not in the manifest is refused, naming the scope it needs', async () => {
  const slack = await startTestSlack({ manifest: await manifestWithout('chat:write') });

  const answer = await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY', text: 'Hello' });

  expect(answer).toMatchObject({ ok: false, error: 'missing_scope', needed: 'chat:write' });
  expect(String(answer['provided']).split(',')).not.toContain('chat:write');
  expect(slack.messagesIn('#security')).toEqual([]);
});

test('public and private channels, and direct messages, each take a scope of their own', async () => {
  const slack = await startTestSlack({
    manifest: await manifestWithout('groups:read', 'im:history'),
    botIn: ['C01SECURITY', 'C05SECRET'],
  });
  const dm = slack.workspace.dmWith(ANA).id;

  expect(await callApi(slack, 'conversations.info', { channel: 'C01SECURITY' })).toMatchObject({ ok: true });
  expect(await callApi(slack, 'conversations.info', { channel: 'C05SECRET' })).toMatchObject({
    error: 'missing_scope',
    needed: 'groups:read',
  });
  expect(await callApi(slack, 'conversations.history', { channel: dm })).toMatchObject({
    error: 'missing_scope',
    needed: 'im:history',
  });
});

test('without its scope an e-mail is left out of a profile, and cannot be searched for', async () => {
  const slack = await startTestSlack({ manifest: await manifestWithout('users:read.email') });

  const { user } = (await callApi(slack, 'users.info', { user: ANA })) as { user: { profile: object } };

  expect(user.profile).not.toHaveProperty('email');
  expect(await callApi(slack, 'users.lookupByEmail', { email: 'ana@example.com' })).toMatchObject({
    error: 'missing_scope',
    needed: 'users:read.email',
  });
});

test.each([
  ['no token', '', 'auth.test', 'not_authed'],
  ['an invented token', 'xoxb-nobody', 'auth.test', 'invalid_auth'],
])('%s is refused', async (_what, token, method, error) => {
  const slack = await startTestSlack();

  expect(await callApi(slack, method, {}, token)).toEqual({ ok: false, error });
});

test('the two tokens of an app are not each other', async () => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'apps.connections.open', {}, slack.botToken)).toMatchObject({
    error: 'not_allowed_token_type',
  });
  expect(await callApi(slack, 'users.list', {}, slack.appToken)).toMatchObject({
    error: 'not_allowed_token_type',
  });
});

test('an event that the manifest does not subscribe to is never sent', async () => {
  const slack = await startTestSlack({
    manifest: await writeManifest(({ settings }) => {
      settings.event_subscriptions.bot_events = [];
    }),
  });
  const ana = slack.as(ANA);

  await ana.openHome();

  expect(slack.traffic).toEqual([]);
  expect(ana.home()).toBeNull();
});
