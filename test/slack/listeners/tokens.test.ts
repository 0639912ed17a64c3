import { describe, expect, test } from '@jest/globals';
import type { PersonDriver, VisibleMessage } from '@root-mfa-bot/local-slack';
import { demoConfig } from '../../../src/demo/demo-config.ts';
import { type AccountId, accountId } from '../../../src/domain/account.ts';
import { businessDaysAfter, nextWorkingMoment, workingHours } from '../../../src/domain/calendar.ts';
import type { OpenTokenRequest } from '../../../src/domain/token-request.ts';
import { tokenRequestUrl } from '../../../src/slack/views/tokens/token-button.ts';
import { findOpenTokenRequest } from '../../../src/store/token-requests.ts';
import { followUpTokenRequests } from '../../../src/usecases/tokens/follow-up-token-requests.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const PHONE = accountId('111122223333');
const BLOG = accountId('222233330002');
const BENS = accountId('555566660002');
const TOOLING = accountId('100020003001');

const { slack, aws, bot, clock } = await startBotHarness();
const sam = slack.as('U01SAM');
const chloe = slack.as('U02CHLOE');
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');

/** The newest message in a conversation that says so. */
const read = (person: PersonDriver, channel: string, words: string): Promise<VisibleMessage> =>
  slack.waitUntil(() => person.messages(channel).findLast(({ shown }) => shown.includes(words)));
/** The open modal, once it says so. */
const modal = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => (person.modal()?.shown.includes(words) ? person.modal() : undefined));
const form = (person: PersonDriver, title: string) =>
  slack.waitUntil(() => (person.modal()?.title === title ? person.modal() : undefined));

/** Asks for two keys, as the form comes. */
async function asks(person: PersonDriver, account: string, office = 'London'): Promise<string> {
  await person.command('#security', `/mfa-status request ${account}`);
  await form(person, 'Request a hardware key');
  await person.submit({ office });
  const { shown } = (await modal(person, 'You requested')) ?? { shown: '' };
  await person.close();
  return shown;
}

/** The open request for an account. */
async function requestOf(account: AccountId): Promise<OpenTokenRequest> {
  const open = await findOpenTokenRequest(bot.ctx.db, account);
  if (!open) throw new Error(`No one is waiting for a key for ${account}`);
  return open;
}

test('a key finds its way from the button to the look that sees it on root', async () => {
  await ana.command('#security', `/mfa-status ${PHONE}`);
  await read(ana, '#security', 'Authenticator app');
  await ana.click({ text: 'Request a hardware key' });
  await form(ana, 'Request a hardware key');
  expect(JSON.stringify(ana.modal()?.blocks)).toContain('payments-prod');
  const refused = await ana.submit({ quantity: '9', office: 'London' });
  expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('Enter 1 to 8') });
  await ana.submit({ quantity: '2', office: 'São Paulo', note: 'For <!channel> & *me*' });
  const result = await modal(ana, 'What happens next');
  expect(result?.shown).toContain('2 security keys');
  await ana.close();

  const posted = await read(sam, '#security-keys', 'Waiting for approval');
  expect(posted.shown).toContain('São Paulo');
  expect(posted.shown).not.toContain('<!channel>');
  await sam.open('#security-keys');
  await sam.click({ text: 'Approve' });
  await read(sam, '#security-keys', 'Approved, waiting to be shipped');
  await read(ana, 'dm', 'Approved:');

  await sam.click({ text: 'Ship…' });
  await form(sam, 'Ship the keys');
  await sam.submit({ note: 'DHL 123', serial: '5C-17' });
  await modal(sam, 'On the way');
  await sam.close();
  const message = await read(ana, 'dm', 'DHL 123');
  expect(message.shown).toContain('I have it');

  await ana.open('dm');
  await ana.click({ text: 'I have it' });
  await read(ana, 'dm', 'You have it:');
  await ana.click({ text: 'Show the steps' });
  expect(JSON.stringify((await form(ana, 'How to fix'))?.blocks)).toContain(
    'choose “Passkey or security key”',
  );
  await ana.close();
  await read(sam, '#security-keys', 'Received, not registered yet');
  expect(ana.messages('dm').some(({ blocks }) => JSON.stringify(blocks).includes('receive-token'))).toBe(
    false,
  );

  aws.organization.enrolDevice(PHONE, 'fido', 'the-new-key');
  await ana.click({ text: 'Check now' });
  const second = await read(ana, 'dm', 'Register the second key now, then store it elsewhere.');
  expect(second.shown).toContain('I’ll close the request when AWS shows both.');
  await ana.click({ text: 'The spare is for later' });

  await read(ana, 'dm', 'Thank you.');
  const done = await read(sam, '#security-keys', 'Done, registered on root');
  expect(JSON.stringify(done.blocks)).not.toContain('"button"');
  expect(await findOpenTokenRequest(bot.ctx.db, PHONE)).toBeUndefined();
}, 120_000);

describe('no one approves their own keys', () => {
  test('not even an admin, who reads why; another one does', async () => {
    const result = await asks(sam, TOOLING);
    expect(result).toContain('Another admin approves it');
    await read(sam, '#security-keys', 'security-tooling');

    await sam.open('#security-keys');
    await sam.click({ text: 'Approve' });
    await read(sam, '#security-keys', 'Another admin must decide this');
    await sam.click({ text: 'Decline…' });
    await slack.waitUntil(
      () =>
        sam.messages('#security-keys').filter(({ shown }) => shown.includes('Another admin must decide'))
          .length === 2,
    );
    expect(await requestOf(TOOLING)).toMatchObject({ state: 'requested' });

    await chloe.open('#security-keys');
    await chloe.click({ text: 'Approve' });
    await read(sam, 'dm', 'Approved:');
  });

  test('shows an approver the account, what it requires, its owner and other open requests', async () => {
    await asks(ana, BLOG);

    const posted = await read(sam, '#security-keys', 'web-blog');
    expect(posted.shown).toMatch(
      /web-blog: compliant, hardware MFA or passkey · requires hardware MFA · owner: ana@example\.com/,
    );
    expect(posted.shown).not.toContain('Withdraw request…');
  });

  test('and a person who is not an admin decides nothing', async () => {
    const { id } = await requestOf(BLOG);
    await read(ben, '#security-keys', 'web-blog');

    await ben.open('#security-keys');
    await ben.click({ text: 'Approve', value: id });
    await read(ben, '#security-keys', 'Only admins can decide');

    expect(await requestOf(BLOG)).toMatchObject({ state: 'requested' });
  });
});

test('a second request is refused with who asked, when, and how far it is', async () => {
  const { id } = await requestOf(BLOG);

  await sam.command('#security', `/mfa-status request ${BLOG}`);
  const answer = await read(sam, '#security', 'already has a request');
  expect(answer.shown).toContain('waiting for approval');
  expect(answer.shown).toContain('<@U03ANA>');

  await sam.click({ text: 'Open request' });
  await slack.waitUntil(() =>
    sam.messages('#security').some(({ blocks }) => JSON.stringify(blocks).includes(`"${id}"`)),
  );
});

test('the account’s page shows the request instead of the way to a new one', async () => {
  await ana.command('#security', `/mfa-status ${BLOG}`);

  const page = await read(ana, '#security', 'waiting for approval. Requested by');
  expect(page.shown).toContain('Open request');
  expect(page.shown).not.toContain('Request a hardware key');
});

test('two approvers at once: the second reads who was first', async () => {
  const { id } = await requestOf(BLOG);
  const clicks = [sam, chloe].map(async (person) => {
    await person.open('#security-keys');
    await person.click({ text: 'Approve', value: id });
  });
  await Promise.all(clicks);

  const told = await slack.waitUntil(() =>
    [sam, chloe]
      .flatMap((person) => person.messages('#security-keys'))
      .find(({ shown }) => shown.includes('Already done')),
  );
  const { decidedBy } = (await requestOf(BLOG)) as { decidedBy: string };
  expect(told.shown).toContain(`<@${decidedBy}>`);
});

test('a declined requester reads why, in their own words', async () => {
  await asks(ben, BENS);
  const { id } = await requestOf(BENS);
  await read(sam, '#security-keys', 'ben-prototype');
  await sam.open('#security-keys');
  await sam.click({ text: 'Decline…', value: id });
  await form(sam, 'Decline the request');

  await sam.submit({ reason: 'Take the spare one, <@U03ANA>' });

  await modal(sam, 'I sent your reason to');
  await sam.close();
  const message = await read(ben, 'dm', 'Declined:');
  expect(message.text).toContain('Take the spare one, &lt;@U03ANA&gt;');
});

describe('requests', () => {
  test('are listed: to a requester their own, with what they can do', async () => {
    await ana.command('#security', '/mfa-status requests');

    const list = await read(ana, '#security', 'Your key requests');
    expect(list.shown).toContain('web-blog');
    expect(list.shown).not.toContain('security-tooling');
    expect(list.shown).toContain('Withdraw request…');
    expect(list.shown).not.toContain('Ship…');
  });

  test('to an admin every open one, with its buttons, which answer in the same place', async () => {
    await sam.command('#security', '/mfa-status requests');
    await read(sam, '#security', 'Open key requests · 2');
    const { id } = await requestOf(BLOG);

    await sam.click({ text: 'Withdraw request…', value: id });
    await form(sam, 'Withdraw the request');
    await sam.submit({ reason: 'Bought twice' });
    await modal(sam, 'Withdrawn.');
    await sam.close();

    await read(ana, 'dm', 'Bought twice');
  });

  test('offer to a member only accounts of their own, those without hardware first', async () => {
    await ben.command('#security', '/mfa-status request');
    await form(ben, 'Request a hardware key');

    expect((await ben.search('token-accounts', '')).map(({ value }) => value)).toEqual([BENS]);
    await ben.close();
  });

  test("cannot be made for another person's account, whatever the form says", async () => {
    await ben.command('#security', '/mfa-status request');
    await form(ben, 'Request a hardware key');
    await ben.submit({ 'token-accounts': [PHONE], office: 'London' });

    expect(await findOpenTokenRequest(bot.ctx.db, PHONE)).toBeUndefined();
    await ben.close();
  });
});

test('an undecided request is sent to every admin, who can decide it there', async () => {
  await asks(ben, BENS, 'Tokyo');
  await read(sam, '#security-keys', 'Tokyo');
  const overdue = businessDaysAfter(clock.now(), 3, 'Europe/London');
  const then = nextWorkingMoment(overdue, 'Europe/London', workingHours('09:00-17:00'));
  clock.advance(then.getTime() - clock.now().getTime());

  await followUpTokenRequests(bot.ctx);

  const message = await read(chloe, 'dm', 'No decision yet.');
  expect(message.shown).toContain('ben-prototype');
  await chloe.open('dm');
  await chloe.click({ text: 'Approve' });
  await read(ben, 'dm', 'Approved:');
}, 120_000);

test('where the company has a page of its own, the button leads there', () => {
  const config = demoConfig();
  const tokens = {
    ...config.tokens,
    mode: 'link',
    url: 'https://keys.example.com/?a={accountId}&n={accountName}',
  } as const;

  expect(tokenRequestUrl({ tokens }, { id: PHONE, name: 'a&b $& <c>' })).toBe(
    'https://keys.example.com/?a=111122223333&n=a%26b%20%24%26%20%3Cc%3E',
  );
  expect(tokenRequestUrl(config, { id: PHONE, name: 'a' })).toBeUndefined();
});
