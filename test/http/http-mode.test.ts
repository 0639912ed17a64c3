import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
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
  contentType = 'application/x-www-form-urlencoded',
} = {}) {
  const timestamp = String(Math.floor(at / 1_000));
  const signed = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': contentType,
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
    expect(await send({ secret: 'another secret' })).toBe(401);
    expect(await send({ at: Date.now() - 6 * 60_000 })).toBe(401);
    expect(await send({ at: Date.now() + 10 * 60_000 })).toBe(401);
    expect(await send({ signature: 'nonsense' })).toBe(401);
    expect((await fetch(url)).status).toBe(405);
  });

  test('is refused without its body being read when the headers are wrong', async () => {
    const body = 'x'.repeat(1_100_000);

    expect(await send({ body, signature: 'nonsense' })).toBe(401);
    expect(await send({ body, at: Date.now() - 6 * 60_000 })).toBe(401);
  });

  test('is refused when it was sent before', async () => {
    const at = Date.now() - 5_000;

    expect(await send({ at })).toBe(200);
    expect(await send({ at })).toBe(401);
  });

  test('is refused when the body is larger than any that Slack sends', async () => {
    expect(await send({ body: 'x'.repeat(1_100_000) })).toBe(413);
  });

  test('does not keep genuine requests out, however many there are', async () => {
    const before = logged.length;
    const forged = Array.from({ length: 250 }, () => send({ secret: 'another secret' }));

    expect(new Set(await Promise.all(forged))).toEqual(new Set([401]));
    expect(await send({ at: Date.now() - 3_000 })).toBe(200);
    const refusals = logged.slice(before).filter(({ message }) => message === 'Request refused');
    expect(refusals.length).toBeLessThan(3);
  });
});

describe('a signed request', () => {
  test.each(['null', '"text"', 'not JSON', ''])('without an object in it is refused: %j', async (body) => {
    expect(await send({ body, contentType: 'application/json' })).toBe(400);
    expect(await send({ body: `payload=${body}` })).toBe(400);
    expect(await send({ at: Date.now() - 2_000 })).toBeLessThan(500);
  });

  test('that is aborted writes no line to the log', async () => {
    const before = logged.length;
    const aborted = connect(bot.port, '127.0.0.1');
    aborted.write(
      [
        'POST /slack/events HTTP/1.1',
        'host: bot',
        'content-length: 1000',
        `x-slack-request-timestamp: ${Math.floor(Date.now() / 1_000)}`,
        `x-slack-signature: v0=${'0'.repeat(64)}`,
        '',
        'half of it',
      ].join('\r\n'),
    );
    await once(aborted, 'connect');
    aborted.destroy();
    await once(aborted, 'close');
    await fetch(`http://127.0.0.1:${bot.port}/healthz`);

    // The commands before, whose invented response URL refuses their answer, can still be at work.
    const isOfCommand = ({ fields }: (typeof logged)[number]) => 'command' in fields;
    expect(logged.slice(before).filter((line) => !isOfCommand(line))).toEqual([]);
  });
});
