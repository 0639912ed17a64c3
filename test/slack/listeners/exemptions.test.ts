import { describe, expect, test } from '@jest/globals';
import { processExpiringExemptions } from '../../../src/usecases/exemptions/process-expiring-exemptions.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const { slack, bot, clock } = await startBotHarness();
await refreshDirectory(bot.ctx);
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const sam = slack.as('U01SAM');
const chloe = slack.as('U02CHLOE');
type TestPerson = typeof ben;

const DAY_MS = 24 * 60 * 60_000;
/** The date this many days from now: `2026-12-31`. */
const dayIn = (days: number) => new Date(clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);

/** What the person reads last in a conversation, once it says that. */
const reads = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).find(({ shown }) => shown.includes(words))?.shown);
const readsLast = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => {
    const shown = person.messages(place).at(-1)?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

async function opens(person: TestPerson, account: string): Promise<void> {
  const before = person.messages('#general').length;
  await person.command('#general', `/mfa-status ${account}`);
  await slack.waitUntil(() => person.messages('#general').length > before);
}

describe('an exemption, from the question to its end', () => {
  test('is requested by the owner: the form refuses a date in the past or too far away', async () => {
    await opens(ben, 'ben-prototype');
    await ben.click('ask-exemption');
    await modal(ben, 'An admin decides');

    const early = await ben.submit({ reason: 'The key is ordered', 'last-day': dayIn(-1) });
    expect(JSON.stringify(early)).toContain('That date has passed');
    const late = await ben.submit({ reason: 'The key is ordered', 'last-day': dayIn(200) });
    expect(JSON.stringify(late)).toContain('The limit is 90 days');

    await ben.submit({ reason: 'The key is <ordered> & *on its way*', 'last-day': dayIn(20) });
    expect(await modal(ben, 'Exemption until')).toContain('Until then, the account stays non-compliant');
    await ben.close();
  });

  test('is posted to the approvers, and changes nothing until they decide', async () => {
    const question = await reads(sam, '#security', 'requests an exemption for');
    expect(question).toContain('ben-prototype');
    expect(question).toContain('The key is &lt;ordered&gt; &amp; ∗on its way∗');

    await opens(ben, 'ben-prototype');
    const page = ben.messages('#general').at(-1)?.shown;
    expect(page).toContain('Waiting for approval');
    expect(page).toContain('Non-compliant');
    expect(page).not.toContain('Request an exemption');
  });

  test('is not decided by a person who is not an admin', async () => {
    await ana.open('#security');
    await ana.click('grant-exemption');
    await reads(ana, '#security', 'Only admins can decide on exemptions');

    await ana.click('decline-exemption');
    await slack.waitUntil(
      () => ana.messages('#security').filter(({ shown }) => shown.includes('Only admins')).length === 2,
    );
    expect(ana.modal()).toBeNull();
  });

  test('is granted by an admin; the request shows it, and the owner is notified', async () => {
    await sam.open('#security');
    await sam.click('grant-exemption');

    await reads(sam, '#security', 'Granted until');
    await reads(ben, 'dm', 'granted the exemption');
    const question = await slack.waitUntil(
      () => chloe.messages('#security').find(({ shown }) => shown.includes('Granted until'))?.shown,
    );
    expect(question).toContain('ben-prototype');
  });

  test('stands on the page of the account and in lists, with its last day', async () => {
    await opens(ben, 'ben-prototype');
    expect(ben.messages('#general').at(-1)?.shown).toContain('Exempt until');

    await ben.command('#general', '/mfa-status mine');
    expect(await readsLast(ben, '#general', 'Your accounts')).toContain('Exempt until');
  });

  test('is announced to end a week before', async () => {
    clock.advance(15 * DAY_MS);
    await processExpiringExemptions(bot.ctx);

    expect(await reads(ben, 'dm', 'ends on')).toContain('unless it is fixed by then');
  });

  test('is ended early by another admin, and the account is non-compliant immediately', async () => {
    await opens(chloe, 'ben-prototype');
    await chloe.click('end-exemption');

    const page = await readsLast(chloe, '#general', 'Exemption ended');
    expect(page).toContain('Non-compliant');
    await reads(ben, 'dm', 'ended the exemption');
    await reads(sam, '#security', 'ended early');
  });
});

describe('a request for an exemption', () => {
  test('by an admin is decided by another one, who gives a reason', async () => {
    await opens(sam, 'payroll');
    await sam.click('ask-exemption');
    await modal(sam, 'An admin decides');
    await sam.submit({ reason: 'The audit is in March', 'last-day': dayIn(30) });
    await modal(sam, 'Exemption until');
    await sam.close();
    await reads(sam, '#security', 'The audit is in March');

    await sam.open('#security');
    await sam.click('grant-exemption');
    await reads(sam, '#security', 'another admin must decide');

    await chloe.open('#security');
    await chloe.click('decline-exemption');
    await modal(chloe, 'I send your reason to the requester');
    await chloe.submit({ reason: 'It is open since last year' });
    await modal(chloe, 'Declined');
    await chloe.close();
    expect(await reads(sam, 'dm', 'declined the exemption')).toContain('It is open since last year');
  });

  test('is withdrawn by the requester', async () => {
    await opens(ana, 'network-hub');
    expect(ana.messages('#general').at(-1)?.shown).not.toContain('Request an exemption');
    await opens(ana, 'mainframe-bridge');
    await ana.click('ask-exemption');
    await modal(ana, 'An admin decides');
    await ana.submit({ reason: 'Waiting', 'last-day': dayIn(30) });
    await modal(ana, 'Exemption until');
    await ana.close();

    await opens(ana, 'mainframe-bridge');
    await ana.click('withdraw-exemption');

    await readsLast(ana, '#general', 'Request withdrawn');
    await reads(sam, '#security', 'Closed without a decision');
  });

  test('cannot be made by a person who does not own the account', async () => {
    await opens(ana, 'ben-prototype');

    expect(ana.messages('#general').at(-1)?.shown).not.toContain('Request an exemption');
  });
});
