import type { BlockJson, UiChannel, UiMessage, UiModal, UiPerson, UiState } from '../../src/ui-contract.ts';
import { button, input, mrkdwn, option, otherBlocks, otherInputs, section, text } from './fixture-blocks.ts';

const NOW = '2026-11-24T09:41:00.000Z';
const at = (iso: string, nth = 1) => `${Date.parse(iso) / 1000}.${String(nth).padStart(6, '0')}`;
const people: readonly UiPerson[] = [
  person('U1', 'Sam Okafor', 'security engineer', { tz: 'Europe/London' }),
  person('U2', 'Ana Duarte', 'owner of Payments', { tz: 'Europe/Lisbon' }),
  person('U3', 'Noor Haddad', 'platform lead', {
    status: { text: 'On holiday until Monday', emoji: ':palm_tree:', until: null },
  }),
  person('U4', 'Gus Lindqvist', 'contractor', { kind: 'guest' }),
  person('U5', 'Priya Raman', 'auditor', { kind: 'external', teamName: 'Bright Audits' }),
  person('U6', 'Tom Gone', 'left in spring', { kind: 'deactivated' }),
  person(
    'U7',
    'Maria-Magdalena Wolfeschlegelsteinhausen-Bergerdorff',
    'deputy head of platform reliability',
    {
      status: { text: 'Writing a post-mortem, back at four', emoji: ':memo:', until: null },
    },
  ),
];

/** A workspace with one of everything that the page draws. */
export function fixtureState(wanted: string, userId: string): UiState {
  const me = people.find(({ id }) => id === userId) ?? (people[0] as UiPerson);
  const channels = channelsOf(me, wanted);
  const channel = channels.find(({ id }) => id === wanted)?.id ?? channels[0]?.id ?? null;
  return {
    banner: 'This is not Slack. It runs on this computer only, and no message leaves it.',
    now: NOW,
    team: { id: 'T1', name: 'Northwind' },
    me,
    bot: {
      userId: 'UB',
      name: 'root-mfa-bot',
      appName: 'Root MFA',
      appId: 'A1',
      description: 'Tells for every AWS account whether its root user has MFA, and helps its owner fix it.',
    },
    people,
    userGroups: [{ id: 'S1', handle: 'cloud-security', name: 'Cloud security' }],
    channels,
    channel,
    messages: messagesIn(channel ?? ''),
    home: me.id === 'U3' ? null : { viewId: 'VH', blocks: homeBlocks, values: {} },
    modals: [],
    commands: me.kind === 'external' ? [] : commands,
    files: [],
    notices: [
      {
        id: 'N1',
        at: '2026-11-24T09:40:30.000Z',
        channel: 'C1',
        kind: 'error',
        text: '/status failed with the error "dispatch_failed"',
      },
    ],
    traffic: [
      { seq: 1, at: NOW, method: 'auth.test', ok: true, error: null, ms: 3 },
      { seq: 2, at: NOW, method: 'chat.postMessage', ok: true, error: null, ms: 12 },
      { seq: 3, at: NOW, method: 'views.open', ok: false, error: 'expired_trigger_id', ms: 2 },
    ],
    connections: 1,
  };
}

const commands = [
  {
    name: '/status',
    usage_hint: '[mine | failing | account | help]',
    description: 'Which AWS root users have MFA',
  },
  { name: '/invite', usage_hint: '@someone', description: 'Bring somebody into this channel' },
];

/** Guests see where they were invited to, people of other companies what is shared with theirs. */
function channelsOf(me: UiPerson, open: string): readonly UiChannel[] {
  const security = conversation('C1', 'cloud-security', 'Root users, and what to do about them');
  const shared = {
    ...conversation('C4', 'with-bright-audits', 'Shared with Bright Audits'),
    shared: true,
    botIsMember: false,
  };
  if (me.kind === 'guest') return [security];
  if (me.kind === 'external') return [shared];
  return [
    security,
    conversation('C2', 'general', 'Everything else'),
    { ...conversation('C3', 'leadership', ''), private: true, unread: 3 },
    shared,
    conversation(
      'C6',
      'every-kind-of-block-and-a-name-that-is-far-too-long',
      'What the page can draw, and how it bears names that nobody has shortened in all these years',
    ),
    {
      ...conversation('C5', 'old-projects', ''),
      archived: true,
      closed: 'This channel is archived. No one can post here anymore.',
    },
    { ...conversation('D2', 'Ana Duarte', ''), kind: 'dm' },
    { ...conversation('D9', 'root-mfa-bot', ''), kind: 'app', unread: open === 'D9' ? 0 : 2 },
  ];
}

function messagesIn(channel: string): readonly UiMessage[] {
  switch (channel) {
    case 'C1':
      return [digest, thread, kinds];
    case 'C6':
      return [others, fromOutside];
    case 'D9':
      return [reminder, answer];
    default:
      return [];
  }
}

/** A modal with one of every input. */
export const fixtureModal: UiModal = {
  viewId: 'V1',
  hash: '1',
  title: 'Request a hardware key',
  submit: 'Send request',
  close: 'Cancel',
  blocks: [
    {
      type: 'section',
      block_id: 'm0',
      text: mrkdwn('For *payments-prod* (`111122223333`), owned by <@U2>.'),
    },
    { type: 'alert', block_id: 'al', level: 'warning', text: text('Its root user also has an access key.') },
    input('m1', 'Account', {
      type: 'external_select',
      action_id: 'account',
      min_query_length: 2,
      placeholder: text('Type a name or a number'),
    }),
    input('m2', 'Kind of token', {
      type: 'radio_buttons',
      action_id: 'kind',
      options: [
        option('Security key', 'key', 'FIDO2, the safest there is'),
        option('Token with a display', 'totp', 'Shows six digits'),
      ],
    }),
    input('m3', 'Deliver to?', {
      type: 'static_select',
      action_id: 'office',
      options: [option('Lisbon', 'lis'), option('London', 'lon'), option('Oslo', 'osl')],
    }),
    input('m4', 'Until', { type: 'datepicker', action_id: 'until', initial_date: '2026-12-24' }),
    input('m5', 'Backup', { type: 'users_select', action_id: 'backup' }),
    input('m6', 'Also tell', { type: 'multi_users_select', action_id: 'tell' }),
    input(
      'm7',
      'Why',
      {
        type: 'plain_text_input',
        action_id: 'why',
        multiline: true,
        max_length: 60,
        placeholder: text('A sentence'),
      },
      { hint: text('Approvers read this first.') },
    ),
    input(
      'm8',
      'Tell me',
      {
        type: 'checkboxes',
        action_id: 'news',
        options: [option('when it is shipped', 's'), option('when it is decided', 'd')],
      },
      { optional: true },
    ),
    ...otherInputs,
  ],
  errors: { m7: 'Please say which system needs it.' },
  values: {
    m3: { office: { type: 'static_select', selected_option: { value: 'lis' } } },
    m6: { tell: { type: 'multi_users_select', selected_users: ['U1', 'U3'] } },
    m7: { why: { type: 'plain_text_input', value: 'Because' } },
  },
};

const digest: UiMessage = {
  ...message('C1', 'UB', at('2026-11-23T09:00:00Z'), 'The week in root MFA'),
  blocks: [
    {
      type: 'header',
      block_id: 'd1',
      text: text(':closed_lock_with_key: Root MFA: 96 of 104 accounts are safe'),
    },
    {
      type: 'section',
      block_id: 'd2',
      text: mrkdwn(
        'Three more than last week. *Two need you today*: `data-lake-staging` lost its device, and <https://example.com|legacy-billing> never had one.',
      ),
      accessory: {
        type: 'overflow',
        action_id: 'more',
        options: [option('Mute for a week', 'mute'), option('Export', 'x')],
      },
    },
    {
      type: 'section',
      block_id: 'd3',
      fields: [
        mrkdwn('*With MFA*\n:large_green_circle: 96 accounts'),
        mrkdwn('*Without*\n:red_circle: 5 accounts'),
        mrkdwn('*Exempt*\n:large_yellow_circle: 2 until Friday'),
        mrkdwn('*Unknown*\n:grey_question: 1, denied by policy'),
      ],
    },
    { type: 'divider', block_id: 'd4' },
    {
      type: 'data_visualization',
      block_id: 'd5',
      title: 'Accounts with MFA, twelve weeks',
      chart: {
        type: 'line',
        series: [
          { name: 'Any MFA', data: weeks([71, 74, 74, 78, 80, 84, 85, 88, 90, 91, 93, 96]) },
          { name: 'Hardware MFA', data: weeks([12, 14, 15, 21, 22, 30, 33, 38, 41, 44, 52, 58]) },
        ],
        axis_config: { categories: weeks([]).map(({ label }) => label), y_label: 'Accounts' },
      },
    },
    {
      type: 'data_table',
      block_id: 'd6',
      caption: 'Non-compliant, worst first',
      page_size: 4,
      rows: [
        ['Account', 'Owner', 'Root MFA', 'Days'].map((words) => ({ type: 'raw_text', text: words })),
        ...[
          ['data-lake-staging', 'Noor Haddad', ':red_circle: none, access key', 2],
          ['legacy-billing', 'nobody', ':red_circle: none', 412],
          ['marketing-site', 'Ana Duarte', ':red_circle: none', 9],
          ['payments-prod', 'Ana Duarte', ':large_yellow_circle: app, key asked', 31],
          ['team-10-sandbox', 'Gus Lindqvist', ':red_circle: none', 1],
          ['team-9-sandbox', 'Gus Lindqvist', ':red_circle: none', 3],
        ].map((row) =>
          row.map((cell) =>
            typeof cell === 'number'
              ? { type: 'raw_number', value: cell, text: String(cell) }
              : { type: 'raw_text', text: String(cell) },
          ),
        ),
      ],
    },
    {
      type: 'actions',
      block_id: 'd7',
      elements: [
        button('fix', 'How to fix', { style: 'primary' }),
        button('all', 'See all'),
        button('close', 'Close the account', {
          style: 'danger',
          confirm: {
            title: text('Close it?'),
            text: mrkdwn('This *cannot* be undone.'),
            confirm: text('Close it'),
            deny: text('Keep it'),
            style: 'danger',
          },
        }),
        {
          type: 'static_select',
          action_id: 'filter',
          placeholder: text('All organizational units'),
          options: [option('/Production', 'p'), option('/Staging', 's'), option('/Sandbox', 'x')],
        },
      ],
    },
    {
      type: 'context',
      block_id: 'd8',
      elements: [
        mrkdwn(
          `:hourglass: Read <!date^${Date.parse('2026-11-23T08:00:00Z') / 1000}^{date_short_pretty} at {time}|earlier>`,
        ),
        mrkdwn('CIS 7.0.0 · 1.5 and 1.6'),
      ],
    },
  ],
};

const thread: UiMessage = {
  ...message(
    'C1',
    'U2',
    at('2026-11-24T08:12:00Z'),
    'On it. <@U1>, is *payments-prod* the one with the ~old~ new key? See &lt;root&gt; :eyes:',
  ),
  reply_count: 2,
  replies: [
    {
      ...message('C1', 'U1', at('2026-11-24T08:20:00Z'), 'It is. The key is in the safe in Lisbon.'),
      thread_ts: '1',
    },
    { ...message('C1', 'U2', at('2026-11-24T08:31:00Z'), 'Thank you! :tada:'), thread_ts: '1' },
  ],
};

const kinds: UiMessage = {
  ...message('C1', 'UB', at('2026-11-24T09:40:00Z'), 'One account'),
  ephemeral: true,
  edited: true,
  blocks: [
    { type: 'header', block_id: 'k1', text: text('payments-prod') },
    {
      type: 'section',
      block_id: 'k2',
      text: mrkdwn(
        '>Root signs in with an authenticator app.\nAsked: *hardware MFA*. Owner: <@U2>, backup <!subteam^S1>.\n```aws iam enable-mfa-device --serial …```',
      ),
      accessory: button('check', 'Check now'),
    },
    {
      type: 'rich_text',
      block_id: 'k3',
      elements: [
        {
          type: 'rich_text_section',
          elements: [{ type: 'text', text: 'Three steps', style: { bold: true } }],
        },
        {
          type: 'rich_text_list',
          style: 'ordered',
          elements: [
            section('Sign in as root'),
            section('Open ', { type: 'link', url: 'https://example.com', text: 'Security credentials' }),
          ],
        },
        { type: 'rich_text_list', style: 'bullet', indent: 1, elements: [section('not the IAM page')] },
        {
          type: 'rich_text_list',
          style: 'ordered',
          elements: [section('Assign a ', { type: 'text', text: 'passkey', style: { code: true } })],
        },
      ],
    },
    {
      type: 'data_visualization',
      block_id: 'k4',
      title: 'By kind of MFA',
      chart: {
        type: 'pie',
        segments: [
          { label: 'Security key', value: 58 },
          { label: 'Authenticator app', value: 38 },
          { label: 'None', value: 5 },
          { label: 'Unknown', value: 3 },
        ],
      },
    },
    {
      type: 'data_visualization',
      block_id: 'k5',
      title: 'By organizational unit',
      chart: {
        type: 'bar',
        series: [
          { name: 'With MFA', data: units([40, 31, 25]) },
          { name: 'Without', data: units([1, 2, 5]) },
        ],
        axis_config: { categories: ['/Production', '/Staging', '/Sandbox'], x_label: 'Organizational unit' },
      },
    },
  ],
};

const others: UiMessage = {
  ...message('C6', 'UB', at('2026-11-24T09:00:00Z'), 'All the other blocks'),
  blocks: otherBlocks,
};

const fromOutside: UiMessage = {
  ...message(
    'C6',
    'U7',
    at('2026-11-24T09:10:00Z'),
    `Is this one ours? ${'verylongwordwithoutanyspace'.repeat(6)}`,
  ),
};

const reminder: UiMessage = {
  ...message('D9', 'UB', at('2026-11-24T09:00:00Z'), 'Your account'),
  blocks: [
    {
      type: 'section',
      block_id: 'r1',
      text: mrkdwn(':wave: Hello <@U1>! The root user of *data-lake-staging* has had no MFA for two days.'),
    },
    {
      type: 'actions',
      block_id: 'r2',
      elements: [button('fix', 'How to fix', { style: 'primary' }), button('snooze', 'Remind me next week')],
    },
  ],
};

const answer: UiMessage = {
  ...message('D9', 'UB', at('2026-11-24T09:02:00Z'), 'Here is the export that you asked for.'),
  files: [
    { id: 'F1', name: 'root-mfa.csv', title: 'Root MFA, 24 November', size: 18_420, url: '/_ui/file/F1' },
  ],
};

const homeBlocks: readonly BlockJson[] = [
  { type: 'header', block_id: 'h1', text: text('Good morning, Sam') },
  {
    type: 'section',
    block_id: 'h2',
    text: mrkdwn('*You own 3 accounts.* One falls short.'),
    accessory: button('scan', 'Check now', { style: 'primary' }),
  },
  { type: 'divider', block_id: 'h3' },
  {
    type: 'section',
    block_id: 'h4',
    text: mrkdwn(':red_circle: *data-lake-staging* `222233334444`\nNo MFA since Sunday'),
    accessory: button('fix', 'How to fix'),
  },
  {
    type: 'section',
    block_id: 'h5',
    text: mrkdwn(':large_green_circle: *payments-prod* `111122223333`\nSecurity key, seen an hour ago'),
    accessory: button('open', 'Open'),
  },
  {
    type: 'actions',
    block_id: 'h6',
    elements: [
      {
        type: 'external_select',
        action_id: 'find',
        placeholder: text('Find an account'),
        min_query_length: 0,
      },
    ],
  },
  { type: 'context', block_id: 'h7', elements: [mrkdwn('Read an hour ago · next look at 12:00')] },
];

function weeks(values: readonly number[]) {
  return Array.from({ length: 12 }, (_, index) => ({ label: `W${36 + index}`, value: values[index] ?? 0 }));
}

function units(values: readonly number[]) {
  return ['/Production', '/Staging', '/Sandbox'].map((label, index) => ({
    label,
    value: values[index] ?? 0,
  }));
}

function message(channel: string, from: string, ts: string, words: string): UiMessage {
  return {
    ts,
    channel,
    from,
    fromBot: from === 'UB',
    text: words,
    blocks: [],
    edited: false,
    ephemeral: false,
    reply_count: 0,
    replies: [],
    files: [],
  };
}

function person(id: string, name: string, title: string, more: Partial<UiPerson> = {}): UiPerson {
  return {
    id,
    name,
    title,
    role: null,
    kind: 'member',
    status: null,
    tz: 'Europe/London',
    teamName: 'Northwind',
    ...more,
  };
}

function conversation(id: string, name: string, topic: string) {
  return {
    id,
    name,
    topic,
    kind: 'channel',
    private: false,
    shared: false,
    archived: false,
    botIsMember: true,
    closed: null,
    unread: 0,
  } as const;
}
