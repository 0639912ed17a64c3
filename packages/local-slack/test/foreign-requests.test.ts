import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import type { LocalSlack } from '../src/local-slack.ts';
import { ANA, startTestSlack } from './bolt-harness.ts';

/** The status of a request that may claim any name and origin, as a browser's could be made to. */
function statusOf(
  slack: LocalSlack,
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: object; body?: string },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${slack.url}${path}`, { method, headers: { ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const write = JSON.stringify({
  kind: 'message',
  user: ANA,
  channel: 'C01SECURITY',
  text: 'I was never here',
});
const json = { 'content-type': 'application/json' };

test('a page on another site whose name points here is refused', async () => {
  const slack = await startTestSlack();

  expect(await statusOf(slack, '/_ui/state', { headers: { host: 'rebound.example' } })).toBe(403);
  expect(await statusOf(slack, '/api/auth.test', { headers: { host: 'rebound.example:80' } })).toBe(403);
  expect(await statusOf(slack, '/_ui/state', {})).toBe(200);
});

test.each(['127.0.0.1', 'localhost'])('the page may be opened as %s', async (name) => {
  const slack = await startTestSlack();
  const { port } = new URL(slack.url);

  expect(await statusOf(slack, '/_ui/state', { headers: { host: `${name}:${port}` } })).toBe(200);
});

test('another site can neither send a form nor JSON in the name of a person', async () => {
  const slack = await startTestSlack();
  const evil = { origin: 'https://elsewhere.example' };
  const send = (headers: object) =>
    statusOf(slack, '/_ui/do', { method: 'POST', body: write, headers: { ...headers } });

  expect(await send({ ...json, ...evil })).toBe(403);
  expect(await send({ 'content-type': 'text/plain', ...evil })).toBe(403);
  expect(await send({ 'content-type': 'text/plain' })).toBe(403);
  expect(slack.messagesIn('#security')).toEqual([]);
});

test('the page itself may', async () => {
  const slack = await startTestSlack();

  expect(
    await statusOf(slack, '/_ui/do', {
      method: 'POST',
      body: write,
      headers: { ...json, origin: slack.url },
    }),
  ).toBe(200);
  expect(slack.messagesIn('#security').map(({ text }) => text)).toEqual(['I was never here']);
});

test('the page never gets to see a token', async () => {
  const slack = await startTestSlack();

  const state = await (await fetch(`${slack.url}/_ui/state?user=${ANA}`)).text();

  for (const secret of [slack.botToken, slack.appToken, slack.signingSecret])
    expect(state).not.toContain(secret);
});
