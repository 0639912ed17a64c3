import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { App } from '@slack/bolt';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import {
  createSocketConnections,
  type SocketConnectionsOptions,
} from '../../src/slack/socket-connections.ts';
import { ANA, startTestSlack } from '../support/test-slack.ts';

type CommandHandler = (args: SlackCommandMiddlewareArgs & AllMiddlewareArgs) => Promise<void>;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Two connections to a local Slack, with a command. */
async function startConnections(
  options: Partial<SocketConnectionsOptions> = {},
  onCommand: CommandHandler = ({ ack }) => ack('Here you are'),
) {
  const slack = await startTestSlack();
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const log = { info: write, warn: write, error: write };
  const { appToken, apiUrl, botToken: token } = slack;
  const connections = createSocketConnections(
    { appToken, apiUrl, backoff: { firstMs: 100, maxMs: 200 }, ...options },
    log,
  );
  const app = new App({
    receiver: connections.primary,
    token,
    botId: 'B1',
    botUserId: 'U1',
    convoStore: false,
    logger: createBoltLogger(log),
    clientOptions: { slackApiUrl: apiUrl },
  });
  app.command('/mfa-status', onCommand);
  cleanups.push(connections.stop);
  await connections.start(app, new AbortController().signal);
  await slack.waitUntil(() => slack.connections() === 2);
  return { slack, connections, lines };
}

test('the second connection is opened again later than the first, so that Slack never closes both at once', async () => {
  const { slack, connections, lines } = await startConnections({ staggerMs: 1 });

  await slack.waitUntil(() => slack.calls('apps.connections.open') === 3 && slack.connections() === 2);

  expect(connections.problem()).toBeNull();
  expect(lines).toEqual([]);
  await connections.stop();
  await slack.waitUntil(() => slack.connections() === 0);
});

test.each(['warning', 'refresh_requested'] as const)(
  'Slack asks to replace both connections at once (%s), and one is open at every moment',
  async (reason) => {
    const { slack, connections } = await startConnections();
    const open: (number | null)[] = [];

    slack.sockets.disconnect(reason);
    const isReplaced = () => slack.calls('apps.connections.open') >= 4 && slack.connections() === 2;
    while (!isReplaced()) {
      open.push(slack.connections());
      expect(connections.problem()).toBeNull();
      await nextTurn();
    }

    expect(Math.min(...open.map(Number))).toBe(1);
    expect(await slack.as(ANA).command('#security', '/mfa-status')).toEqual({ ok: true });
  },
);

test('a connection that Slack asks to replace first acknowledges what it received', async () => {
  const world: { slack?: Awaited<ReturnType<typeof startTestSlack>> } = {};
  const { slack } = await startConnections({}, async ({ ack }) => {
    world.slack?.sockets.disconnect('warning');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await ack('Here you are');
  });
  world.slack = slack;

  expect(await slack.as(ANA).command('#security', '/mfa-status')).toEqual({ ok: true });
});
