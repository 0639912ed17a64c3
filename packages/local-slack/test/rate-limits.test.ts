import { expect, test } from '@jest/globals';
import { RATES, RateWindow } from '../src/rate-limiter.ts';
import { aSlack, call } from './bolt-harness.ts';

test('who calls a method too often gets a 429 that says when to come back', async () => {
  const slack = await aSlack();
  const connect = () => call(slack, 'apps.connections.open', {}, slack.appToken);

  for (let nth = 0; nth < RATES.tier1.burst; nth += 1) expect(await connect()).toMatchObject({ ok: true });
  const refused = await connect();

  expect(refused).toEqual({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(Number(refused['retryAfter'])).toBeGreaterThan(30);
  expect(slack.traffic.at(-1)).toMatchObject({ status: 429, ok: false, error: 'ratelimited' });
});

test('one method that is called too often leaves the others alone', async () => {
  const slack = await aSlack();
  for (let nth = 0; nth <= RATES.tier1.burst; nth += 1)
    await call(slack, 'apps.connections.open', {}, slack.appToken);

  expect(await call(slack, 'auth.test')).toMatchObject({ ok: true });
});

test('a local Slack without limits bears any number of calls', async () => {
  const slack = await aSlack({ rateLimits: false });

  for (let nth = 0; nth < 3 * RATES.tier1.burst; nth += 1)
    expect(await call(slack, 'apps.connections.open', {}, slack.appToken)).toMatchObject({ ok: true });
});

test('after the seconds that it was told to wait, a caller is let through once more', () => {
  let now = 0;
  const window = new RateWindow(() => now);
  for (let nth = 0; nth < RATES.posting.burst; nth += 1) window.wait('#security', RATES.posting);

  const seconds = window.wait('#security', RATES.posting) ?? 0;
  now += seconds * 1000 - 1;
  const early = window.wait('#security', RATES.posting);
  now += 1;
  const inTime = window.wait('#security', RATES.posting);

  expect([seconds, early, inTime]).toEqual([1, 1, null]);
});

test('each channel has its own second to be posted in', () => {
  const window = new RateWindow(() => 0);
  for (let nth = 0; nth <= RATES.posting.burst; nth += 1) window.wait('#security', RATES.posting);

  expect(window.wait('#security', RATES.posting)).toBe(1);
  expect(window.wait('#general', RATES.posting)).toBeNull();
});
