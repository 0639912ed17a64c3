import { describe, expect, test } from '@jest/globals';
import { startBotHarness } from '../../support/bot-harness.ts';

const { slack, aws, logged, bot } = await startBotHarness();
const sam = slack.as('U01SAM');
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const gus = slack.as('U08GUS');
const xena = slack.as('U09XENA');

/** What the bot says next in a conversation, to that person. */
async function answerTo(person: typeof sam, channel: string, act: () => Promise<unknown>): Promise<string> {
  const before = person.messages(channel).length;
  await act();
  return slack.waitUntil(() => person.messages(channel)[before]?.shown);
}

describe('the company at a glance', () => {
  test('shows coverage, the worst accounts and how old the reading is', async () => {
    const shown = await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status'));

    expect(shown).toContain('Root user MFA · 39 accounts');
    expect(shown).toContain('64%');
    expect(shown).toContain('10* non-compliant');
    expect(shown).toContain('ben-prototype');
    expect(shown).toContain('Checked');
  });

  test('is seen by no one else', async () => {
    const before = ana.messages('#security').length;

    await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status'));

    expect(ana.messages('#security')).toHaveLength(before);
  });

  test('leads to an account, and a check shows that it was fixed', async () => {
    await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status'));
    const opened = await answerTo(sam, '#security', () => sam.click({ text: 'Open', value: '555566660002' }));
    expect(opened).toContain('no MFA device is registered');

    aws.organization.enrolDevice('555566660002', 'fido', 'new-key');
    await sam.click('check-now');

    const last = await slack.waitUntil(() =>
      sam.messages('#security').at(-1)?.shown.includes('Fixed, thank you'),
    );
    expect(last).toBe(true);
    expect(sam.messages('#security').at(-1)?.shown).toContain('Passkey or security key');
  });
});

describe('accounts that still have root credentials', () => {
  test('are counted among member accounts, and listed with what is left', async () => {
    const status = await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status'));
    const shown = await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status credentials'));

    expect(status).toMatch(/No root credentials: \d+ of 3\d member accounts {2}\(CIS 7\.0\.0 2\.1\.1\)/);
    expect(shown).toContain('Root credentials left');
    expect(shown).toContain('password, MFA device');
    expect(shown).not.toContain('management');
  });
});

describe('what is typed', () => {
  test.each([
    ['555566660001', 'Owner'],
    ['payments-prod', 'payments-prod'],
    ['payments', 'Which one?'],
    ['security-toolin9', 'security-tooling'],
    ['faling', 'Did you mean `/mfa-status failing`?'],
    ['nobody knows this', 'No account is named'],
    ['help', 'Commands'],
    ['ou /Production/Payments', 'payments-ledger'],
    ['ou Nowhere', 'There are no accounts under /Nowhere'],
    ['owner ben@example.com', 'ben-prototype'],
    ['owner @ben', 'ben-prototype'],
    ['owner @Ben Carter', 'ben-prototype'],
    ['owner @ben.carter', 'ben-prototype'],
    ['owner @nemo', 'Choose the person'],
    ['trend', 'The trend starts with the second week'],
    ['mine', 'Your accounts'],
  ])('%s', async (typed, expected) => {
    const shown = await answerTo(sam, '#security', () => sam.command('#security', `/mfa-status ${typed}`));

    expect(shown).toContain(expected);
  });

  test('an account named like a mention stays a name', async () => {
    const before = sam.messages('#security').length;
    await sam.command('#security', '/mfa-status 555566660004');
    const message = await slack.waitUntil(() => sam.messages('#security')[before]);

    expect(message.text).toContain('&lt;!channel&gt;');
    expect(message.text).not.toContain('<!channel>');
  });
});

describe('a long list', () => {
  test('is a table, can be filtered, and leads into each account', async () => {
    const shown = await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status all'));
    expect(shown).toContain('All accounts · 39 accounts');

    await sam.select('list-filter', 'unknown');
    await slack.waitUntil(() => sam.messages('#security').at(-1)?.text.includes(': 6 unknown'));

    const found = await sam.search('pick-account', 'payments');
    expect(found.map(({ value }) => value)).toContain('111122223333');
    const opened = await answerTo(sam, '#security', () => sam.select('pick-account', '111122223333'));
    expect(opened).toContain('authenticator app');
  });

  test('is sent again with plain blocks when Slack refuses the table', async () => {
    slack.injectFault({ method: 'response_url', status: 400, error: 'invalid_blocks' });

    const shown = await answerTo(sam, '#security', () => sam.command('#security', '/mfa-status all'));

    expect(shown).toContain('payments-prod');
    expect(
      sam
        .messages('#security')
        .at(-1)
        ?.blocks.map(({ type }) => type),
    ).toContain('rich_text');
    expect(logged.at(-1)).toMatchObject({ level: 'error', fields: { error: 'invalid_blocks' } });
  });
});

describe('who may ask', () => {
  test('a guest is refused politely, and it is logged', async () => {
    const shown = await answerTo(gus, '#general', () => gus.command('#general', '/mfa-status'));

    expect(shown).toContain('Only full members');
    expect(logged.at(-1)).toMatchObject({ level: 'warn', fields: { reason: 'guest', user: 'U08GUS' } });
  });

  test('the bot says nothing in a channel that is shared with another company', async () => {
    const shown = await answerTo(sam, '#shared-with-partner', () =>
      sam.command('#shared-with-partner', '/mfa-status'),
    );

    expect(shown).toContain('shared with another company');
    expect(shown).not.toContain('Level 1');
  });

  test('people of the other company have no command here', async () => {
    expect(await xena.command('#shared-with-partner', '/mfa-status')).toMatchObject({ ok: false });
  });

  test('a scan is for admins', async () => {
    const shown = await answerTo(ben, '#general', () => ben.command('#general', '/mfa-status scan'));

    expect(shown).toContain('Only admins');
  });
});

describe('a scan on request', () => {
  test('is followed in a direct message that ends with what changed', async () => {
    aws.organization.enrolDevice('333344440001', 'totp', 'token');

    await sam.command('#security', '/mfa-status scan');

    const done = await slack.waitUntil(() =>
      sam.messages('dm').find(({ shown }) => shown.includes('Scan finished')),
    );
    expect(done.shown).toMatch(/Checked 39 accounts in \d+ seconds?: 1 change/);
    expect(done.edited).toBe(true);
  });
});

test('the health of the bot can be asked for', async () => {
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${bot.port}${path}`);
    return { status: response.status, body: await response.json() };
  };

  expect(await ask('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await ask('/readyz')).toMatchObject({
    status: 200,
    body: { status: 'ready', parts: { database: null, slack: null } },
  });
  expect((await ask('/')).status).toBe(404);
});
