import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { type BodyResult, createBodyReader } from '../../src/http/body-reader.ts';

const readBody = createBodyReader({ maxBytes: 100, maxInFlight: 2, timeoutMs: 60_000 });
const results: (readonly [string, BodyResult['kind']])[] = [];
const server = createServer(async (request, response) => {
  const { kind } = await readBody(request);
  results.push([request.url ?? '', kind]);
  response.end();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Starts a body that does not end. */
async function startUpload(path: string) {
  const upload = httpRequest({ port, path, method: 'POST', headers: { 'content-length': 50 } });
  upload.on('error', () => undefined);
  const arrived = once(server, 'request');
  upload.write('slow');
  await arrived;
  return upload;
}

test('slow uploads make room for a new one, the oldest first', async () => {
  await startUpload('/oldest');
  await startUpload('/older');

  const response = await fetch(`http://127.0.0.1:${port}/genuine`, { method: 'POST', body: 'all at once' });

  expect(response.status).toBe(200);
  expect(results).toContainEqual(['/genuine', 'read']);
  expect(results).toContainEqual(['/oldest', 'aborted']);
  expect(results).not.toContainEqual(['/older', 'aborted']);
});

test('a body that is too large is not read to its end', async () => {
  await fetch(`http://127.0.0.1:${port}/large`, { method: 'POST', body: 'x'.repeat(200) }).catch(
    () => undefined,
  );

  expect(results).toContainEqual(['/large', 'too-large']);
});
