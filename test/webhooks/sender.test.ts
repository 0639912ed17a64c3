import { afterEach, expect, test } from '@jest/globals';
import type { WebhookEndpoint } from '../../src/config/webhook-endpoints.ts';
import { assertAllowedAddress, createGuardedLookup } from '../../src/webhooks/address.ts';
import { createWebhookSender } from '../../src/webhooks/sender.ts';
import { SECRET, startReceiver, status } from './receiver.ts';

const toStop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function aReceiver(...args: Parameters<typeof startReceiver>) {
  const receiver = await startReceiver(...args);
  toStop.push(receiver.stop);
  return receiver;
}

function send(url: string, endpoint: Partial<WebhookEndpoint> = {}, timeoutMs = 20_000) {
  const sender = createWebhookSender(
    [{ name: 'tickets', url, secret: SECRET, allowPrivateAddresses: false, ...endpoint }],
    { timeoutMs },
  );
  toStop.push(sender.close);
  return sender.send({ webhook: 'tickets', id: 'evt_1', body: '{"type":"token.requested","data":{}}' });
}

test('a call carries its id, and a signature that the receiver verifies', async () => {
  const receiver = await aReceiver();

  expect(await send(receiver.url)).toEqual({ kind: 'delivered' });
  expect(receiver.calls).toEqual([{ id: 'evt_1', event: { type: 'token.requested', data: {} } }]);
});

test.each([
  [500, {}, { error: 'the receiver returned 500', retryAfterMs: null }],
  [503, { 'retry-after': '120' }, { error: 'the receiver returned 503', retryAfterMs: 120_000 }],
  [404, {}, { error: 'the receiver returned 404', retryAfterMs: null }],
])('an answer of %i is a failure', async (code, headers, expected) => {
  const receiver = await aReceiver(status(code, headers));

  expect(await send(receiver.url)).toMatchObject({ kind: 'failed', ...expected });
});

test('410 says that the receiver wants no more events', async () => {
  const receiver = await aReceiver(status(410));

  expect(await send(receiver.url)).toMatchObject({ kind: 'gone' });
});

test('a redirect is not followed', async () => {
  const elsewhere = await aReceiver();
  const receiver = await aReceiver(status(307, { location: elsewhere.url }));

  expect(await send(receiver.url)).toMatchObject({
    kind: 'failed',
    error: 'the receiver returned 307, a redirect, which is not followed',
  });
  expect(elsewhere.calls).toEqual([]);
});

test('a receiver that hangs times out', async () => {
  const receiver = await aReceiver(() => undefined);

  expect(await send(receiver.url, {}, 300)).toMatchObject({
    kind: 'failed',
    error: 'no answer within 0.3 seconds',
  });
});

test('a receiver that is down is a failure that does not show its address', async () => {
  const receiver = await startReceiver();
  await receiver.stop();

  const result = await send(receiver.url);

  expect(result).toMatchObject({ kind: 'failed', error: 'the receiver cannot be reached (ECONNREFUSED)' });
});

test.each([
  'https://10.0.0.1/hooks',
  'https://169.254.169.254/latest/meta-data',
  'https://[fe80::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://0.0.0.0/',
])('%s is refused', async (url) => {
  expect(await send(url)).toMatchObject({ kind: 'failed', error: expect.stringContaining('not a public') });
});

test('private addresses are allowed where the configuration says so; link-local ones and this machine never', () => {
  const rules = { loopback: false, allowPrivate: true };

  expect(() => assertAllowedAddress('10.0.0.1', rules)).not.toThrow();
  expect(() => assertAllowedAddress('fd00::1', rules)).not.toThrow();
  expect(() => assertAllowedAddress('93.184.216.34', rules)).not.toThrow();
  for (const address of ['169.254.169.254', 'fe80::1', '127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    expect(() => assertAllowedAddress(address, rules)).toThrow(/not a public address/);
  }
});

test('a name is refused once it resolves to an address that is not allowed', async () => {
  const lookup = createGuardedLookup({ loopback: false, allowPrivate: true });

  const error = await new Promise((resolve) => lookup('localhost', { all: true }, resolve));

  expect(error).toMatchObject({ name: 'AddressRefusedError' });
});

test('a webhook that no configuration names is not called', async () => {
  expect(await createWebhookSender([]).send({ webhook: 'old', id: 'evt_1', body: '' })).toBeUndefined();
});
