import { expect, test } from '@jest/globals';
import type { LocalSlack } from '@root-mfa-bot/local-slack';
import { parseConfig } from '../../../src/config/config.ts';
import { accountId } from '../../../src/domain/account.ts';
import { findOpenTokenRequest } from '../../../src/store/token-requests.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const BENS = accountId('555566660002');

const withoutChannel = await startBotHarness({
  config: parseConfig('slack: { admins: [U01SAM, U02CHLOE] }'),
});
const linkMode = await startBotHarness({
  config: parseConfig(`
slack: { channel: C01SECURITY, admins: [U01SAM] }
tokens: { mode: link, url: "https://keys.example.com/new?account={accountId}&name={accountName}" }
`),
});

const says = (slack: LocalSlack, who: string, words: string) =>
  slack.waitUntil(() =>
    slack
      .as(who)
      .messages('#security')
      .findLast(({ shown }) => shown.includes(words)),
  );

test('without a channel for requests the requester reads so immediately, and the request is in the list of admins', async () => {
  const { slack, bot } = withoutChannel;
  const ben = slack.as('U04BEN');
  await ben.command('#security', '/mfa-status request ben-proto');
  const form = await slack.waitUntil(() => ben.modal());
  expect(form.shown).toContain('No channel for requests is set up, so no one will be notified');
  expect(form.shown).not.toContain('Deliver to');

  await ben.submit({});
  const result = await slack.waitUntil(() => {
    const shown = ben.modal()?.shown;
    return shown?.includes('I have not notified anyone yet') ? shown : undefined;
  });
  expect(result).toContain('/mfa-status requests');

  expect(await findOpenTokenRequest(bot.ctx.db, BENS)).toMatchObject({ state: 'requested', office: null });
  const sam = slack.as('U01SAM');
  await sam.command('#security', '/mfa-status requests');
  await says(slack, 'U01SAM', 'ben-prototype');
  await sam.click({ text: 'Approve' });
  const answer = await says(slack, 'U01SAM', 'Approved, waiting to be shipped');
  expect(answer.ephemeral).toBe(true);
  await sam.click({ text: 'All open requests' });
  await says(slack, 'U01SAM', 'Open key requests · 1');
});

test('where the company has a page of its own, every way to a request leads there', async () => {
  const { slack, bot } = linkMode;
  const ben = slack.as('U04BEN');
  const url = `https://keys.example.com/new?account=${BENS}&name=ben-prototype`;

  await ben.command('#security', `/mfa-status ${BENS}`);
  const page = await says(slack, 'U04BEN', 'no MFA device');
  await ben.command('#security', '/mfa-status request ben-proto');
  const answer = await says(slack, 'U04BEN', 'your company’s own page');
  await ben.command('#security', '/mfa-status request');
  await says(slack, 'U04BEN', 'Open an account, or name one');

  for (const { blocks } of [page, answer]) expect(JSON.stringify(blocks)).toContain(url);
  expect(ben.modal()).toBeNull();
  expect(await findOpenTokenRequest(bot.ctx.db, BENS)).toBeUndefined();
});
