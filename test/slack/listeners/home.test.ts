import { describe, expect, test } from '@jest/globals';
import type { PersonDriver } from '@root-mfa-bot/local-slack';
import { businessDaysAfter, nextWorkingMoment, workingHours } from '../../../src/domain/calendar.ts';
import { remindOwners } from '../../../src/usecases/reminders/remind-owners.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const BENS = '555566660002';
const DATA_LAKE = 'data-lake';

const { slack, aws, bot, clock, scan, logged } = await startBotHarness();
const sam = slack.as('U01SAM');
const chloe = slack.as('U02CHLOE');
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const dev = slack.as('U05DEV');
const gus = slack.as('U08GUS');

/** The person's Home, once it says so. */
const home = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => {
    const shown = person.home()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
const homeWithout = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => !(person.home()?.shown ?? '').includes(words));
const modal = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => (person.modal()?.shown.includes(words) ? person.modal() : undefined));
const form = (person: PersonDriver, title: string) =>
  slack.waitUntil(() => (person.modal()?.title === title ? person.modal() : undefined));

describe('an owner of one account', () => {
  test('finds it when they open the app, with what is wrong and what to do', async () => {
    await ben.openHome();

    const shown = await home(ben, 'Your AWS account');
    expect(shown).toContain('ben-prototype');
    expect(shown).toContain('Non-compliant: no MFA · requires MFA');
    expect(shown).toContain('Every AWS account has a root user');
    expect(shown).not.toContain('The company');
  });

  test('is led through it from there, and thanked there once AWS shows it', async () => {
    await ben.click({ text: 'How to fix' });
    await modal(ben, 'ben-prototype');
    await ben.close();

    aws.organization.enrolDevice(BENS, 'virtual', 'bens-phone');
    await ben.click({ text: 'Check now' });
    await modal(ben, 'Fixed, thank you');
    await ben.close();

    const shown = await home(ben, 'Nothing to do');
    expect(shown).not.toContain('Non-compliant:');
  });
});

describe('a key, asked for and approved without leaving the Home', () => {
  test('the owner requests a key, and sees that they have nothing to do', async () => {
    await ana.openHome();
    await home(ana, 'Your AWS accounts · ');
    await sam.openHome();
    await home(sam, 'No pending decisions');

    await ana.click({ text: 'Request a hardware key' });
    await form(ana, 'Request a hardware key');
    await ana.submit({ office: 'London', note: 'For <!channel>' });
    await modal(ana, 'What happens next');
    await ana.close();

    const shown = await home(ana, 'Your hardware keys');
    expect(shown).toContain('waiting for approval');
    expect(shown).toContain('Waiting for an admin to decide');
  });

  test('an admin, who has the Home open, sees it come in, approves it and sends it', async () => {
    const shown = await home(sam, 'requests *2 security keys*');
    expect(shown).toContain('Needs your decision · 1');

    await sam.click({ text: 'Approve' });
    await modal(sam, 'Approved.');
    await sam.close();
    expect(await home(sam, '*1* to ship')).toContain('Approved ');

    await sam.click({ text: 'Ship…' });
    await form(sam, 'Ship the keys');
    await sam.submit({ note: 'DHL 123' });
    await modal(sam, 'On the way');
    await sam.close();
    await home(sam, 'No pending decisions');
  });

  test('the owner says in the Home that it has come', async () => {
    expect(await home(ana, 'on the way')).toContain('DHL 123');

    await ana.click({ text: 'I have it' });
    await modal(ana, 'Now register the keys on root');
    await ana.close();

    expect(await home(ana, 'received, not registered yet')).toContain('Please register it on root');
  });
});

test('an exemption is asked for, granted from the Home, and its end is shown to its owner', async () => {
  await dev.openHome();
  await home(dev, DATA_LAKE);
  await dev.click({ text: 'How to fix' });
  await modal(dev, DATA_LAKE);
  await dev.click({ text: 'Request an exemption' });
  await form(dev, 'Request an exemption');
  await dev.submit({ reason: 'The key is <ordered>' });
  await modal(dev, 'Exemption until');
  await home(dev, 'Waiting for approval');

  expect(await home(sam, 'requests an exemption for')).toContain('The key is &lt;ordered&gt;');
  await sam.click({ text: 'Grant' });
  await modal(sam, 'Granted');
  await sam.close();

  expect(await home(dev, 'Exempt until')).toContain('After that it is non-compliant');
  await home(sam, 'No pending decisions');
});

test('reminders are announced and snoozed, and a returned account goes to an admin', async () => {
  const zone = 'America/Sao_Paulo';
  const hours = workingHours(bot.ctx.config.reminders.workingHours);
  const due = nextWorkingMoment(businessDaysAfter(clock.now(), 3, zone), zone, hours);
  clock.advance(due.getTime() - clock.now().getTime());
  await remindOwners(bot.ctx, []);
  await home(ana, 'Remind me later');

  await ana.click({ text: 'Remind me later' });
  await modal(ana, 'I’ll remind you');
  await ana.close();
  await home(ana, 'Snoozed');

  await ana.click({ text: 'One is not mine…' });
  const { blocks = [] } = (await form(ana, 'Not mine')) ?? {};
  const [, account = ''] = /"value":"(\d{12})"/.exec(JSON.stringify(blocks)) ?? [];
  await ana.submit({ which: account, why: 'Dev runs it now' });
  await modal(ana, 'Thank you');
  await home(ana, 'You told me that one account is not yours');

  expect(await home(sam, 'is not theirs')).toContain('Dev runs it now');
  await sam.click({ text: 'It’s theirs' });
  await modal(sam, 'will remind them again');
  await sam.close();
  await homeWithout(sam, 'is not theirs');
  await homeWithout(ana, 'is not yours');
});

describe('an admin', () => {
  test('has the company on top: coverage, what is not known and why, who cannot be reached, reminders', async () => {
    const shown = await home(sam, 'The company');

    expect(shown).toMatch(/█+░* {2}\*\d+%\* {2}Any MFA/);
    expect(shown).toContain('Could not check');
    expect(shown).toContain('Its owner is a guest');
    expect(shown).toContain('Reminders are on.');
    expect(shown.indexOf('The company')).toBeLessThan(shown.indexOf('Your AWS account'));
  });

  test('comes from there to lists, to the trend, to reminders, and to a scan', async () => {
    await sam.click({ text: 'Non-compliant' });
    await modal(sam, 'Non-compliant');
    await sam.close();
    await sam.click({ actionId: 'list:unknown' });
    await modal(sam, 'All accounts');
    await sam.close();
    await sam.click({ text: 'Trend' });
    await modal(sam, 'The trend starts');
    await sam.close();
    await sam.click({ text: 'Show reminders' });
    await modal(sam, 'Reminders');
    await sam.close();

    await sam.click({ text: 'Scan now' });
    await modal(sam, 'Scanning');
    await sam.close();
    await slack.waitUntil(() => sam.messages('dm').some(({ shown }) => shown.includes('Scan finished')));
  }, 120_000);
});

test('what a scan finds reaches every Home that was opened lately, and no other', async () => {
  expect(ben.home()?.shown).toContain('Nothing to do');

  aws.organization.removeMfa(BENS);
  await scan();

  expect(await home(ben, 'Non-compliant: no MFA · requires MFA')).not.toContain('Nothing to do');
  expect(chloe.home()).toBeNull();
});

describe('another person', () => {
  test('who is a guest is refused politely, without a word about accounts', async () => {
    await gus.openHome();

    expect(await home(gus, 'As a guest')).not.toMatch(/\d{12}/);
  });

  test('who only opens the direct message gets no Home', async () => {
    await chloe.open('dm');
    await scan();

    expect(chloe.home()).toBeNull();
  });
});

test('nothing went wrong meanwhile', () => {
  expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
});
