import { expect, jest, test } from '@jest/globals';
import { aBotProcess, aWorld } from '../support/bot-process.ts';
import { emptyDataDir } from '../support/database.ts';

jest.setTimeout(90_000);

const world = await aWorld();
const { slack } = world;
const sam = slack.as('U01SAM');
const DATA_DIR = await emptyDataDir();

/** Slack as it is when it is gone: no call is answered, and nobody is connected. Until the returned function is called. */
function slackGoes(): () => void {
  const outage = slack.inject({ method: '*', drop: true, times: Number.POSITIVE_INFINITY });
  slack.sockets.refuse(true);
  slack.sockets.disconnect('cut');
  return () => {
    outage.lift();
    slack.sockets.refuse(false);
  };
}

/** The help, if the bot answers. */
async function isHeard(): Promise<string> {
  const before = sam.see('#security').length;
  await sam.command('#security', '/mfa-status help');
  const answer = await slack.until(() => sam.see('#security').slice(before).at(-1), 10_000);
  return answer.shown;
}

// One bot lives through all of it, and begins when Slack is away.
const slackComes = slackGoes();
const bot = await aBotProcess(world, { env: { DATA_DIR } });

test('a bot that starts while Slack is away lives, says why it is not ready, and is once Slack is there', async () => {
  const reason = await bot.answers(503);
  expect(JSON.parse(reason)).toMatchObject({
    parts: { database: null, slack: 'Slack cannot be reached yet' },
  });
  expect((await bot.asks('/healthz')).status).toBe(200);
  await bot.says('Slack cannot be reached; trying again');

  slackComes();

  await bot.answers(200);
  expect(await isHeard()).toContain('/mfa-status');
  expect(bot.complaint()).toBe('');
});

test('while Slack has a line opened anew, the other one is heard', async () => {
  await slack.until(() => slack.connections() === 2, 10_000);
  slack.sockets.disconnect('refresh_requested', 'next');
  await slack.until(() => slack.connections() === 1);

  expect(await isHeard()).toContain('/mfa-status');
  expect((await bot.asks('/readyz')).status).toBe(200);
  expect(sam.notices()).toEqual([]);
  await slack.until(() => slack.connections() === 2, 20_000);
});

test('when Slack goes away later, the bot says so, lives on, and comes back with Slack', async () => {
  const slackReturns = slackGoes();

  expect(JSON.parse(await bot.answers(503))).toMatchObject({
    parts: { slack: 'the connection to Slack is lost; connecting again' },
  });
  expect((await bot.asks('/healthz')).status).toBe(200);

  slackReturns();

  await bot.answers(200);
  expect(await isHeard()).toContain('/mfa-status');
});

test('whoever stops the bot need not wait for Slack, neither later nor at the start', async () => {
  slackGoes();
  bot.send('SIGTERM');
  const began = performance.now();
  expect(await bot.ended).toBe(0);

  const unborn = await aBotProcess(world, { env: { DATA_DIR } });
  await unborn.says('Slack cannot be reached; trying again');
  unborn.send('SIGTERM');
  expect(await unborn.ended).toBe(0);
  expect(unborn.complaint()).toBe('');
  expect(performance.now() - began).toBeLessThan(20_000);
});
