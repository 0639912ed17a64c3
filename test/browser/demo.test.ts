// First, so that its pages are closed before the demo that they listen to.

import { afterAll, expect, jest, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { PEOPLE } from '../../src/demo/company.ts';
import { startDemo } from '../../src/demo/start-demo.ts';
import { openPage } from './browser.ts';

jest.setTimeout(120_000);

const BENS_ACCOUNT_ID = 'ben-prototype';
/** A Thursday in a week without holidays: the demo opens on its Monday. */
const TODAY = new Date('2026-11-26T12:00:00Z');

const demo = await startDemo({ port: 0, today: TODAY }, () => undefined);
afterAll(() => demo.close(), 30_000);

type Name = keyof typeof PEOPLE;

const pageOf = (name: Name, conversation: string): Promise<Page> =>
  openPage(`${demo.url}/#/${PEOPLE[name].id}/${conversation}`, { timeoutMs: 30_000 });
const messagesOf = (name: Name) => pageOf(name, `D${PEOPLE[name].id.slice(1)}`);

async function ask(page: Page, command: string): Promise<Locator> {
  const composer = page.getByRole('textbox', { name: /^Message / });
  await composer.fill(command);
  await composer.press('Enter');
  const answer = page.getByRole('article').filter({ hasText: 'Only visible to you' }).last();
  await answer.waitFor();
  return answer;
}

const expectText = (words: string | RegExp, inside: Page | Locator) =>
  inside.getByText(words).last().waitFor();
const clickButton = (name: string | RegExp, inside: Page | Locator) =>
  inside.getByRole('button', { name }).last().click();

/** Becomes another person on the same page. */
async function switchTo(page: Page, name: Name): Promise<void> {
  await page.getByTestId('person-switcher').click();
  await page.getByTestId(`be-${PEOPLE[name].id}`).click();
  await page.locator(`[data-testid=person-switcher][data-user=${PEOPLE[name].id}]`).waitFor();
}

test('the first thing one sees is what the bot said this morning, and what one may try', async () => {
  const page = await pageOf('sam', 'C01SECURITY');

  await expectText('Root MFA was removed from', page);
  await expectText('Root MFA, week 48', page);
  await page.getByTestId('first-steps').getByRole('button', { name: '/mfa-status' }).click();
  await expectText('Root user MFA · 39 accounts', page);
  await clickButton('Dismiss', page);
  await page.reload();
  await expectText('Root user MFA · 39 accounts', page);

  expect(await page.getByTestId('first-steps').count()).toBe(0);
});

test('a security engineer asks for the company, opens an account and has it checked', async () => {
  const page = await pageOf('sam', 'C01SECURITY');

  const company = await ask(page, '/mfa-status');
  await expectText('Needs attention', company);
  await clickButton('Open payroll', company);
  const account = page.getByRole('article').filter({ hasText: '222233330007' }).last();
  await expectText('Root can sign in with a password and no MFA device is registered.', account);
  await clickButton('Check now', account);

  await expectText('Just checked: non-compliant.', page);
});

test('an owner gets a reminder, requests a key, receives it, registers it, and is thanked', async () => {
  const page = await messagesOf('ben');
  const panel = page.getByRole('complementary', { name: 'Simulated AWS' });
  const dialog = page.getByRole('dialog').last();
  expect(await page.getByRole('article').count()).toBe(0);

  await clickButton('+1 day', panel);
  await expectText('Your AWS account needs MFA on its root user', page);
  await clickButton(/^How to fix/, page);
  await expectText('Register an authenticator app', dialog);
  await clickButton('Request a hardware key', dialog);
  await dialog.getByRole('combobox', { name: 'Deliver to' }).click();
  await page.getByRole('option', { name: 'London' }).click();
  await clickButton('Request', dialog);
  await expectText('You requested 2 security keys', dialog);
  await clickButton('Close', dialog);

  await switchTo(page, 'sam');
  await page.getByTestId('channel-C04KEYS').click();
  await clickButton('Approve', page);
  await clickButton('Ship…', page);
  await dialog.getByRole('textbox', { name: 'How it is delivered' }).fill('At the front desk');
  await clickButton('Ship', dialog);
  await expectText('On the way', dialog);
  await clickButton('Close', dialog);

  await switchTo(page, 'ben');
  await page
    .getByTestId('sidebar')
    .getByRole('button', { name: /root-mfa/ })
    .click();
  await clickButton('I have it', page);
  await expectText('You have it:', page);
  await panel.getByRole('textbox', { name: 'Search accounts' }).fill(BENS_ACCOUNT_ID);
  await panel.getByRole('button', { name: new RegExp(BENS_ACCOUNT_ID) }).click();
  await clickButton('Add a security key', panel);
  await expectText(/^security key$/, panel);
  await clickButton('Check now', page);
  await expectText('Fixed, thank you.', page);
  await expectText('Register the second key now, then store it elsewhere.', page);
  await clickButton('The spare is for later', page);
  await expectText('Your request is complete.', page);
});

test('afterwards the account is compliant everywhere', async () => {
  const page = await pageOf('ben', 'C01SECURITY');

  const account = await ask(page, `/mfa-status ${BENS_ACCOUNT_ID}`);
  await expectText('Passkey or security key', account);
  const requests = await ask(page, '/mfa-status requests');
  await expectText('You have no key requests.', requests);
  await page
    .getByTestId('sidebar')
    .getByRole('button', { name: /root-mfa/ })
    .click();
  await page.getByRole('tab', { name: 'Home' }).click();
  const home = page.getByRole('tabpanel', { name: 'Home' });
  await expectText(BENS_ACCOUNT_ID, home);

  expect(await home.textContent()).toContain('Nothing to do. Thank you.');
});

test('a guest is refused politely', async () => {
  const page = await pageOf('gus', 'C02GENERAL');

  const answer = await ask(page, '/mfa-status');

  expect(await answer.textContent()).toContain('guest');
  expect(await answer.textContent()).not.toContain('accounts');
});

test('a person of another company sees no command, no Home and no message', async () => {
  const page = await pageOf('xena', 'C03SHARED');

  await page.getByRole('heading', { name: 'shared-with-partner', level: 1 }).waitFor();
  const composer = page.getByRole('textbox', { name: /^Message / });
  await composer.fill('/mfa-status');
  await composer.press('Enter');
  await expectText('/mfa-status is not a valid command.', page.getByTestId('notice'));

  expect(await page.getByRole('article').count()).toBe(0);
  expect(await page.getByTestId('sidebar').textContent()).not.toContain('root-mfa');
});
