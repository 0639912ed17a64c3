import type { BlockJson } from '../../src/ui-contract.ts';

export const text = (words: string): BlockJson => ({ type: 'plain_text', text: words });

export const mrkdwn = (words: string): BlockJson => ({ type: 'mrkdwn', text: words });

export const button = (actionId: string, words: string, more: BlockJson = {}): BlockJson => ({
  type: 'button',
  action_id: actionId,
  text: text(words),
  value: actionId,
  ...more,
});

export const option = (words: string, value: string, description?: string): BlockJson => ({
  text: text(words),
  value,
  ...(description && { description: text(description) }),
});

export const input = (
  blockId: string,
  label: string,
  element: BlockJson,
  more: BlockJson = {},
): BlockJson => ({
  type: 'input',
  block_id: blockId,
  label: text(label),
  element,
  ...more,
});

/** A section of rich text. */
export const section = (words: string, ...more: readonly BlockJson[]): BlockJson => ({
  type: 'rich_text_section',
  elements: [{ type: 'text', text: words }, ...more],
});

const LONG = 'sandbox-of-the-team-that-could-not-agree-on-a-shorter-name-for-its-account-in-frankfurt';

/** The kinds of block that the digest and the answers do not use, and names that are too long for their place. */
export const otherBlocks: readonly BlockJson[] = [
  { type: 'header', block_id: 'o1', text: text(`What became of ${LONG}`) },
  {
    type: 'section',
    block_id: 'o2',
    text: mrkdwn(`*${LONG}* is owned by <@U7>.\nIts page: <https://example.com/${LONG}>`),
    accessory: button('open', `Open ${LONG}`),
  },
  {
    type: 'section',
    block_id: 'o3',
    text: mrkdwn('A picture that lies elsewhere is described, not fetched.'),
    accessory: { type: 'image', image_url: 'https://example.com/key.png', alt_text: 'A security key' },
  },
  {
    type: 'markdown',
    block_id: 'o4',
    text: '## Markdown\nwith **bold**, _italic_, `code`, a [link](https://example.com)\n\n1. one\n2. two\n\n> and a quote',
  },
  {
    type: 'rich_text',
    block_id: 'o5',
    elements: [
      section(
        'Rich text with ',
        { type: 'emoji', name: 'tada' },
        { type: 'text', text: ' and ' },
        { type: 'user', user_id: 'U2' },
        { type: 'text', text: ', ' },
        { type: 'channel', channel_id: 'C2' },
        { type: 'text', text: ' and what is ' },
        { type: 'text', text: 'no more', style: { strike: true } },
        { type: 'text', text: '.' },
      ),
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'A passkey is a hardware key as well.' }] },
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: 'aws iam get-account-summary\n  "AccountMFAEnabled": 1' }],
      },
    ],
  },
  {
    type: 'image',
    block_id: 'o6',
    title: text('Where to click'),
    image_url: 'https://example.com/console.png',
    alt_text: 'The security credentials page of the root user',
  },
  {
    type: 'table',
    block_id: 'o7',
    column_settings: [{ is_wrapped: true }, { align: 'center' }, { align: 'right' }],
    rows: [
      ['Account', 'Level', 'Days'].map((words) => ({ type: 'raw_text', text: words })),
      [
        { type: 'raw_text', text: LONG },
        { type: 'raw_text', text: '2' },
        { type: 'raw_number', value: 31, text: '31' },
      ],
      [
        { type: 'rich_text', elements: [section('web', { type: 'emoji', name: 'warning' })] },
        { type: 'raw_text', text: '1' },
        { type: 'raw_number', value: 4, text: '4' },
      ],
    ],
  },
  {
    type: 'data_visualization',
    block_id: 'o8',
    title: 'Open requests',
    chart: {
      type: 'area',
      series: [
        { name: 'Requests', data: [3, 5, 4, 9].map((value, index) => ({ label: `W${44 + index}`, value })) },
      ],
      axis_config: { categories: ['W44', 'W45', 'W46', 'W47'] },
    },
  },
  {
    type: 'actions',
    block_id: 'o9',
    elements: [
      { type: 'datepicker', action_id: 'day', initial_date: '2026-12-01' },
      { type: 'timepicker', action_id: 'time', initial_time: '09:30' },
      { type: 'users_select', action_id: 'who', placeholder: text('Whose?') },
      { type: 'channels_select', action_id: 'where', placeholder: text('Where?') },
      {
        type: 'radio_buttons',
        action_id: 'order',
        options: [option('Worst first', 'worst'), option('By name', 'name')],
      },
      { type: 'checkboxes', action_id: 'only', options: [option('Only mine', 'mine')] },
    ],
  },
  {
    type: 'context_actions',
    block_id: 'o10',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'useful',
        positive_button: { text: text('Useful'), value: 'yes' },
        negative_button: { text: text('Not useful'), value: 'no' },
      },
      { type: 'icon_button', action_id: 'drop', icon: 'trash', text: text('Drop it') },
    ],
  },
  {
    type: 'context',
    block_id: 'o11',
    elements: [
      { type: 'image', image_url: 'https://example.com/aws.png', alt_text: 'AWS' },
      mrkdwn(`Read an hour ago · ${LONG}`),
    ],
  },
];

/** The inputs that our forms seldom ask for. */
export const otherInputs: readonly BlockJson[] = [
  input('n1', 'At what time', { type: 'timepicker', action_id: 'time', initial_time: '14:00' }),
  input('n2', 'From when on', {
    type: 'datetimepicker',
    action_id: 'from',
    initial_date_time: Date.parse('2026-11-30T09:00:00Z') / 1000,
  }),
  input('n3', 'E-mail', {
    type: 'email_text_input',
    action_id: 'mail',
    placeholder: text('you@example.com'),
  }),
  input('n4', 'Link', { type: 'url_text_input', action_id: 'link' }, { optional: true }),
  input('n5', 'How many', { type: 'number_input', action_id: 'count', is_decimal_allowed: false }),
  input('n6', 'Which units', {
    type: 'multi_static_select',
    action_id: 'units',
    option_groups: [
      {
        label: text('Production'),
        options: [option('/Production/EU', 'eu'), option('/Production/US', 'us')],
      },
      { label: text('Other'), options: [option('/Sandbox', 'sandbox')] },
    ],
  }),
  input('n7', 'Channel', { type: 'channels_select', action_id: 'channel' }),
  input('n8', 'Conversation', { type: 'conversations_select', action_id: 'conversation' }),
];
