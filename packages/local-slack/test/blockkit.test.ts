import { expect, test } from '@jest/globals';
import {
  formatProblem,
  validateHome,
  validateMessage,
  validateModal,
  validateOptions,
} from '../src/blockkit.ts';

const x = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
const option = (value = 'v', text = 'Text') => ({ text: plain(text), value });
const select = (more: object) => ({ type: 'static_select', ...more });
const section = (more: object) => [{ type: 'section', ...more }];
const row = (...elements: object[]) => [{ type: 'actions', elements }];
const field = (element: object, more: object = {}) => [
  { type: 'input', label: plain('Label'), element, ...more },
];
const richText = (...elements: object[]) => [
  { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] },
];
const cell = (text: string) => ({ type: 'raw_text', text });
const rows = (count: number, width = 1, text = 'c') => many(count, () => many(width, () => cell(text)));
const table = (more: object) => [{ type: 'table', ...more }];
const dataTable = (more: object) => [{ type: 'data_table', caption: 'Accounts', ...more }];
const line = (categories: string[], series: object[]) => ({
  type: 'line',
  series,
  axis_config: { categories },
});
const points = (categories: string[]) => categories.map((label) => ({ label, value: 1 }));
const chart = (it: object, title = 'Trend') => [{ type: 'data_visualization', title, chart: it }];
const labels = (count: number) => many(count, (i) => `w${i}`);

/** Each limit: the most that passes, one more, where it hurts, and what Slack says there. */
const limits: readonly (readonly [
  name: string,
  most: object[],
  over: object[],
  pointer: string,
  message: string,
])[] = [
  [
    'header text',
    [{ type: 'header', text: plain(x(150)) }],
    [{ type: 'header', text: plain(x(151)) }],
    '/blocks/0/text/text',
    'must be less than 151 characters',
  ],
  [
    'section text',
    section({ text: mrkdwn(x(3000)) }),
    section({ text: mrkdwn(x(3001)) }),
    '/blocks/0/text/text',
    'must be less than 3001 characters',
  ],
  [
    'section fields',
    section({ fields: many(10, () => plain('f')) }),
    section({ fields: many(11, () => plain('f')) }),
    '/blocks/0/fields',
    'no more than 10 items allowed',
  ],
  [
    'section field',
    section({ fields: [plain(x(2000))] }),
    section({ fields: [plain(x(2001))] }),
    '/blocks/0/fields/0/text',
    'must be less than 2001 characters',
  ],
  [
    'context elements',
    [{ type: 'context', elements: many(10, () => mrkdwn('c')) }],
    [{ type: 'context', elements: many(11, () => mrkdwn('c')) }],
    '/blocks/0/elements',
    'no more than 10 items allowed',
  ],
  [
    'actions elements',
    row(...many(25, () => button())),
    row(...many(26, () => button())),
    '/blocks/0/elements',
    'no more than 25 items allowed',
  ],
  [
    'blocks in a message',
    many(50, () => ({ type: 'divider' })),
    many(51, () => ({ type: 'divider' })),
    '/blocks',
    'no more than 50 items allowed',
  ],
  [
    'block_id',
    [{ type: 'divider', block_id: x(255) }],
    [{ type: 'divider', block_id: x(256) }],
    '/blocks/0/block_id',
    'must be less than 256 characters',
  ],
  [
    'action_id',
    row(button({ action_id: x(255) })),
    row(button({ action_id: x(256) })),
    '/blocks/0/elements/0/action_id',
    'must be less than 256 characters',
  ],
  [
    'button text',
    row(button({ text: plain(x(75)) })),
    row(button({ text: plain(x(76)) })),
    '/blocks/0/elements/0/text/text',
    'must be less than 76 characters',
  ],
  [
    'button value',
    row(button({ value: x(2000) })),
    row(button({ value: x(2001) })),
    '/blocks/0/elements/0/value',
    'must be less than 2001 characters',
  ],
  [
    'button url',
    row(button({ url: `https://${x(2992)}` })),
    row(button({ url: `https://${x(2993)}` })),
    '/blocks/0/elements/0/url',
    'must be less than 3001 characters',
  ],
  [
    'button label for screen readers',
    row(button({ accessibility_label: x(75) })),
    row(button({ accessibility_label: x(76) })),
    '/blocks/0/elements/0/accessibility_label',
    'must be less than 76 characters',
  ],
  [
    'select options',
    row(select({ options: many(100, (i) => option(`${i}`)) })),
    row(select({ options: many(101, (i) => option(`${i}`)) })),
    '/blocks/0/elements/0/options',
    'no more than 100 items allowed',
  ],
  [
    'option text',
    row(select({ options: [option('v', x(75))] })),
    row(select({ options: [option('v', x(76))] })),
    '/blocks/0/elements/0/options/0/text/text',
    'must be less than 76 characters',
  ],
  [
    'option value',
    row(select({ options: [option(x(150))] })),
    row(select({ options: [option(x(151))] })),
    '/blocks/0/elements/0/options/0/value',
    'must be less than 151 characters',
  ],
  [
    'option description',
    row(select({ options: [{ ...option(), description: plain(x(75)) }] })),
    row(select({ options: [{ ...option(), description: plain(x(76)) }] })),
    '/blocks/0/elements/0/options/0/description/text',
    'must be less than 76 characters',
  ],
  [
    'placeholder',
    row(select({ options: [option()], placeholder: plain(x(150)) })),
    row(select({ options: [option()], placeholder: plain(x(151)) })),
    '/blocks/0/elements/0/placeholder/text',
    'must be less than 151 characters',
  ],
  [
    'overflow options',
    row({ type: 'overflow', options: many(5, (i) => option(`${i}`)) }),
    row({ type: 'overflow', options: many(6, (i) => option(`${i}`)) }),
    '/blocks/0/elements/0/options',
    'no more than 5 items allowed',
  ],
  [
    'checkboxes',
    row({ type: 'checkboxes', options: many(10, (i) => option(`${i}`)) }),
    row({ type: 'checkboxes', options: many(11, (i) => option(`${i}`)) }),
    '/blocks/0/elements/0/options',
    'no more than 10 items allowed',
  ],
  [
    'radio buttons',
    row({ type: 'radio_buttons', options: many(10, (i) => option(`${i}`)) }),
    row({ type: 'radio_buttons', options: many(11, (i) => option(`${i}`)) }),
    '/blocks/0/elements/0/options',
    'no more than 10 items allowed',
  ],
  [
    'confirmation title',
    row(button({ confirm: { title: plain(x(100)), text: plain('Sure?') } })),
    row(button({ confirm: { title: plain(x(101)), text: plain('Sure?') } })),
    '/blocks/0/elements/0/confirm/title/text',
    'must be less than 101 characters',
  ],
  [
    'confirmation text',
    row(button({ confirm: { text: plain(x(300)) } })),
    row(button({ confirm: { text: plain(x(301)) } })),
    '/blocks/0/elements/0/confirm/text/text',
    'must be less than 301 characters',
  ],
  [
    'confirmation button',
    row(button({ confirm: { text: plain('Sure?'), confirm: plain(x(30)) } })),
    row(button({ confirm: { text: plain('Sure?'), confirm: plain(x(31)) } })),
    '/blocks/0/elements/0/confirm/confirm/text',
    'must be less than 31 characters',
  ],
  [
    'input label',
    field({ type: 'plain_text_input' }, { label: plain(x(2000)) }),
    field({ type: 'plain_text_input' }, { label: plain(x(2001)) }),
    '/blocks/0/label/text',
    'must be less than 2001 characters',
  ],
  [
    'input hint',
    field({ type: 'plain_text_input' }, { hint: plain(x(2000)) }),
    field({ type: 'plain_text_input' }, { hint: plain(x(2001)) }),
    '/blocks/0/hint/text',
    'must be less than 2001 characters',
  ],
  [
    'length of a text input',
    field({ type: 'plain_text_input', max_length: 3000 }),
    field({ type: 'plain_text_input', max_length: 3001 }),
    '/blocks/0/element/max_length',
    'must be less than 3001',
  ],
  [
    'files of a file input',
    field({ type: 'file_input', max_files: 10 }),
    field({ type: 'file_input', max_files: 11 }),
    '/blocks/0/element/max_files',
    'must be less than 11',
  ],
  [
    'alt text',
    [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: x(2000) }],
    [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: x(2001) }],
    '/blocks/0/alt_text',
    'must be less than 2001 characters',
  ],
  [
    'feedback and icon buttons',
    [
      {
        type: 'context_actions',
        elements: many(5, () => ({ type: 'icon_button', icon: 'trash', text: plain('Drop') })),
      },
    ],
    [
      {
        type: 'context_actions',
        elements: many(6, () => ({ type: 'icon_button', icon: 'trash', text: plain('Drop') })),
      },
    ],
    '/blocks/0/elements',
    'no more than 5 items allowed',
  ],
  [
    'markdown',
    [{ type: 'markdown', text: x(12_000) }],
    [{ type: 'markdown', text: x(12_001) }],
    '/blocks/0/text',
    'must be less than 12001 characters',
  ],
  [
    'table rows',
    table({ rows: rows(100) }),
    table({ rows: rows(101) }),
    '/blocks/0/rows',
    'no more than 100 items allowed',
  ],
  [
    'table cells',
    table({ rows: rows(1, 20) }),
    table({ rows: rows(1, 21) }),
    '/blocks/0/rows/0',
    'no more than 20 items allowed',
  ],
  [
    'table text',
    table({ rows: [[cell(x(5000)), cell(x(5000))]] }),
    table({ rows: [[cell(x(5000)), cell(x(5001))]] }),
    '/blocks/0/rows',
    'must have less than 10001 characters in all cells',
  ],
  [
    'tables',
    table({ rows: rows(1) }),
    [...table({ rows: rows(1) }), ...dataTable({ rows: rows(2) })],
    '/blocks/1',
    'no more than 1 blocks of type table or data_table allowed',
  ],
  [
    'data table rows',
    dataTable({ rows: rows(101) }),
    dataTable({ rows: rows(102) }),
    '/blocks/0/rows',
    'no more than 101 items allowed',
  ],
  [
    'data table page',
    dataTable({ rows: rows(2), page_size: 100 }),
    dataTable({ rows: rows(2), page_size: 101 }),
    '/blocks/0/page_size',
    'must be less than 101',
  ],
  [
    'data table identifying column',
    dataTable({ rows: rows(2, 3), row_header_column_index: 2 }),
    dataTable({ rows: rows(2, 3), row_header_column_index: 3 }),
    '/blocks/0/row_header_column_index',
    'must be less than 3',
  ],
  [
    'chart title',
    chart(line(['a'], [{ name: 's', data: points(['a']) }]), x(50)),
    chart(line(['a'], [{ name: 's', data: points(['a']) }]), x(51)),
    '/blocks/0/title',
    'must be less than 51 characters',
  ],
  [
    'chart series',
    chart(
      line(
        ['a'],
        many(6, (i) => ({ name: `s${i}`, data: points(['a']) })),
      ),
    ),
    chart(
      line(
        ['a'],
        many(7, (i) => ({ name: `s${i}`, data: points(['a']) })),
      ),
    ),
    '/blocks/0/chart/series',
    'no more than 6 items allowed',
  ],
  [
    'chart points',
    chart(line(labels(20), [{ name: 's', data: points(labels(20)) }])),
    chart(line(labels(21), [{ name: 's', data: points(labels(21)) }])),
    '/blocks/0/chart/axis_config/categories',
    'no more than 20 items allowed',
  ],
  [
    'chart labels',
    chart({ type: 'pie', segments: points([x(20)]) }),
    chart({ type: 'pie', segments: points([x(21)]) }),
    '/blocks/0/chart/segments/0/label',
    'must be less than 21 characters',
  ],
  [
    'charts',
    many(2, () => chart({ type: 'pie', segments: points(['a']) })).flat(),
    many(3, () => chart({ type: 'pie', segments: points(['a']) })).flat(),
    '/blocks/2',
    'no more than 2 blocks of type data_visualization allowed',
  ],
];

test.each(limits)('%s: the most passes, one more does not', (_name, most, over, pointer, message) => {
  expect(validateMessage(most)).toEqual([]);
  expect(validateMessage(over)).toContainEqual({ code: 'invalid_blocks', pointer, message });
});

const mistakes: readonly (readonly [name: string, blocks: unknown, line: string])[] = [
  ['a header without text', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
  [
    'an empty text',
    section({ text: mrkdwn('') }),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header in mrkdwn',
    [{ type: 'header', text: mrkdwn('*Big*') }],
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'a section with nothing in it',
    section({}),
    'must define either `text` or `fields` [json-pointer:/blocks/0]',
  ],
  ['a type that does not exist', [{ type: 'nope' }], 'unsupported type: nope [json-pointer:/blocks/0/type]'],
  [
    'a type that objects inherit',
    [{ type: 'constructor' }],
    'unsupported type: constructor [json-pointer:/blocks/0/type]',
  ],
  [
    'a field that does not exist',
    [{ type: 'divider', text: 'x' }],
    'invalid additional property: text [json-pointer:/blocks/0]',
  ],
  ['no list at all', { type: 'divider' }, 'must provide an array [json-pointer:/blocks]'],
  ['a block that is no object', ['hello'], 'must provide an object [json-pointer:/blocks/0]'],
  [
    'an input for e-mail outside an input block',
    row({ type: 'email_text_input' }),
    'unsupported type: email_text_input [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'an alert in a message',
    [{ type: 'alert', text: plain('!') }],
    'unsupported type: alert [json-pointer:/blocks/0/type]',
  ],
  [
    'a style that does not exist',
    row(button({ style: 'warning' })),
    'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a link to a script',
    row(button({ url: 'javascript:alert(1)' })),
    'invalid url [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'options and groups at once',
    row(select({ options: [option()], option_groups: [] })),
    'only one of options, option_groups may be present [json-pointer:/blocks/0/elements/0]',
  ],
  ['no options', row(select({})), 'missing required field: options [json-pointer:/blocks/0/elements/0]'],
  [
    'an initial option that is not offered',
    row(select({ options: [option('a')], initial_option: option('b') })),
    'must be one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]',
  ],
  [
    'two options of one value',
    row(select({ options: [option('a'), option('a')] })),
    'option value must be unique: a [json-pointer:/blocks/0/elements/0/options/1/value]',
  ],
  [
    'a day that is none',
    row({ type: 'datepicker', initial_date: '24.11.2026' }),
    'must match the format: YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]',
  ],
  [
    'an image without words',
    [{ type: 'image', image_url: 'https://example.com/a.png' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'an image from two places',
    [{ type: 'image', image_url: 'https://example.com/a.png', slack_file: { id: 'F1' }, alt_text: 'a' }],
    'only one of image_url, slack_file may be present [json-pointer:/blocks/0]',
  ],
  [
    'two blocks of one id',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'block_id must be unique: a [json-pointer:/blocks/1/block_id]',
  ],
  [
    'two buttons of one id',
    row(button({ action_id: 'a' }), button({ action_id: 'a' })),
    'action_id must be unique: a [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'an empty cell',
    table({ rows: [[cell('')]] }),
    'must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]',
  ],
  [
    'rows of different lengths',
    table({ rows: [[cell('a')], [cell('a'), cell('b')]] }),
    'must have the same number of cells as the first row: 1 [json-pointer:/blocks/0/rows/1]',
  ],
  [
    'a data table without caption',
    [{ type: 'data_table', rows: rows(2) }],
    'missing required field: caption [json-pointer:/blocks/0]',
  ],
  [
    'a data table with a header only',
    dataTable({ rows: rows(1) }),
    'no fewer than 2 items allowed [json-pointer:/blocks/0/rows]',
  ],
  [
    'rich text in a header row',
    dataTable({ rows: [richText({ type: 'text', text: 'a' }), [cell('a')]] }),
    'unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]',
  ],
  [
    'a series with a hole',
    chart(line(['a', 'b'], [{ name: 's', data: points(['a']) }])),
    'must have a value for every category [json-pointer:/blocks/0/chart/series/0/data]',
  ],
  [
    'two series of one name',
    chart(
      line(
        ['a'],
        many(2, () => ({ name: 's', data: points(['a']) })),
      ),
    ),
    'name must be unique: s [json-pointer:/blocks/0/chart/series/1/name]',
  ],
  [
    'a segment of nothing',
    chart({ type: 'pie', segments: [{ label: 'a', value: 0 }] }),
    'must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]',
  ],
  [
    'rich text without its text',
    richText({ type: 'text' }),
    'missing required field: text [json-pointer:/blocks/0/elements/0/elements/0]',
  ],
  [
    'two inputs that want the focus',
    [
      ...field({ type: 'plain_text_input', focus_on_load: true }),
      ...field({ type: 'plain_text_input', focus_on_load: true }),
    ],
    'focus_on_load may be set on one element only [json-pointer:/blocks/1]',
  ],
];

test.each(mistakes)('%s is refused in Slack’s words', (_name, blocks, line) => {
  expect(validateMessage(blocks, 'text').map(formatProblem)).toContain(line);
});

test('a layout with every kind of block and element is good', () => {
  const ids = { action_id: 'a' };
  const everything = [
    { type: 'header', text: plain('Root MFA') },
    ...section({
      text: mrkdwn('*payments*'),
      accessory: { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'Logo' },
    }),
    { type: 'divider' },
    {
      type: 'context',
      elements: [mrkdwn('as of *today*'), { type: 'image', slack_file: { id: 'F1' }, alt_text: 'A' }],
    },
    ...row(
      button({ ...ids, style: 'danger', confirm: { text: plain('Sure?'), deny: plain('No') } }),
      select({ option_groups: [{ label: plain('All'), options: [option()] }], initial_option: option() }),
      { type: 'external_select', min_query_length: 0 },
      { type: 'users_select', initial_user: 'U1' },
      {
        type: 'multi_static_select',
        options: [option('1'), option('2')],
        initial_options: [option('2')],
        max_selected_items: 2,
      },
      { type: 'multi_external_select' },
      {
        type: 'conversations_select',
        default_to_current_conversation: true,
        filter: { include: ['public'] },
      },
      { type: 'overflow', options: [{ ...option(), url: 'https://example.com' }] },
      { type: 'datetimepicker', initial_date_time: 1_790_000_000 },
      { type: 'timepicker', initial_time: '09:30', timezone: 'Europe/Paris' },
    ),
    ...field({
      type: 'number_input',
      is_decimal_allowed: false,
      min_value: '1',
      max_value: '14',
      initial_value: '7',
    }),
    ...field({ type: 'email_text_input' }, { optional: true }),
    ...field({ type: 'url_text_input' }, { dispatch_action: true }),
    ...field({ type: 'rich_text_input' }),
    ...richText(
      { type: 'text', text: '<!channel>', style: { bold: true } },
      { type: 'user', user_id: 'U1' },
      { type: 'date', timestamp: 1, format: '{date}' },
    ),
    { type: 'markdown', text: '**Steps**' },
    ...dataTable({
      rows: [
        [cell('Account'), cell('Days')],
        [richText({ type: 'text', text: 'web' })[0], { type: 'raw_number', value: 3, text: '3' }],
      ],
      page_size: 20,
    }),
    ...chart({
      ...line(['W1', 'W2'], [{ name: 'Met', data: points(['W1', 'W2']) }]),
      axis_config: { categories: ['W1', 'W2'], x_label: 'Week', y_label: 'Accounts' },
    }),
    {
      type: 'context_actions',
      elements: [
        {
          type: 'feedback_buttons',
          positive_button: { text: plain('Good'), value: 'y' },
          negative_button: { text: plain('Bad'), value: 'n' },
        },
      ],
    },
  ];

  expect(validateMessage(everything, 'Root MFA')).toEqual([]);
});

test('all the text of a message has a budget of its own', () => {
  const sections = (lengths: number[]) =>
    lengths.map((length) => ({ type: 'section', text: plain(x(length)) }));

  expect(validateMessage(sections([3000, 3000, 3000, 1000]))).toEqual([]);
  expect(validateMessage(sections([3000, 3000, 3000, 1001])).map(({ code }) => code)).toEqual([
    'msg_blocks_too_long',
  ]);
});

test('markdown blocks share one budget', () => {
  const halves = (second: number) => [
    { type: 'markdown', text: x(6000) },
    { type: 'markdown', text: x(second) },
  ];

  expect(validateMessage(halves(6000))).toEqual([]);
  expect(validateMessage(halves(6001)).map(({ pointer }) => pointer)).toEqual(['/blocks']);
});

test('a message says something, in text or in blocks', () => {
  expect(validateMessage([], 'hello')).toEqual([]);
  expect(validateMessage(undefined, 'hello')).toEqual([]);
  expect(validateMessage([{ type: 'divider' }])).toEqual([]);
  expect(validateMessage([]).map(({ code }) => code)).toEqual(['no_text']);
});

test('an emoji is one character', () => {
  expect(validateMessage([{ type: 'header', text: plain('🔐'.repeat(150)) }])).toEqual([]);
});

const modal = (more: object = {}) => ({ type: 'modal', title: plain('Request'), blocks: [], ...more });

test('a modal has a short title, short buttons and up to 100 blocks', () => {
  const dividers = (count: number) => many(count, () => ({ type: 'divider' }));

  expect(
    validateModal(
      modal({
        title: plain(x(24)),
        submit: plain(x(24)),
        close: plain(x(24)),
        private_metadata: x(3000),
        blocks: dividers(100),
      }),
    ),
  ).toEqual([]);
  expect(
    validateModal(
      modal({
        title: plain(x(25)),
        submit: plain(x(25)),
        close: plain(x(25)),
        private_metadata: x(3001),
        callback_id: x(256),
        blocks: dividers(101),
      }),
    ).map(({ pointer }) => pointer),
  ).toEqual([
    '/view/title/text',
    '/view/blocks',
    '/view/submit/text',
    '/view/close/text',
    '/view/private_metadata',
    '/view/callback_id',
  ]);
});

test('a form has a button to submit it', () => {
  const blocks = field({ type: 'plain_text_input' });

  expect(validateModal(modal({ blocks })).map(formatProblem)).toEqual([
    'missing required field: submit [json-pointer:/view]',
  ]);
  expect(validateModal(modal({ blocks, submit: plain('Send') }))).toEqual([]);
});

test('an alert is allowed in a modal, with 200 characters', () => {
  const alert = (length: number) =>
    modal({ blocks: [{ type: 'alert', level: 'warning', text: plain(x(length)) }] });

  expect(validateModal(alert(200))).toEqual([]);
  expect(validateModal(alert(201)).map(({ pointer }) => pointer)).toEqual(['/view/blocks/0/text/text']);
});

test.each(['table', 'data_table', 'data_visualization', 'markdown', 'context_actions'])(
  '%s is allowed in messages only',
  (type) => {
    const blocks = [{ type }];

    expect(validateModal(modal({ blocks })).map(({ message }) => message)).toEqual([
      `unsupported type: ${type}`,
    ]);
    expect(validateHome({ type: 'home', blocks }).map(({ message }) => message)).toEqual([
      `unsupported type: ${type}`,
    ]);
  },
);

test('a Home has blocks, and no title', () => {
  expect(validateHome({ type: 'home', blocks: section({ text: plain('Hi') }) })).toEqual([]);
  expect(
    validateHome({ type: 'home', title: plain('Hi'), blocks: [] }).map(({ message }) => message),
  ).toEqual(['invalid additional property: title']);
  expect(validateHome(modal()).map(({ pointer }) => pointer)).toContain('/view/type');
});

test('a search may find nothing, and up to 100 options', () => {
  expect(validateOptions({ options: [] })).toEqual([]);
  expect(validateOptions({ options: many(100, (i) => option(`${i}`)) })).toEqual([]);
  expect(validateOptions({ option_groups: [{ label: plain('All'), options: [option()] }] })).toEqual([]);
  expect(
    validateOptions({ options: many(101, (i) => option(`${i}`)) }).map(({ pointer }) => pointer),
  ).toEqual(['/options']);
  expect(validateOptions({}).map(({ pointer }) => pointer)).toEqual(['/options']);
});
