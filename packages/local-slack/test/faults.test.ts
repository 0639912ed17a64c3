import { expect, test } from '@jest/globals';
import { ANA, callApi, socketApp, startTestSlack } from './bolt-harness.ts';

const POST = { channel: 'C01SECURITY', text: 'The week in root MFA' };

test('a fault before the effect: the call fails, and nothing was posted', async () => {
  const slack = await startTestSlack();
  slack.injectFault({ method: 'chat.postMessage', status: 503 });

  const answer = await callApi(slack, 'chat.postMessage', POST);

  expect(answer).toEqual({ status: 503, retryAfter: null });
  expect(slack.messagesIn('#security')).toEqual([]);
});

test('a fault after the effect: the call seems to fail, and the message is there', async () => {
  const slack = await startTestSlack();
  slack.injectFault({ method: 'chat.postMessage', dropConnection: true, afterEffect: true });

  await expect(callApi(slack, 'chat.postMessage', POST)).rejects.toThrow();

  expect(slack.messagesIn('#security').map(({ text }) => text)).toEqual([POST.text]);
  expect(slack.traffic.at(-1)).toMatchObject({ method: 'chat.postMessage', ok: false, error: 'answer lost' });
});

test('a fault hits as often as requested, then Slack is healthy again', async () => {
  const slack = await startTestSlack();
  const fault = slack.injectFault({ method: 'chat.postMessage', error: 'fatal_error', times: 2 });

  const answers = [];
  for (let nth = 0; nth < 3; nth += 1) answers.push(await callApi(slack, 'chat.postMessage', POST));

  expect(answers.map(({ ok }) => ok)).toEqual([false, false, true]);
  expect(answers[0]).toEqual({ ok: false, error: 'fatal_error' });
  expect(fault.applied()).toBe(2);
});

test('a fault for every method lasts until it is lifted', async () => {
  const slack = await startTestSlack();
  const outage = slack.injectFault({ method: '*', retryAfter: 7, times: Number.POSITIVE_INFINITY });

  const during = [await callApi(slack, 'auth.test'), await callApi(slack, 'users.info', { user: ANA })];
  outage.remove();

  expect(during).toEqual([
    { status: 429, retryAfter: '7' },
    { status: 429, retryAfter: '7' },
  ]);
  expect(await callApi(slack, 'auth.test')).toMatchObject({ ok: true });
});

test('a response URL can fail as well, and then no one reads the answer', async () => {
  const slack = await startTestSlack();
  await socketApp(slack, (app) => {
    app.command('/status', async ({ ack, respond }) => {
      await ack();
      await respond('Two accounts').catch(() => undefined);
      await respond('Two accounts, once more').catch(() => undefined);
    });
  });
  const fault = slack.injectFault({ method: 'response_url', status: 500 });
  const ana = slack.as(ANA);

  await ana.command('#security', '/status');
  await slack.waitUntil(() => ana.messages('#security').length > 0);

  expect(fault.applied()).toBe(1);
  expect(ana.messages('#security').map(({ text }) => text)).toEqual(['Two accounts, once more']);
});

test('without the app a person gets dispatch_failed', async () => {
  const slack = await startTestSlack();
  const ana = slack.as(ANA);

  const outcome = await ana.command('#security', '/status');

  const errorText = '/status failed with the error "dispatch_failed"';
  expect(outcome).toEqual({ ok: false, error: errorText });
  expect(ana.notices()).toEqual([errorText]);
});
