import { expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { ANA, callApi, startTestWorkspace } from './local-workspace.ts';

const text = (words: string) => ({ type: 'raw_text', text: words });
const days = (value: number) => ({ type: 'raw_number', value, text: String(value) });
const WEEKS = ['W45', 'W46', 'W47'];
const series = (name: string, ...values: number[]) => ({
  name,
  data: values.map((value, index) => ({ label: WEEKS[index], value })),
});

/** Ana reads a digest with a table of five accounts, two a page, and two charts. */
async function digestBlocks() {
  const { slack, pageOf } = await startTestWorkspace();
  const answer = await callApi(slack, 'chat.postMessage', {
    channel: 'C01SECURITY',
    text: 'The week',
    blocks: [
      {
        type: 'data_table',
        caption: 'Non-compliant',
        page_size: 2,
        rows: [
          [text('Account'), text('Days')],
          [text('team-10'), days(31)],
          [text('team-9'), days(4)],
          [text('web'), days(112)],
          [text('billing'), days(9)],
          [text('data-lake'), days(1)],
        ],
      },
      {
        type: 'data_visualization',
        title: 'Accounts with MFA',
        chart: {
          type: 'line',
          series: [series('Any MFA', 71, 74, 96), series('Hardware', 12, 14, 58)],
          axis_config: { categories: WEEKS },
        },
      },
      {
        type: 'data_visualization',
        title: 'By kind',
        chart: {
          type: 'pie',
          segments: [
            { label: 'Security key', value: 58 },
            { label: 'None', value: 5 },
          ],
        },
      },
    ],
  });
  const page = await pageOf(ANA, 'C01SECURITY');
  const table = page.getByRole('figure').filter({ hasText: 'Non-compliant' });
  await table.waitFor();
  return { answer, page, table };
}

const names = (table: Locator) => table.getByRole('rowheader').allInnerTexts();

test('a click on a column title sorts the table: ascending, descending, original order', async () => {
  const { answer, table } = await digestBlocks();
  const title = table.getByRole('columnheader', { name: 'Days' });
  const press = async () => {
    await title.getByRole('button').click();
    return [await title.getAttribute('aria-sort'), ...(await names(table))];
  };

  const pressed = [await press(), await press(), await press()];

  expect(answer).toMatchObject({ ok: true });
  expect(pressed).toEqual([
    ['ascending', 'data-lake', 'team-9'],
    ['descending', 'web', 'team-10'],
    ['none', 'team-10', 'team-9'],
  ]);
});

test('names are sorted as a person would sort them, with numbers by value', async () => {
  const { table } = await digestBlocks();

  await table.getByRole('button', { name: 'Account' }).click();
  const first = await names(table);
  await table.getByRole('button', { name: 'Next page' }).click();
  const second = await names(table);

  expect([...first, ...second]).toEqual(['billing', 'data-lake', 'team-9', 'team-10']);
});

test('a table has pages, and sorting goes back to the first one', async () => {
  const { table } = await digestBlocks();
  const next = table.getByRole('button', { name: 'Next page' });

  await next.click();
  await next.click();
  const last = [await table.getByText('of 5').textContent(), await next.isEnabled(), ...(await names(table))];
  await table.getByRole('button', { name: 'Days' }).click();
  const sorted = await table.getByText('of 5').textContent();

  expect(last).toEqual(['5–5 of 5', false, 'data-lake']);
  expect(sorted).toBe('1–2 of 5');
});

test('a screen reader gets the title of a chart and every value', async () => {
  const { page } = await digestBlocks();
  const described = (chart: Locator) =>
    chart.evaluate((element) => {
      const id = element.getAttribute('aria-describedby');
      return (id && document.getElementById(id)?.textContent) ?? '';
    });

  const line = await described(page.getByRole('img', { name: 'Accounts with MFA: a line chart' }));
  const pie = await described(page.getByRole('img', { name: 'By kind: a pie chart' }));

  expect(line).toContain('W47Any MFA: 96Hardware: 58');
  expect(pie).toMatch(/Security key.*58.*92%/);
});

test('a chart shows the values under the pointer', async () => {
  const { page } = await digestBlocks();
  const chart = page.getByRole('img', { name: 'Accounts with MFA: a line chart' });

  await chart.hover({ position: { x: 120, y: 100 } });

  expect(await page.getByTestId('chart').first().textContent()).toMatch(/W45Any MFA 71Hardware 12/);
});

test('emoji come from a font of the page, so every machine shows them', async () => {
  const { slack, pageOf } = await startTestWorkspace();
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: ':red_circle: falls short' } }];
  await callApi(slack, 'chat.postMessage', { channel: 'C01SECURITY', text: 'The week', blocks });
  const page = await pageOf(ANA, 'C01SECURITY');
  const emoji = page.getByText('🔴');
  await emoji.waitFor();

  const [family, loaded] = await emoji.evaluate(async (element) => {
    await document.fonts.ready;
    const faces = [...document.fonts].filter(({ family }) => family.includes('Twemoji'));
    return [getComputedStyle(element).fontFamily, faces.map(({ status }) => status)] as const;
  });

  expect(family).toMatch(/^Twemoji/);
  expect(loaded).toEqual(['loaded']);
});
