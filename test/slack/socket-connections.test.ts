import { expect, test } from '@jest/globals';
import { App } from '@slack/bolt';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { createSocketConnections } from '../../src/slack/socket-connections.ts';
import { startTestSlack } from '../support/test-slack.ts';

test('the second connection is opened again later than the first, so that Slack never closes both at once', async () => {
  const slack = await startTestSlack();
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const log = { info: write, warn: write, error: write };
  const { appToken, apiUrl } = slack;
  const connections = createSocketConnections({ appToken, apiUrl, staggerMs: 1 }, log);
  const app = new App({
    receiver: connections.primary,
    token: slack.botToken,
    botId: 'B1',
    botUserId: 'U1',
    convoStore: false,
    logger: createBoltLogger(log),
    clientOptions: { slackApiUrl: apiUrl },
  });

  await connections.start(app, new AbortController().signal);
  await slack.waitUntil(() => slack.calls('apps.connections.open') === 3 && slack.connections() === 2);

  expect(connections.problem()).toBeNull();
  expect(lines).toEqual([]);
  await connections.stop();
  await slack.waitUntil(() => slack.connections() === 0);
});
