import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage } from '@root-mfa-bot/local-slack';
import fc from 'fast-check';
import { coverageOf } from '../../../src/domain/coverage.ts';
import { renderHelp } from '../../../src/slack/views/help/help.ts';
import {
  escapeMrkdwn,
  link,
  md,
  type RenderedMessage,
  truncate,
  withFallbackBlocks,
} from '../../../src/slack/views/shared/blocks.ts';
import {
  renderAccount,
  renderAccountChoice,
  renderAccountNotFound,
} from '../../../src/slack/views/status/account.ts';
import { renderAccountList } from '../../../src/slack/views/status/account-list.ts';
import {
  parseListQuery,
  serializeListQuery,
  withCompliance,
} from '../../../src/slack/views/status/account-list-query.ts';
import { renderCompanyStatus } from '../../../src/slack/views/status/company-status.ts';
import { renderTrend } from '../../../src/slack/views/status/trend.ts';
import type { AccountView } from '../../../src/usecases/shared/account-view.ts';
import { anAccountView } from '../../support/account-views.ts';

const NOW = new Date('2026-11-24T09:00:00Z');
const NO_CHANGE = {
  regressed: [],
  newlyFailing: [],
  fixed: [],
  newlyUnknown: [],
  newAccounts: [],
  closed: [],
  outstanding: [],
};

/** Every view of accounts, with these in it. */
function everyView(views: readonly AccountView[], typed: string): readonly RenderedMessage[] {
  const [view = anAccountView()] = views;
  const lastScan = {
    id: '1',
    startedAt: NOW,
    finishedAt: NOW,
    startedBy: 'schedule',
    accounts: views.length,
    unread: 0,
    coverage: coverageOf(views),
    centralRootAccess: null,
  };
  const status = {
    coverage: coverageOf(views),
    needingAttention: views,
    rootKeys: [],
    lastScan,
    scanFailure: undefined,
  };
  return [
    renderCompanyStatus({ status, change: NO_CHANGE, since: NOW, cis: '7.0.0', admin: true, now: NOW }),
    renderAccountList({
      query: { filter: { kind: 'ou', path: typed }, compliance: null, page: 0 },
      views,
      whenEmpty: `Nothing under ${typed}`,
      title: `Accounts under ${typed}`,
    }),
    renderAccount({
      view,
      history: [],
      cis: '7.0.0',
      now: NOW,
      viewer: { id: 'U03ANA', admin: true, owner: true },
    }),
    renderAccountChoice(typed, views.slice(0, 10), views.length),
    renderAccountNotFound(typed, views.slice(0, 5), null),
  ];
}

/** All text that Slack would parse: mrkdwn objects, and the plain text beside the blocks. */
function parsedText({ text, blocks }: RenderedMessage): string {
  const found: string[] = [text];
  JSON.stringify(blocks, (_key, value) => {
    if (value?.type === 'mrkdwn') found.push(value.text);
    return value;
  });
  return found.join('\n');
}

const hostile = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<!here|here> now',
    '<@U01SAM>',
    '<!subteam^S1>',
    '<https://evil.example|AWS console>',
    '*bold* _it_ ~no~ `code`',
    '&lt;!channel&gt;',
    '\u202egnp.exe',
    'a\nb\r\n> quote',
    '🔐'.repeat(200),
    '',
  ),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);

describe('whatever accounts, owners and people are called', () => {
  test('no one is mentioned, nothing is linked, and Slack accepts every message', () => {
    fc.assert(
      fc.property(
        fc.array(hostile, { minLength: 1, maxLength: 30 }),
        hostile,
        hostile,
        (names, identifier, typed) => {
          const views = names.map((name, at) =>
            anAccountView({
              account: { id: String(100_000_000_000 + at), name, orgUnit: identifier },
              owner: { identifier, source: 'tag' },
            }),
          );
          for (const rendered of everyView(views, typed)) {
            const ours = parsedText(rendered).replaceAll(/<!date\^\d+\^[^|<>]*\|[^<>]*>/g, '');
            expect(ours).not.toMatch(/<[^>]*>/);
            expect(validateMessage(rendered.blocks, rendered.text).map(formatProblem)).toEqual([]);
            const classic = withFallbackBlocks(rendered);
            expect(validateMessage(classic.blocks, classic.text).map(formatProblem)).toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['<!channel> & *friends*', '&lt;!channel&gt; &amp; ∗friends∗'],
    ['payments_prod', 'payments_prod'],
    ['_private_', '＿private＿'],
    ['`rm`', 'ˋrmˋ'],
    ['two\nlines', 'two lines'],
  ])('%j is shown as it stands', (text, shown) => {
    expect(escapeMrkdwn(text)).toBe(shown);
  });

  test('markup of our own stays, what is put into it does not become any', () => {
    expect(md`*${'a*b'}* ${md`_${1}_`}`.markup).toBe('*a∗b* _1_');
    expect(link('https://wiki.example.com/a b|c', 'the <wiki>|')).toEqual({
      markup: '<https://wiki.example.com/a%20b%7Cc|the &lt;wiki&gt;¦>',
    });
  });

  test('a long name is cut, and shown to be', () => {
    expect(truncate('🔐'.repeat(5), 3)).toBe('🔐🔐…');
  });
});

describe('sizes', () => {
  test.each([0, 1, 10, 11, 50, 51, 4_000])('a list of %i accounts', (count) => {
    const views = Array.from({ length: count }, (_, at) =>
      anAccountView({
        account: { id: String(100_000_000_000 + at), name: `account-${at}-${'x'.repeat(60)}` },
      }),
    );

    for (const rendered of everyView(views, 'x')) {
      expect(validateMessage(rendered.blocks, rendered.text).map(formatProblem)).toEqual([]);
      expect(rendered.text.length).toBeLessThan(4_000);
    }
  });

  test('a trend of twelve weeks is a chart, and the same in words', () => {
    const points = Array.from({ length: 12 }, (_, week) => ({
      week: `2026-W${37 + week}`,
      accounts: 1,
      noncompliant: 0,
      level1: week > 5 ? 1 : 0,
      level2: null,
    }));

    const rendered = renderTrend(points);

    expect(rendered.blocks.map(({ type }) => type)).toContain('data_visualization');
    expect(rendered.text).toContain('Any MFA: 100%, up 100 points since 2026-W37');
    expect(validateMessage(rendered.blocks, rendered.text).map(formatProblem)).toEqual([]);
  });

  test('help is a message, for admins and for everyone', () => {
    for (const admin of [true, false]) {
      const rendered = renderHelp(admin);
      expect(validateMessage(rendered.blocks, rendered.text).map(formatProblem)).toEqual([]);
      expect(rendered.text.includes('/mfa-status scan')).toBe(admin);
    }
  });
});

describe('what a button of a list carries', () => {
  test.each([
    ['unmet', 'noncompliant'],
    ['met', 'compliant'],
  ])('in an older message, %s, is still understood', (formerName, compliance) => {
    expect(parseListQuery(`of=all&standing=${formerName}`).compliance).toBe(compliance);
  });

  test.each([
    { filter: { kind: 'all' }, compliance: null, page: 2 },
    { filter: { kind: 'failing' }, compliance: null, page: 0 },
    { filter: { kind: 'mine' }, compliance: 'exempt', page: 0 },
    { filter: { kind: 'root-keys' }, compliance: null, page: 0 },
    { filter: { kind: 'credentials' }, compliance: null, page: 0 },
    { filter: { kind: 'target', name: 'Production & more' }, compliance: null, page: 0 },
    { filter: { kind: 'owner', owner: 'ana@example.com' }, compliance: 'noncompliant', page: 3 },
    { filter: { kind: 'ou', path: '/Production & more/=x' }, compliance: null, page: 1 },
  ] as const)('survives the round trip: $filter', (query) => {
    expect(parseListQuery(serializeListQuery(query))).toEqual(query);
  });

  test('nonsense counts as not chosen', () => {
    expect(parseListQuery('of=secrets&page=-1&standing=great')).toEqual({
      filter: { kind: 'all' },
      compliance: null,
      page: 0,
    });
    expect(withCompliance(parseListQuery('of=mine&page=4'), 'unknown')).toEqual({
      filter: { kind: 'mine' },
      compliance: 'unknown',
      page: 0,
    });
  });
});

test('an account ID that no account has is not called a name', () => {
  expect(renderAccountNotFound('999999999999', [], null).text).toBe('No account has this ID: 999999999999.');
  expect(renderAccountNotFound('nowhere', [], null).text).toBe('No account is named “nowhere”.');
});
