import { expect, test } from '@jest/globals';
import { RATES, RateLimiter } from '../src/rate-limiter.ts';
import { callApi, startTestSlack } from './bolt-harness.ts';

test('a caller who calls a method too often gets a 429 with the time to wait', async () => {
  const slack = await startTestSlack();
  const connect = () => callApi(slack, 'apps.connections.open', {}, slack.appToken);

  for (let nth = 0; nth < RATES.tier1.burst; nth += 1) expect(await connect()).toMatchObject({ ok: true });
  const refused = await connect();

  expect(refused).toEqual({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(Number(refused['retryAfter'])).toBeGreaterThan(30);
  expect(slack.traffic.at(-1)).toMatchObject({ status: 429, ok: false, error: 'ratelimited' });
});

test('one method that is called too often does not limit the others', async () => {
  const slack = await startTestSlack();
  for (let nth = 0; nth <= RATES.tier1.burst; nth += 1)
    await callApi(slack, 'apps.connections.open', {}, slack.appToken);

  expect(await callApi(slack, 'auth.test')).toMatchObject({ ok: true });
});

test('a local Slack without limits bears any number of calls', async () => {
  const slack = await startTestSlack({ rateLimits: false });

  for (let nth = 0; nth < 3 * RATES.tier1.burst; nth += 1)
    expect(await callApi(slack, 'apps.connections.open', {}, slack.appToken)).toMatchObject({ ok: true });
});

test('after the seconds to wait, a caller is let through again', () => {
  let now = 0;
  const window = new RateLimiter(() => now);
  for (let nth = 0; nth < RATES.posting.burst; nth += 1) window.retryAfterSeconds('#security', RATES.posting);

  const seconds = window.retryAfterSeconds('#security', RATES.posting) ?? 0;
  now += seconds * 1000 - 1;
  const early = window.retryAfterSeconds('#security', RATES.posting);
  now += 1;
  const inTime = window.retryAfterSeconds('#security', RATES.posting);

  expect([seconds, early, inTime]).toEqual([1, 1, null]);
});

test('each channel has its own second to be posted in', () => {
  const window = new RateLimiter(() => 0);
  for (let nth = 0; nth <= RATES.posting.burst; nth += 1)
    window.retryAfterSeconds('#security', RATES.posting);

  expect(window.retryAfterSeconds('#security', RATES.posting)).toBe(1);
  expect(window.retryAfterSeconds('#general', RATES.posting)).toBeNull();
});
