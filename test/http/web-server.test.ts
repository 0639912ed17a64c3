import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { startWebServer, type WebServer, type WebServerOptions } from '../../src/http/web-server.ts';
import { createDatabaseCheck } from '../../src/metrics/readiness.ts';
import { DatabaseError } from '../../src/store/database.ts';

let server: WebServer | undefined;
afterEach(() => server?.close());

const all = { checkReadiness: async () => ({ parts: {} }) };

async function ask(
  options: Omit<WebServerOptions, 'port' | 'checkReadiness'>,
  headers: Record<string, string> = {},
) {
  server = await startWebServer({ port: 0, host: '127.0.0.1', ...all, ...options });
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}

const read = async () => ({ contentType: 'text/plain', text: 'root_mfa_accounts 1\n' });
const token = 'a-token-of-a-test';

test('metrics with a token are shown to requests that carry it', async () => {
  const response = await ask({ metrics: { token, read } }, { authorization: `Bearer ${token}` });

  expect(response).toEqual({ status: 200, text: 'root_mfa_accounts 1\n' });
});

test.each([{}, { authorization: 'Bearer a-token-of-a-tesT' }, { authorization: `Bearer ${token}!` }])(
  'and to no others: %j',
  async (headers) => {
    const { status, text } = await ask({ metrics: { token, read } }, headers as Record<string, string>);

    expect(status).toBe(401);
    expect(text).not.toContain('root_mfa');
  },
);

test('there is no metrics page without metrics', async () => {
  expect((await ask({})).status).toBe(404);
});

test('connections that send nothing make room for a request', async () => {
  const limits = { maxConnections: 5, headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 };
  server = await startWebServer({ port: 0, host: '127.0.0.1', ...all, limits });
  const { port } = server;
  const silent = [];
  for (let number = 0; number < 20; number += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    silent.push(socket);
  }

  const response = await fetch(`http://127.0.0.1:${port}/healthz`);

  expect(response.status).toBe(200);
  for (const socket of silent) socket.destroy();
});

test('connections that send nothing, or one byte after the other, are closed', async () => {
  const limits = { maxConnections: 100, headersTimeoutMs: 250, requestTimeoutMs: 500 };
  server = await startWebServer({ port: 0, host: '127.0.0.1', ...all, limits });
  const { port } = server;
  const open = () => connect(port, '127.0.0.1').on('error', () => undefined);
  const [silent, slowHead, slowBody] = [open(), open(), open()];
  slowBody.write('POST /healthz HTTP/1.1\r\nhost: bot\r\ncontent-length: 1000\r\n\r\n');
  const trickle = setInterval(() => {
    for (const socket of [slowHead, slowBody]) if (!socket.destroyed) socket.write('G');
  }, 50);

  await Promise.all([silent, slowHead, slowBody].map((socket) => once(socket.resume(), 'close')));

  clearInterval(trickle);
});

test('a database that fails is reported in our words, and logged once while it does', async () => {
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const down = new DatabaseError(
    'Cannot run "select 1": password authentication failed for user "bot"',
    '28P01',
  );
  let error: Error | undefined = down;
  const query = async () => {
    if (error) throw error;
    return [];
  };
  const check = createDatabaseCheck({ query } as never, { info: write, warn: write, error: write });

  expect(await check()).toBe('the database does not answer (28P01)');
  expect(await check()).toBe('the database does not answer (28P01)');
  error = undefined;
  expect(await check()).toBeNull();
  expect(lines).toEqual(['Database does not answer', 'Database answers again']);
});
