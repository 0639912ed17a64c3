import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFixtureServer } from '../../packages/local-slack/test/page/fixture-server.ts';
import { openPage } from './browser.ts';

let defaultServer: Awaited<ReturnType<typeof startFixtureServer>>;
let withModal: Awaited<ReturnType<typeof startFixtureServer>>;

beforeAll(async () => {
  defaultServer = await startFixtureServer();
  withModal = await startFixtureServer({ withModal: true });
});

afterAll(async () => {
  await defaultServer.close();
  await withModal.close();
});

const routes = [
  ['a channel with a digest', '#/U1/C1'],
  ['every other block, and names that are too long', '#/U1/C6'],
  ['an empty channel', '#/U1/C2'],
  ['a direct message', '#/U1/D9'],
  ['the Home', '#/U1/D9/home'],
  ['a Home that was not published', '#/U3/D9/home'],
  ['a guest', '#/U4/C1'],
  ['a person with a very long name', '#/U7/C6'],
] as const;

test.each(routes)('nothing overflows, in wide windows and narrow ones: %s', async (_what, hash) => {
  const page = await openPage(`${defaultServer.url}/${hash}`);
  await page.getByTestId('person-switcher').waitFor();
  await page.evaluate(() => document.fonts.ready);

  const overflows: string[] = [];
  for (const width of [1440, 1180, 760, 420]) {
    await page.setViewportSize({ width, height: 900 });
    const found = await page.evaluate(() => {
      const isCut = ({ parentElement: parent }: Element): boolean =>
        parent !== null && (getComputedStyle(parent).overflowX !== 'visible' || isCut(parent));
      const outside = [...document.querySelectorAll('#root *')].filter((element) => {
        const { left, right, width: own } = element.getBoundingClientRect();
        return own > 0 && (left < -1 || right > innerWidth + 1) && !isCut(element);
      });
      const scrolled = ['.conversation', '.home', '.channel-header', '.topbar', '.composer-area'].flatMap(
        (name) => [...document.querySelectorAll(name)].filter((box) => box.scrollWidth > box.clientWidth),
      );
      return [...outside, ...scrolled].map((element) => element.className);
    });
    overflows.push(...found.map((name) => `${name} at ${width}`));
  }

  expect(overflows).toEqual([]);
});

test('in a narrow window a button opens the conversations, and Escape closes them', async () => {
  const page = await openPage(`${defaultServer.url}/#/U1/C1`, { width: 420 });
  const sidebar = page.getByRole('navigation', { name: 'Conversations' });
  const menu = page.getByRole('button', { name: 'Conversations' });
  await menu.click();
  const whileOpen = await sidebar.isVisible();

  await page.keyboard.press('Escape');
  await sidebar.waitFor({ state: 'hidden' });

  expect(whileOpen).toBe(true);
  expect(await menu.getAttribute('aria-expanded')).toBe('false');
});

test('a thread takes the place of the panel where there is no room for both, and gives it back', async () => {
  const page = await openPage(`${defaultServer.url}/#/U1/C1`, { width: 1280 });
  const [panel, thread] = [page.getByTestId('panel'), page.getByTestId('thread')];
  await panel.waitFor();

  await page.getByRole('button', { name: '2 replies' }).click();
  await thread.getByText('Thank you!').waitFor();
  const isPanelThere = await panel.isVisible();
  await page.getByRole('button', { name: 'Controls' }).click();
  await panel.waitFor();

  expect(isPanelThere).toBe(false);
  expect(await thread.count()).toBe(0);
});

test('Escape closes a thread', async () => {
  const page = await openPage(`${defaultServer.url}/#/U1/C1`);
  await page.getByRole('button', { name: '2 replies' }).click();
  await page.getByRole('textbox', { name: 'Reply in the thread' }).press('Escape');

  await page.getByTestId('thread').waitFor({ state: 'detached' });
  expect(page.url()).toMatch(/#\/U1\/C1$/);
});

test('a form shows what the bot refused, and every input has a name', async () => {
  const page = await openPage(`${withModal.url}/#/U1/C1`);
  const form = page.getByRole('dialog', { name: 'Request a hardware key' });
  await form.waitFor();

  const refused = form.getByRole('group', { name: 'Why' });
  const nameless = await form.evaluate((box) =>
    [...box.querySelectorAll('input, textarea, button, [role=combobox], [role=radiogroup]')]
      .filter((element) => {
        const name = element.getAttribute('aria-label') ?? element.closest('label')?.textContent;
        return !(name || element.textContent);
      })
      .map((element) => element.outerHTML.slice(0, 100)),
  );

  expect(await refused.getByRole('alert').textContent()).toContain('Please say which system needs it.');
  expect(await refused.getByRole('textbox').getAttribute('aria-invalid')).toBe('true');
  expect(nameless).toEqual([]);
});

test('a panel of the extension shows what its provider says, and passes actions on', async () => {
  const page = await openPage(`${defaultServer.url}/#/U1/C1`);
  const panel = page.getByRole('complementary', { name: 'Controls' });

  await panel.getByText('3').waitFor();
  const sent = page.waitForRequest((request) => request.method() === 'POST');
  await panel.getByRole('button', { name: 'Add one' }).click();

  expect((await sent).postDataJSON()).toEqual({ action: 'add' });
});

test('what the bot calls can be watched', async () => {
  const page = await openPage(`${defaultServer.url}/#/U1/C1`);

  await page.getByRole('button', { name: 'API calls' }).click();

  expect(await page.getByRole('region', { name: 'What the bot calls' }).textContent()).toMatch(
    /views\.openexpired_trigger_id/,
  );
});
