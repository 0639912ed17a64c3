import { expect, test } from '@jest/globals';
import type { BlockAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Page } from 'playwright-core';
import { ANA, BEN, callApi, GUS, plainTextObject, startTestWorkspace, XENA } from './local-workspace.ts';

const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / });

async function ask(page: Page, command = '/status'): Promise<void> {
  await composer(page).fill(command);
  await composer(page).press('Enter');
  await page.getByText('Only visible to you').waitFor();
}

test('the page says in red, above everything, that it is not Slack', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);
  await page.getByRole('button', { name: 'Request a key' }).click();
  await page.getByRole('dialog', { name: 'Request a key' }).waitFor();

  const banner = page.getByRole('note').filter({ hasText: 'This is not Slack.' });
  const look = await banner.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    return { colour: getComputedStyle(element).backgroundColor, isOnTop: element.contains(above) };
  });

  expect(look).toEqual({ colour: 'rgb(211, 18, 63)', isOnTop: true });
  expect(await page.title()).toContain('not Slack');
});

test('a command is completed, sent, and answered for its person only', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');

  await composer(page).pressSequentially('/sta');
  const offered = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await offered.first().waitFor();
  const suggestions = await offered.allInnerTexts();
  await composer(page).press('Tab');
  const completed = await composer(page).inputValue();
  await composer(page).pressSequentially('mine');
  await composer(page).press('Enter');
  const answer = page.getByRole('article').filter({ hasText: 'asked for with "mine"' });
  await answer.waitFor();

  expect(suggestions).toEqual([expect.stringMatching(/^\/status .*\n/)]);
  expect(completed).toBe('/status ');
  expect(await answer.textContent()).toContain('Only visible to you');
});

test('Shift and Enter begin a new line, and Enter sends what was written', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');

  await composer(page).fill('First');
  await composer(page).press('Shift+Enter');
  await composer(page).pressSequentially('Second <b>');
  await composer(page).press('Enter');
  const message = page.getByRole('article', { name: /^Ana Souza/ });
  await message.waitFor();

  expect(await message.textContent()).toMatch(/First\s*Second <b>/);
  expect(await composer(page).inputValue()).toBe('');
});

test('a button opens a form, which is refused, corrected and sent, and the answer comes by direct message', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);

  await page.getByRole('button', { name: 'Request a key' }).click();
  const form = page.getByRole('dialog', { name: 'Request a key' });
  await form.getByRole('button', { name: 'Send' }).click();
  const missing = await form.getByRole('alert').textContent();
  await form.getByRole('textbox', { name: 'Your name' }).fill('nobody');
  await form.getByRole('button', { name: 'Send' }).click();
  const refusal = form.getByRole('alert').filter({ hasText: 'Somebody has to get it' });
  await refusal.waitFor();
  await form.getByRole('textbox', { name: 'Your name' }).fill('Ana');
  const isStillRefused = await refusal.isVisible();
  const toasts = await page.getByTestId('toast').count();
  await form.getByRole('combobox', { name: 'Account' }).click();
  await page.getByRole('combobox', { name: 'Search the options' }).fill('payments');
  await page.getByRole('option', { name: 'payments-prod' }).click();
  await form.getByRole('button', { name: 'Send' }).click();
  await form.waitFor({ state: 'detached' });
  const app = page.getByTestId('sidebar').getByRole('button', { name: /sample-app/ });
  await app.getByTestId('unread').waitFor();
  const unread = await app.getByTestId('unread').textContent();
  await app.click();
  await page.getByText('A key for Ana, payments-prod').waitFor();
  await app.getByTestId('unread').waitFor({ state: 'detached' });

  expect(missing).toContain('required');
  expect(isStillRefused).toBe(false);
  expect(toasts).toBe(0);
  expect(unread).toBe('1');
});

test('Escape closes a menu first, then the form, and the focus goes back to the button', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);
  const button = page.getByRole('button', { name: 'Request a key' });
  await button.focus();
  await button.press('Enter');
  const form = page.getByRole('dialog', { name: 'Request a key' });
  await form.getByRole('combobox', { name: 'Account' }).click();
  await page.getByRole('option', { name: 'web' }).waitFor();

  await page.keyboard.press('Escape');
  const afterFirst = [await page.getByRole('option').count(), await form.isVisible()];
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });

  expect(afterFirst).toEqual([0, true]);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Request a key');
});

test('Tab leaves an open menu for the next thing in the form', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);
  await page.getByRole('button', { name: 'Request a key' }).click();
  await page.getByRole('combobox', { name: 'Account' }).press('ArrowDown');
  await page.getByRole('option', { name: 'web' }).waitFor();

  await page.keyboard.press('Tab');

  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Close');
  expect(await page.getByRole('option').count()).toBe(0);
});

test('an answer takes the place of the message that was touched', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);

  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('Fresh', { exact: true }).waitFor();

  expect(await page.getByRole('article').count()).toBe(1);
  // As in Slack: what only one person sees is not said to be edited.
  expect(await page.getByText('(edited)').count()).toBe(0);
});

test('the Home is there when it is opened, and changes with a click', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');

  await page
    .getByTestId('sidebar')
    .getByRole('button', { name: /sample-app/ })
    .click();
  const home = page.getByRole('tabpanel', { name: 'Home' });
  await home.getByText('Your accounts').waitFor();
  await home.getByRole('button', { name: 'Look' }).click();
  await home.getByText('Looked').waitFor();
  await page.getByRole('tab', { name: 'Home' }).press('ArrowRight');
  await page.getByRole('tab', { name: 'Messages', selected: true }).waitFor();

  expect(await home.count()).toBe(0);
  expect(await page.getByText('Sending messages to this app has been turned off.').isVisible()).toBe(true);
});

test('after a switch to another person, messages for the first one are gone', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);

  await page.getByRole('button', { name: /^You are Ana Souza/ }).click();
  const people = await page.getByRole('menuitemradio').allInnerTexts();
  const isFrankOffered = await page.getByRole('menuitemradio', { name: /Frank Weber/ }).isEnabled();
  await page.getByRole('menuitemradio', { name: /Ben Carter/ }).click();
  await page.getByRole('button', { name: /^You are Ben Carter/ }).waitFor();
  await page.waitForURL(new RegExp(`#/${BEN}/`));

  expect(people.find((words) => words.includes('Gus'))).toContain('Guest');
  expect(isFrankOffered).toBe(false);
  expect(await page.getByRole('article').count()).toBe(0);
});

test('a guest sees the channels they were invited to', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(GUS, 'C01SECURITY');

  await page.getByRole('heading', { name: 'general', level: 1 }).waitFor();

  expect(await page.getByTestId('sidebar').getByText('security').count()).toBe(0);
});

test('a person of another company has no commands, and the page says so', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(XENA, 'C03SHARED');

  await composer(page).pressSequentially('/status');
  const offered = await page.getByRole('option').count();
  await composer(page).press('Enter');
  await page.getByTestId('notice').getByText('/status is not a valid command.').waitFor();

  expect(offered).toBe(0);
  expect(await page.getByText('Shared channel').isVisible()).toBe(true);
});

test("two people in the same channel see each other's messages immediately", async () => {
  const { pageOf } = await startTestWorkspace();
  const [ana, ben] = [await pageOf(ANA, 'C01SECURITY'), await pageOf(BEN, 'C02GENERAL')];
  const security = ben.getByTestId('channel-C01SECURITY');
  await security.waitFor();

  await composer(ana).fill('Who has the key?');
  await composer(ana).press('Enter');
  await security.getByTestId('unread').waitFor();
  await security.click();
  await ben.getByText('Who has the key?').waitFor();

  await security.getByTestId('unread').waitFor({ state: 'detached' });
  expect(await ben.getByRole('article', { name: /^Ana Souza/ }).count()).toBe(1);
});

test('the whole way can be gone without a mouse', async () => {
  const { pageOf, slack } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  const { keyboard } = page;
  const focusOn = async (words: string, key: string) => {
    for (let presses = 0; presses < 15; presses += 1) {
      if ((await page.evaluate(() => document.activeElement?.textContent)) === words) return;
      await keyboard.press(key);
    }
    throw new Error(`Cannot reach "${words}" with ${key}`);
  };
  await composer(page).waitFor();

  await keyboard.type('/sta');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await page.getByText('Only visible to you').waitFor();
  await focusOn('Request a key', 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Request a key' }).waitFor();
  await keyboard.type('Ana');
  await keyboard.press('Tab');
  await keyboard.press('ArrowDown');
  await page.getByRole('option', { name: 'payments-prod' }).waitFor();
  await keyboard.type('dev');
  await page.getByRole('option', { name: 'payments-prod' }).waitFor({ state: 'detached' });
  await page.getByRole('option', { name: 'payments-dev' }).waitFor();
  await keyboard.press('Enter');
  await focusOn('Send', 'Tab');
  await keyboard.press('Enter');
  await slack.waitUntil(() => slack.messagesIn(ANA).length > 0);

  expect(slack.messagesIn(ANA).map(({ text }) => text)).toEqual(['A key for Ana, payments-dev']);
});

test('a dialog keeps the focus when the app replaces what had it, and Escape still closes it', async () => {
  const view = (blocks: KnownBlock[]): ModalView => ({
    type: 'modal',
    title: { type: 'plain_text', text: 'Steps' },
    blocks,
  });
  const { pageOf } = await startTestWorkspace((app) => {
    app.command('/status', async ({ ack, body, client }) => {
      await ack();
      const next = { type: 'button' as const, action_id: 'next', text: plainTextObject('Next') };
      await client.views.open({
        trigger_id: body.trigger_id,
        view: view([{ type: 'actions', elements: [next] }]),
      });
    });
    app.action<BlockAction>('next', async ({ ack, body, client }) => {
      await ack();
      const done = view([{ type: 'section', text: plainTextObject('Done') }]);
      await client.views.update({ view_id: body.view?.id ?? '', view: done });
    });
  });
  const page = await pageOf(ANA, 'C01SECURITY');
  await composer(page).fill('/status');
  await composer(page).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Steps' });

  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByText('Done').waitFor();
  const hasFocus = await dialog.evaluate((box) => box.contains(document.activeElement));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  expect(hasFocus).toBe(true);
});

test('a conversation opens at the beginning of a latest message that is longer than the view', async () => {
  const { slack, pageOf } = await startTestWorkspace();
  const lines = Array.from({ length: 90 }, (_, index) => `Line ${index + 1}`).join('\n');
  await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY', text: 'Before' });
  await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY', text: `The digest\n${lines}` });

  const page = await pageOf(ANA, 'C01SECURITY');
  const digest = page.getByText('The digest');
  await digest.waitFor();
  const top = await digest.evaluate((line) => line.getBoundingClientRect().top);

  expect(top).toBeGreaterThan(0);
  expect(top).toBeLessThan(300);
});

test('what the keyboard stands on can be seen', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  await ask(page);

  const unseen: string[] = [];
  for (let presses = 0; presses < 25; presses += 1) {
    await page.keyboard.press('Tab');
    const words = await page.evaluate(() => {
      const { activeElement: element } = document;
      // Fields that live in a frame light up the frame.
      if (!element || element === document.body || element.matches('textarea, .panel__search input'))
        return '';
      return getComputedStyle(element).boxShadow === 'none' ? element.outerHTML.slice(0, 120) : '';
    });
    if (words) unseen.push(words);
  }

  expect(unseen).toEqual([]);
});

test('what a hostile name brings along is shown, not run', async () => {
  const { pageOf, slack } = await startTestWorkspace();
  const page = await pageOf(ANA, 'C01SECURITY');
  const hostile = '<img src=x onerror="document.title=1"> <javascript:alert(1)|here> *bold*';

  await callApi(slack, 'chat.postMessage', {
    channel: 'C01SECURITY',
    text: hostile,
    blocks: [{ type: 'section', text: { type: 'plain_text', text: hostile } }],
  });
  await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY', text: '<javascript:alert(1)|here>' });
  await page.getByText('onerror').waitFor();

  expect(await page.getByRole('article').locator('img, [href^=javascript]').count()).toBe(0);
  expect(await page.getByRole('article').first().textContent()).toContain(hostile);
});

test('an app that does not answer is reported once, where the command was typed', async () => {
  const { pageOf } = await startTestWorkspace(() => undefined);
  const page = await pageOf(ANA, 'C01SECURITY');

  await composer(page).fill('/status');
  await composer(page).press('Enter');
  await page.getByTestId('notice').waitFor();
  await page.getByText('Sending…').waitFor({ state: 'detached' });

  expect(await page.getByText('failed with the error "dispatch_failed"').count()).toBe(1);
});

test('a person who is gone gets a link to start over', async () => {
  const { pageOf } = await startTestWorkspace();
  const page = await pageOf('U99NOBODY', 'C01SECURITY', { errors: ['404'] });

  await page.getByText('There is no such person.').waitFor();
  await page.getByRole('link', { name: 'Start over' }).click();

  await page.getByRole('button', { name: /^You are Ana Souza/ }).waitFor();
  expect(await page.getByText('not Slack').first().isVisible()).toBe(true);
});
