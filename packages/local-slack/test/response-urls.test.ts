import { expect, test } from '@jest/globals';
import type { LocalSlack } from '../src/local-slack.ts';
import { ANA, BEN, createTestClock, socketApp, startTestSlack, type TestClock } from './bolt-harness.ts';

/** Ana has typed a command: a local Slack, its clock, and a way to answer at the address that the app got. */
async function createResponseUrl(channel = '#security') {
  const clock: TestClock = createTestClock();
  const slack: LocalSlack = await startTestSlack({ now: clock.now });
  let url = '';
  await socketApp(slack, (app) => {
    app.command('/status', async ({ ack, command }) => {
      url = command.response_url;
      await ack();
    });
  });
  await slack.as(ANA).command(channel, '/status');

  const answer = async (body: object): Promise<readonly [number, unknown]> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };
  return { slack, clock, answer };
}

test('an interaction can be answered five times', async () => {
  const { slack, answer } = await createResponseUrl();

  const answers = [];
  for (let nth = 1; nth <= 6; nth += 1) answers.push(await answer({ text: `Answer ${nth}` }));

  expect(answers.map(([status]) => status)).toEqual([200, 200, 200, 200, 200, 404]);
  expect(answers.at(-1)).toEqual([404, { ok: false, error: 'used_url' }]);
  expect(slack.as(ANA).messages('#security')).toHaveLength(5);
});

test('an interaction can be answered for thirty minutes', async () => {
  const { clock, answer } = await createResponseUrl();

  clock.advance(30 * 60_000);
  const inTime = await answer({ text: 'Just in time' });
  clock.advance(1);
  const tooLate = await answer({ text: 'Too late' });

  expect(inTime).toEqual([200, { ok: true }]);
  expect(tooLate).toEqual([404, { ok: false, error: 'expired_url' }]);
});

test('an answer is for its person, unless it says in_channel', async () => {
  const { slack, answer } = await createResponseUrl();

  await answer({ text: 'For Ana' });
  await answer({ text: 'For all', response_type: 'in_channel' });

  expect(
    slack
      .as(ANA)
      .messages('#security')
      .map(({ text }) => text),
  ).toEqual(['For Ana', 'For all']);
  expect(
    slack
      .as(BEN)
      .messages('#security')
      .map(({ text }) => text),
  ).toEqual(['For all']);
});

test('an answer needs no bot in the channel', async () => {
  const { slack, answer } = await createResponseUrl('#general');

  expect(await answer({ text: 'Two accounts' })).toEqual([200, { ok: true }]);
  expect(slack.as(ANA).messages('#general')).toMatchObject([{ text: 'Two accounts', ephemeral: true }]);
});

test('an answer that breaks the rules of Block Kit is refused, and counts as a use of the URL', async () => {
  const { slack, answer } = await createResponseUrl();

  const [status, body] = await answer({ blocks: [{ type: 'header' }] });

  expect(status).toBe(400);
  expect(body).toMatchObject({ ok: false, error: 'invalid_blocks' });
  expect(slack.as(ANA).messages('#security')).toEqual([]);
});
