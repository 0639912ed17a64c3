import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ANA, socketApp, startTestSlack } from './bolt-harness.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** An app of a few lines that answers with one status after the other, the last one for good. */
async function startRespondingApp(...statuses: readonly number[]) {
  const received: { id: string; attempt: string | undefined; reason: string | undefined }[] = [];
  const pendingWaiters: { count: number; done: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { event_id } = JSON.parse(Buffer.concat(chunks).toString()) as { event_id: string };
      const header = (name: string) => request.headers[name] as string | undefined;
      response.writeHead(statuses[received.length] ?? statuses.at(-1) ?? 200).end();
      received.push({
        id: event_id,
        attempt: header('x-slack-retry-num'),
        reason: header('x-slack-retry-reason'),
      });
      for (const { count, done } of pendingWaiters) if (received.length >= count) done();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  return {
    heard: received,
    requestUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    until: (count: number) =>
      new Promise<void>((done) => {
        if (received.length >= count) done();
        else pendingWaiters.push({ count, done });
      }),
  };
}

test('an event that was not acknowledged comes again under the same id, and says that it does', async () => {
  const app = await startRespondingApp(500, 500, 200);
  const slack = await startTestSlack({ mode: { requestUrl: app.requestUrl }, eventRetryDelaysMs: [0, 0, 0] });

  await slack.as(ANA).openHome();
  await app.until(3);

  expect(app.heard.map(({ attempt, reason }) => [attempt, reason])).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
  ]);
  expect(new Set(app.heard.map(({ id }) => id)).size).toBe(1);
});

test('two events have two ids', async () => {
  const app = await startRespondingApp(200);
  const slack = await startTestSlack({ mode: { requestUrl: app.requestUrl } });

  await slack.as(ANA).openHome();
  await slack.as(ANA).openHome();
  await app.until(2);

  expect(new Set(app.heard.map(({ id }) => id)).size).toBe(2);
});

test('Slack gives up after three repetitions', async () => {
  const app = await startRespondingApp(500);
  const slack = await startTestSlack({ mode: { requestUrl: app.requestUrl }, eventRetryDelaysMs: [0, 0, 0] });

  await slack.as(ANA).openHome();
  await app.until(4);
  // Sent after the last repetition, so anything that comes next would be a fifth.
  slack.sendEvent({ type: 'tokens_revoked', tokens: {} });
  await app.until(5);

  expect(app.heard.filter(({ id }) => id === app.heard[0]?.id)).toHaveLength(4);
});

test('over Socket Mode an event waits for an app that comes back', async () => {
  const slack = await startTestSlack({ eventRetryDelaysMs: [0, 20, 20] });
  const opened: string[] = [];
  const received = new Promise<void>((resolve) => {
    stops.push(resolve);
  });
  await socketApp(slack, (app) => {
    app.event('app_home_opened', async ({ event }) => {
      opened.push(event.user);
      for (const stop of stops.splice(0)) stop();
    });
  });

  await slack.as(ANA).openHome();
  await received;

  expect(opened).toEqual([ANA]);
});
