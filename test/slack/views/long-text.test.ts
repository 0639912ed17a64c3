import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage, validateModal } from '@root-mfa-bot/local-slack';
import { accountId } from '../../../src/domain/account.ts';
import { countedList } from '../../../src/domain/counted-list.ts';
import type { NotificationContent, TokenRequestStep } from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { asModal } from '../../../src/slack/interaction.ts';
import { renderNotification } from '../../../src/slack/views/notification.ts';
import { checkOutcomeText } from '../../../src/slack/views/scan/check-outcome.ts';
import { context, fields, md, section } from '../../../src/slack/views/shared/blocks.ts';
import { markupMessage } from '../../../src/slack/views/shared/message.ts';
import { renderAccount } from '../../../src/slack/views/status/account.ts';
import { renderCancelTokenForm } from '../../../src/slack/views/tokens/token-forms.ts';
import { renderTokenRequest } from '../../../src/slack/views/tokens/token-request.ts';
import { anAccountView } from '../../support/account-views.ts';

const ANA = slackUserId('U0123456789');
const AT = '2026-11-24T09:00:00.000Z';

/** Escaped, each of these characters becomes five; an emoji is two; the last is nothing at all. */
const LONG_TEXTS = ['&'.repeat(4_000), '🔐'.repeat(2_000), '<!channel> '.repeat(400), '\u0000\u200f'];

function notificationsWith(words: string): NotificationContent[] {
  const account = { id: accountId('111122223333'), name: words };
  const accounts = Array.from({ length: 20 }, (_, n) => ({
    id: accountId(String(111122223333 + n)),
    name: words,
    settled: null,
  }));
  const step = (state: TokenRequestStep['state']): TokenRequestStep => ({
    state,
    by: ANA,
    at: AT,
    note: words,
  });
  const removal = {
    id: 'm1',
    state: 'explained',
    asked: [ANA],
    answer: { by: ANA, at: AT, reason: words, untilDay: '2026-12-01' },
    acknowledged: { by: ANA, at: AT },
    assigned: { to: ANA, by: ANA },
    ended: false,
  } as const;
  const request = {
    kind: 'token-request',
    requestId: 'r1',
    requestedBy: ANA,
    tokenKind: 'security-key',
    quantity: 2,
    office: words,
    accounts,
    state: 'cancelled',
    history: (['requested', 'approved', 'shipped', 'received', 'cancelled'] as const).map(step),
  } as const;
  const news = { requestId: 'r1', tokenKind: 'security-key', quantity: 2, accounts } as const;
  const exemption = { exemptionId: 'e1', account, lastDay: '2026-12-31' } as const;
  return [
    request,
    { ...request, state: 'shipped' },
    ...(['approved', 'declined', 'shipped', 'enrolled', 'cancelled'] as const).map(
      (state) => ({ kind: 'token-news', news: state, ...news, step: step(state) }) as const,
    ),
    { kind: 'token-news', news: 'shipped', ...news, step: step('received') },
    { kind: 'token-handover', from: ANA, state: 'shipped', ...news },
    { ...request, state: 'shipped', requesterGone: true, expectedOn: '2026-12-01' },
    { kind: 'second-key', requestId: 'r1', tokenKind: 'totp-token', accounts, counted: false },
    {
      kind: 'escalation',
      accounts: countedList(
        accounts.map(({ id, name }) => ({
          id,
          name,
          owner: ANA,
          mfa: 'none' as const,
          why: words,
          since: AT,
          timesReminded: 3,
          contact: ANA,
        })),
      ),
      fixed: [],
    },
    {
      kind: 'alert-summary',
      accounts: countedList(accounts.map(({ id, name }) => ({ id, name, alarm: 'regression' as const }))),
      since: AT,
    },
    {
      kind: 'token-chase',
      requestId: 'r1',
      to: 'decide',
      escalated: true,
      requestedBy: ANA,
      accounts,
      since: AT,
    },
    {
      kind: 'exemption-request',
      ...exemption,
      state: 'declined',
      askedBy: ANA,
      reason: words,
      compensatingControl: words,
      decidedBy: ANA,
      decisionNote: words,
    },
    { kind: 'exemption-news', ...exemption, news: 'declined', by: ANA, note: words },
    {
      kind: 'finding',
      finding: 'account-disowned',
      account,
      by: ANA,
      reason: words,
      handedBack: { by: ANA, at: AT },
    },
    {
      kind: 'alert',
      alarm: 'regression',
      account: { ...account, managementAccount: true },
      owner: words,
      was: 'virtual',
      mfa: 'none',
      why: words,
      since: AT,
      others: 3,
    },
    {
      kind: 'alert',
      alarm: 'removal-denied',
      account: { ...account, managementAccount: true },
      owner: words,
      was: 'virtual',
      mfa: 'none',
      why: words,
      since: AT,
      removal: { ...removal, state: 'denied' },
    },
    { kind: 'mfa-removal', account, was: 'virtual', since: AT, removal },
  ];
}

describe.each(LONG_TEXTS.map((words) => [words.slice(0, 12), words]))(
  'however long words are: %j',
  (_, words) => {
    test.each(
      notificationsWith(words).map((notification): [string, NotificationContent] => [
        `${notification.kind} ${'news' in notification ? notification.news : ''}`,
        notification,
      ]),
    )('Slack accepts the message: %s', (_name, notification) => {
      const { text, blocks } = renderNotification(notification);
      expect(validateMessage(blocks, text).map(formatProblem)).toEqual([]);
    });

    test('Slack takes the forms and pages that show them', () => {
      const [request] = notificationsWith(words);
      if (request?.kind !== 'token-request') throw new Error('The first notification is a request');
      const page = renderTokenRequest(request, { id: ANA, admin: true }, md`${words}`);
      const view = anAccountView({
        account: { name: words, orgUnit: `/${words}` },
        owner: { identifier: words, source: 'tag' },
      });
      const viewer = { id: ANA, admin: true, owner: true };
      const account = renderAccount({ view, history: [], cis: '7.0.0', now: new Date(AT), viewer });
      const failed = markupMessage(checkOutcomeText({ kind: 'could-not-read', view, reason: words }, null));

      const shown = [page, account, failed];
      expect(shown.flatMap(({ blocks, text }) => validateMessage(blocks, text).map(formatProblem))).toEqual(
        [],
      );
      const modals = [renderCancelTokenForm(request, false), ...shown.map(asModal)];
      expect(modals.flatMap((modal) => validateModal(modal).map(formatProblem))).toEqual([]);
    });
  },
);

describe('markup that is too long for its place is cut', () => {
  const textOf = (block: ReturnType<typeof section>) => block.text?.text ?? '';

  test('never within an entity', () => {
    expect(textOf(section(md`${'&'.repeat(4_000)}`))).toMatch(/^(&amp;)+…$/);
  });

  test('never within a mention or a link', () => {
    const people = Array.from({ length: 300 }, () => ({ markup: '<@U0123456789|a b> ' }));
    const markup = people.map((one) => one.markup).join('');
    expect(textOf(section({ markup }))).toMatch(/^(<@U0123456789\|a b> )+…$/);
  });

  test('never within an emoji', () => {
    expect(textOf(section(md`${`x${'🔐'.repeat(2_000)}`}`))).toMatch(/^x(🔐)+…$/u);
  });

  test('sooner in a field than in a paragraph', () => {
    const words = md`${'x'.repeat(4_000)}`;
    expect(textOf(section(words))).toHaveLength(3_000);
    expect(context(words).elements[0]).toMatchObject({ text: expect.stringMatching(/^x{2999}…$/) });
    expect(fields(words).fields?.[0]?.text).toHaveLength(2_000);
  });

  test('and what is empty is a dash, for Slack takes no empty text', () => {
    expect(textOf(section(md`${''}`))).toBe('–');
  });
});
