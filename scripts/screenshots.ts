import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { PEOPLE } from '../src/demo/company.ts';
import { startDemo } from '../src/demo/start-demo.ts';

/** Takes the screenshots of the documentation from the demo: `npm run screenshots`. */

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
/** The same Monday in every picture, whenever they are taken. */
const TODAY = new Date('2026-11-26T12:00:00Z');
const WIDTH = 1440;

const demo = await startDemo({ port: 0, today: TODAY }, () => undefined);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb', '--font-render-hinting=none'],
});

try {
  await mkdir(FOLDER, { recursive: true });
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, locale: 'en-GB' });
  context.setDefaultTimeout(60_000);
  // Pictures have no need of first steps.
  await context.addInitScript("localStorage.setItem('first-steps', 'no')");
  const page = await context.newPage();
  const { sam, ben } = PEOPLE;

  await openPage(page, sam.id, 'C01SECURITY', 1180);
  await page.getByRole('button', { name: 'Simulated AWS' }).click();
  await page.getByText('Only you can see what you open here').waitFor();
  await scrollTo(page, page.getByRole('article').filter({ hasText: 'Root MFA, week' }));
  await takeScreenshot(page, 'digest');

  await page.getByRole('button', { name: 'Simulated AWS' }).click();
  await openPage(page, sam.id, 'C01SECURITY', 910);
  await page.getByRole('textbox', { name: /^Message / }).fill('/mfa-status');
  await page.keyboard.press('Enter');
  await page.getByText('Needs attention').waitFor();
  await takeScreenshot(page, 'company');

  await openPage(page, ben.id, 'D04BEN', 760);
  await page.getByRole('button', { name: '+1 day' }).click();
  await page.getByText('Your AWS account needs MFA on its root user').waitFor();
  await page.getByText('Tue, Nov 24, 9:01 AM').waitFor();
  await takeScreenshot(page, 'reminder');

  await page.setViewportSize({ width: WIDTH, height: 1000 });
  await page.getByRole('button', { name: /^How to fix/ }).click();
  await page.getByRole('dialog').getByText('Register an authenticator app').waitFor();
  await takeScreenshot(page, 'how-to-fix');
} finally {
  await browser.close();
  await demo.close();
}
process.stdout.write(`The pictures are in ${FOLDER}\n`);
process.exit();

async function openPage(page: Page, user: string, conversation: string, height: number): Promise<void> {
  await page.setViewportSize({ width: WIDTH, height });
  await page.goto(`${demo.url}/#/${user}/${conversation}`);
  await page.reload();
  await page.getByRole('log', { name: 'Messages' }).waitFor();
}

/** The message at the top of what is seen. */
async function scrollTo(page: Page, message: ReturnType<Page['getByRole']>): Promise<void> {
  await message.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  await page.evaluate('document.fonts.ready');
}

async function takeScreenshot(page: Page, name: string): Promise<void> {
  // Nothing is under the pointer, and nothing blinks.
  await page.mouse.move(0, 0);
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' });
}
