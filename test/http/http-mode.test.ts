import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { startBotHarness } from '../support/bot-harness.ts';

const { slack, bot, logged, aws } = await startBotHarness({ http: true });
const sam = slack.as('U01SAM');
const url = `http://127.0.0.1:${bot.port}/slack/events`;

/** A command as Slack would send it, signed with its secret at that time. */
async function send({
  body = commandOf('help'),
  at = Date.now(),
  secret = slack.signingSecret,
  signature = '',
} = {}) {
  const timestamp = String(Math.floor(at / 1_000));
  const signed = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature || signed,
    },
    body,
  });
  return response.status;
}

function commandOf(text: string): string {
  return new URLSearchParams({
    command: '/mfa-status',
    text,
    user_id: 'U01SAM',
    team_id: 'T0HOME',
    channel_id: 'D1',
    response_url: `${slack.url}/response/none`,
    trigger_id: 'none',
  }).toString();
}

describe('over signed HTTP', () => {
  test('the command is answered, an account opened, and its fix seen', async () => {
    await sam.command('#security', '/mfa-status 555566660002');
    await slack.waitUntil(() =>
      sam.messages('#security').at(-1)?.shown.includes('no MFA device is registered'),
    );

    aws.organization.enrolDevice('555566660002', 'fido', 'key');
    await sam.click('check-now');

    await slack.waitUntil(() => sam.messages('#security').at(-1)?.shown.includes('Fixed, thank you'));
    expect(sam.notices()).toEqual([]);
  });

  test('a picker searches as one types', async () => {
    await sam.command('#security', '/mfa-status all');
    await slack.waitUntil(() => sam.messages('#security').at(-1)?.shown.includes('All accounts'));

    expect((await sam.search('pick-account', 'payroll')).map(({ value }) => value)).toEqual(['222233330007']);
  });
});

describe('what does not come from Slack', () => {
  test('is refused: another secret, an old time, a time in the future, nothing signed', async () => {
    expect(await send({ secret: 'somebody else’s secret' })).toBe(401);
    expect(await send({ at: Date.now() - 6 * 60_000 })).toBe(401);
    expect(await send({ at: Date.now() + 10 * 60_000 })).toBe(401);
    expect(await send({ signature: 'nonsense' })).toBe(401);
    expect((await fetch(url)).status).toBe(405);
  });

  test('nor is the same request twice', async () => {
    const at = Date.now() - 5_000;

    expect(await send({ at })).toBe(200);
    expect(await send({ at })).toBe(401);
  });

  test('a body larger than any that Slack sends is not read to its end', async () => {
    expect(await send({ body: 'x'.repeat(1_100_000) })).toBe(413);
  });

  test('a flood is turned away unread, and told of once or twice', async () => {
    const before = logged.length;
    const statuses: number[] = [];
    for (let n = 0; n < 220; n += 1) statuses.push(await send({ signature: 'v0=flood' }));

    expect(statuses).toContain(429);
    expect(logged.slice(before).filter(({ message }) => message === 'Refused a request').length).toBeLessThan(
      5,
    );
  });
});
