import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import { App } from '@slack/bolt';
import { WebSocketServer } from 'ws';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { createSocketConnections } from '../../src/slack/socket-connections.ts';
import { waitFor } from '../support/bot-process.ts';

// Bolt's client leaves promises of its own behind: Jest fails the test in which one is rejected and unhandled.

/** What a Slack does with those that connect: `refuse` is a failure of Slack, `deny` its decision. */
type Behavior = 'accept' | 'refuse' | 'deny' | 'hang';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Starts what a Socket Mode client needs of Slack, and counts what it has been asked for. */
async function startSocketModeSlack() {
  const behavior: { calls: Behavior; sockets: Behavior } = { calls: 'accept', sockets: 'accept' };
  const seen = { calls: 0, upgrades: 0 };
  const sockets = new WebSocketServer({ noServer: true });
  const streams = new Set<Duplex>();
  const waiting: (() => void)[] = [];
  const server = createServer((_request, response) => {
    seen.calls += 1;
    const answer = () => {
      const isOk = behavior.calls !== 'deny';
      response.writeHead(behavior.calls === 'refuse' ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: isOk, error: 'invalid_auth', url: `ws://127.0.0.1:${port}` }));
    };
    if (behavior.calls === 'hang') waiting.push(answer);
    else answer();
  });
  server.on('upgrade', (request, stream, head) => {
    seen.upgrades += 1;
    streams.add(stream);
    stream.on('error', () => stream.destroy());
    if (behavior.sockets === 'hang') return;
    if (behavior.sockets === 'refuse') stream.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    else sockets.handleUpgrade(request, stream, head, (socket) => socket.send('{"type":"hello"}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  cleanups.push(async () => {
    cut();
    server.closeAllConnections();
    server.close();
  });
  const answerCalls = () => {
    behavior.calls = 'accept';
    for (const answer of waiting.splice(0)) answer();
  };
  const cut = () => {
    for (const stream of streams) stream.destroy();
    streams.clear();
  };
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    behavior,
    seen,
    answerCalls,
    cut,
    connections: () => sockets.clients.size,
  };
}

async function startConnections() {
  const slack = await startSocketModeSlack();
  const problems: string[] = [];
  const write = (_: object, text: string) => void problems.push(text);
  const log = { info: write, warn: write, error: write };
  const stopping = new AbortController();
  const connections = createSocketConnections(
    { appToken: 'xapp-1', apiUrl: slack.apiUrl, backoff: { firstMs: 5, maxMs: 20 } },
    log,
  );
  const app = new App({
    receiver: connections.primary,
    token: 'xoxb-1',
    botId: 'B1',
    botUserId: 'U1',
    convoStore: false,
    logger: createBoltLogger(log),
  });
  return {
    slack,
    connections,
    start: () => connections.start(app, stopping.signal),
    /** Stops as the bot does: the signal first. */
    stop: async () => {
      stopping.abort();
      await connections.stop();
    },
    /** What is logged from now on. */
    forgetProblems: () => void problems.splice(0),
    problems,
  };
}

/** Lets everything that was rejected meanwhile be reported. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
};

const moments: Readonly<
  Record<string, (world: Awaited<ReturnType<typeof startConnections>>) => Promise<void>>
> = {
  'while it asks where to connect': async ({ slack, start }) => {
    slack.behavior.calls = 'hang';
    start().catch(() => undefined);
    await waitFor(() => slack.seen.calls > 0);
  },
  'while Slack answers with errors': async ({ slack, start }) => {
    slack.behavior.calls = 'refuse';
    start().catch(() => undefined);
    await waitFor(() => slack.seen.calls > 0);
  },
  'while the first WebSocket opens': async ({ slack, start }) => {
    slack.behavior.sockets = 'hang';
    start().catch(() => undefined);
    await waitFor(() => slack.seen.upgrades > 0);
  },
  'while the first WebSocket is refused again and again': async ({ slack, start }) => {
    slack.behavior.sockets = 'refuse';
    start().catch(() => undefined);
    await waitFor(() => slack.seen.upgrades > 2);
  },
  'while the second WebSocket opens': async ({ slack, start, connections }) => {
    connections.primary.client.once('connected', () => {
      slack.behavior.sockets = 'hang';
    });
    await start();
    await waitFor(() => slack.seen.upgrades === 2);
  },
  'when both connections were cut': async ({ slack, start, connections }) => {
    await start();
    await waitFor(() => slack.seen.upgrades === 2);
    slack.behavior.calls = 'hang';
    slack.cut();
    await waitFor(() => connections.problem() !== null);
  },
  'while lost WebSockets open again': async ({ slack, start }) => {
    await start();
    await waitFor(() => slack.seen.upgrades === 2);
    slack.behavior.sockets = 'hang';
    slack.cut();
    await waitFor(() => slack.seen.upgrades === 4);
  },
  'while lost WebSockets are refused again and again': async ({ slack, start }) => {
    await start();
    await waitFor(() => slack.seen.upgrades === 2);
    slack.behavior.sockets = 'refuse';
    slack.cut();
    await waitFor(() => slack.seen.upgrades > 6);
  },
};

for (const [moment, reach] of Object.entries(moments)) {
  test(`stopping ${moment} rejects nothing and logs nothing`, async () => {
    const world = await startConnections();
    await reach(world);
    world.forgetProblems();

    await world.stop();
    world.slack.cut();
    await settle();

    expect(world.connections.problem()).toBe('stopped');
    expect(world.problems).toEqual([]);
  });
}

test('a connection that opens after the stop is closed again', async () => {
  const { slack, connections, start, stop } = await startConnections();
  slack.behavior.calls = 'hang';
  start().catch(() => undefined);
  await waitFor(() => slack.seen.calls === 1);
  await stop();

  slack.answerCalls();

  await waitFor(() => slack.seen.upgrades === 1 && slack.connections() === 0);
  expect(connections.problem()).toBe('stopped');
});

test('a token that Slack refuses for a while is named, and the bot connects again', async () => {
  const { slack, connections, start, stop, problems } = await startConnections();
  await start();
  await waitFor(() => slack.connections() === 2);
  slack.behavior.calls = 'deny';
  slack.cut();
  await waitFor(() => connections.problem()?.startsWith('Slack does not know SLACK_APP_TOKEN') === true);
  expect(problems).toContain('Slack refused the app-level token');

  slack.behavior.calls = 'accept';
  await waitFor(() => connections.problem() === null);
  await stop();
});
