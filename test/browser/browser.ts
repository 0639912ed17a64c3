import { afterAll, afterEach, expect } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

let browser: Promise<Browser> | undefined;
const contexts: BrowserContext[] = [];
const pageErrors: string[] = [];

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  // What a page complained about fails the test that opened it.
  expect(pageErrors.splice(0)).toEqual([]);
});

afterAll(async () => {
  await (await browser)?.close();
});

/** The browser of this test file, started when first asked for and closed after the last test. */
export function openBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Only pages of ours are opened, and containers seldom have what the sandbox needs.
    args: ['--no-sandbox'],
  });
  return browser;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  /** How long what is waited for may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Parts of errors that this test expects the page to report. */
  readonly errors?: readonly string[];
}

/**
 * A page of its own, with nothing remembered. It is closed after the test, which fails if the page reported an error
 * that was not expected.
 */
export async function openPage(
  url: string,
  { width = 1440, height = 900, timeoutMs = 30_000, errors = [] }: PageOptions = {},
): Promise<Page> {
  const context = await (await openBrowser()).newContext({ viewport: { width, height }, locale: 'en-GB' });
  context.setDefaultTimeout(timeoutMs);
  contexts.push(context);

  const page = await context.newPage();
  const note = (trouble: string) => {
    if (!errors.some((expected) => trouble.includes(expected))) pageErrors.push(trouble);
  };
  page.on('pageerror', (error) => note(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
  });
  await page.goto(url);
  return page;
}
