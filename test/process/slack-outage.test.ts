import { expect, jest, test } from '@jest/globals';
import { CLEAN_EXIT, startBotProcess, startTestEnvironment } from '../support/bot-process.ts';
import { emptyDataDir } from '../support/database.ts';

jest.setTimeout(120_000);

const environment = await startTestEnvironment();
const { slack } = environment;
const sam = slack.as('U01SAM');
const DATA_DIR = await emptyDataDir();

/** Takes Slack down: no call is answered, and no socket is connected, until the returned function is called. */
function startOutage(): () => void {
  const outage = slack.injectFault({ method: '*', dropConnection: true, times: Number.POSITIVE_INFINITY });
  slack.sockets.refuse(true);
  slack.sockets.disconnect('cut');
  return () => {
    outage.remove();
    slack.sockets.refuse(false);
  };
}

/** The help, if the bot answers. */
async function isConnected(): Promise<string> {
  const before = sam.messages('#security').length;
  await sam.command('#security', '/mfa-status help');
  const answer = await slack.waitUntil(() => sam.messages('#security').slice(before).at(-1), 30_000);
  return answer.shown;
}

// One bot lives through all of it, and begins when Slack is away.
const slackComes = startOutage();
const bot = await startBotProcess(environment, { env: { DATA_DIR } });

test('a bot that starts while Slack is down keeps running, says why it is not ready, and becomes ready with Slack', async () => {
  const reason = await bot.waitForReadiness(503);
  expect(JSON.parse(reason)).toMatchObject({
    parts: { database: null, slack: 'Slack cannot be reached yet' },
  });
  expect((await bot.get('/healthz')).status).toBe(200);
  await bot.waitForLog('Slack is unreachable, retrying');

  slackComes();

  await bot.waitForReadiness(200);
  expect(await isConnected()).toContain('/mfa-status');
  expect(bot.stderr()).toBe('');
});

test('while Slack has one connection opened again, the other one receives', async () => {
  await slack.waitUntil(() => slack.connections() === 2, 30_000);
  slack.sockets.disconnect('refresh_requested', 'next');
  await slack.waitUntil(() => slack.connections() === 1);

  expect(await isConnected()).toContain('/mfa-status');
  expect((await bot.get('/readyz')).status).toBe(200);
  expect(sam.notices()).toEqual([]);
  await slack.waitUntil(() => slack.connections() === 2, 30_000);
});

test('when Slack goes down later, the bot says so, keeps running, and recovers with Slack', async () => {
  const slackReturns = startOutage();

  expect(JSON.parse(await bot.waitForReadiness(503))).toMatchObject({
    parts: { slack: 'the connection to Slack is lost; connecting again' },
  });
  expect((await bot.get('/healthz')).status).toBe(200);

  slackReturns();

  await bot.waitForReadiness(200);
  expect(await isConnected()).toContain('/mfa-status');
});

test('a bot stops cleanly while Slack is down, at the start and later', async () => {
  startOutage();
  bot.send('SIGTERM');
  expect(await bot.exit()).toEqual(CLEAN_EXIT);

  const second = await startBotProcess(environment, { env: { DATA_DIR } });
  await second.waitForLog('Slack is unreachable, retrying');
  second.send('SIGTERM');
  expect(await second.exit()).toEqual(CLEAN_EXIT);
});
