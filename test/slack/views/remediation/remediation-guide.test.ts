import { describe, expect, test } from '@jest/globals';
import { sayProblem, validateMessage, validateModal } from '../../../../packages/local-slack/src/blockkit.ts';
import type { ExemptionNews, ExemptionRequestLetter } from '../../../../src/domain/notification.ts';
import { remediationFor } from '../../../../src/domain/remediation.ts';
import type { Verdict } from '../../../../src/domain/verdict.ts';
import { drawKeyForm } from '../../../../src/slack/views/attestations/attest-key.ts';
import { type Drawn, withClassicBlocks } from '../../../../src/slack/views/shared/blocks.ts';
import { drawDeclineForm, drawExemptionForm } from '../../../../src/slack/views/exemptions/exemption.ts';
import { drawGuide } from '../../../../src/slack/views/remediation/remediation-guide.ts';
import { drawLetter } from '../../../../src/slack/views/notification.ts';
import { asModal } from '../../../../src/slack/interaction.ts';
import { aVerdict } from '../../../support/builders.ts';
import { ANA, SAM } from '../../../support/reminders.ts';
import { PAYMENTS } from '../../../support/token-requests.ts';
import { aView } from '../../../support/account-views.ts';

const NASTY = `<!channel> *now* _please_ <https://evil.example|click> ${'&'.repeat(1_000)}`;
const links = Array.from({ length: 40 }, (_, n) => ({
  title: `${n} ${NASTY}`.slice(0, 75),
  url: `https://wiki.example.com/${n}`,
}));
const strict = { level: 2, proof: 'strict' } as const;

const situations: readonly [string, Partial<Verdict>, Partial<Parameters<typeof aView>[0]>][] = [
  ['nothing protects root', {}, {}],
  ['an app where hardware is asked', { mfa: 'virtual', level1: 'pass' }, { asked: strict }],
  ['hardware and an app', { mfa: 'mixed', level1: 'pass' }, { asked: strict }],
  [
    'a key or a passkey',
    { mfa: 'fido', level1: 'pass', level2: 'pass', hardwareAssumed: true },
    { asked: strict, standing: 'unknown', level1: 'pass' },
  ],
  [
    'a root key is left',
    { mfa: 'no_password', level1: 'not_applicable', flags: ['root_access_key_present'] },
    { standing: 'not_applicable' },
  ],
  ['the management account', {}, { account: { managementAccount: true } }],
  ['another partition', {}, { account: { partition: 'aws-us-gov' } }],
  ['nothing to do', { mfa: 'hardware', level1: 'pass', level2: 'pass' }, { standing: 'met' }],
];

/** Everything that Slack would parse. */
function parsed(blocks: unknown): string {
  if (Array.isArray(blocks)) return blocks.map(parsed).join('\n');
  if (typeof blocks !== 'object' || blocks === null) return '';
  if ('type' in blocks && blocks.type === 'mrkdwn' && 'text' in blocks) return String(blocks.text);
  return Object.values(blocks).map(parsed).join('\n');
}

/** What Slack would say of it as a modal, and as a message. */
const problems = (drawn: Drawn) => [
  ...validateModal(asModal(drawn)).map(sayProblem),
  ...validateMessage(withClassicBlocks(drawn).blocks, drawn.text).map(sayProblem),
];

describe.each(situations)('the guide where the situation is: %s', (_, verdict, over) => {
  const view = aView({ ...over, account: { name: NASTY, verdict: aVerdict(verdict), ...over?.account } });
  const remediation = remediationFor(view.account, view.account.verdict, view.asked, { cis: '6.0.0', links });
  const viewer = { id: 'U03ANA', admin: true, owner: true };
  const kinds = [undefined, 'no-such-way', ...remediation.ways.map(({ kind }) => kind)];

  test.each(kinds)('is taken by Slack, whichever way is unfolded (%s)', (shown) => {
    expect(validateModal(asModal(drawGuide({ view, remediation, viewer, shown }))).map(sayProblem)).toEqual(
      [],
    );
  });

  test('tells every step in its text too, and smuggles nothing in', () => {
    const { text, blocks } = drawGuide({ view, remediation, viewer });

    for (const way of remediation.ways) expect(text).toContain(way.title);
    expect(text).toContain(remediation.title);
    expect(text + parsed(blocks)).not.toContain('<!channel>');
  });
});

test('what the steps say is faithful to the situation: hardware traps stand with hardware, recovery with removal', () => {
  const view = aView({ account: { verdict: aVerdict({ flags: ['root_credentials_removable'] }) } });
  const remediation = remediationFor(view.account, view.account.verdict, view.asked, {
    cis: '7.0.0',
    links: [],
  });
  const viewer = { id: 'U03ANA', admin: false, owner: true };
  const shownBy = (shown?: string) => JSON.stringify(drawGuide({ view, remediation, viewer, shown }).blocks);

  expect(shownBy('remove-credentials')).toContain('Allow password recovery');
  expect(shownBy('remove-credentials')).not.toContain('QR code. Following');
  expect(shownBy('security-key')).toContain('QR code. Following');
  expect(shownBy('security-key')).not.toContain('Allow password recovery');
  expect(shownBy('authenticator-app')).not.toContain('Allow password recovery');
});

test('every form is taken by Slack, whatever the account is called', () => {
  const view = aView({ account: { name: NASTY } });

  for (const form of [
    drawKeyForm(view),
    drawExemptionForm(view, { latestDay: '2027-02-22', initialDay: '2026-12-24' }),
    drawDeclineForm('e1', NASTY),
  ]) {
    expect(validateModal(form).map(sayProblem)).toEqual([]);
    expect(parsed(form)).not.toContain('<!channel>');
  }
});

describe('a letter about an exemption', () => {
  const question: ExemptionRequestLetter = {
    kind: 'exemption-request',
    exemptionId: 'e1',
    state: 'asked',
    account: { id: PAYMENTS, name: NASTY },
    askedBy: ANA,
    reason: NASTY,
    compensatingControl: NASTY,
    lastDay: '2026-12-31',
    decidedBy: null,
    decisionNote: null,
  };
  const states = ['asked', 'granted', 'declined', 'withdrawn', 'ended', 'revoked'] as const;
  const news = [
    'granted',
    'declined',
    'revoked',
    'ending',
    'ended',
    'unanswered',
  ] as const satisfies ExemptionNews[];

  test.each(states)('shows the question that is %s, with people’s words as they stand', (state) => {
    const drawn = drawLetter({ ...question, state, decidedBy: SAM, decisionNote: NASTY });

    expect(problems(drawn)).toEqual([]);
    expect(drawn.text).toContain('31 Dec 2026');
    expect(drawn.text + parsed(drawn.blocks)).not.toContain('<!channel>');
    expect(JSON.stringify(drawn.blocks).includes('grant-exemption')).toBe(state === 'asked');
  });

  test.each(news)('tells the asker that it is %s', (what) => {
    const { account, exemptionId, lastDay } = question;
    const drawn = drawLetter({
      kind: 'exemption-news',
      news: what,
      exemptionId,
      account,
      lastDay,
      by: SAM,
      note: NASTY,
    });

    expect(problems(drawn)).toEqual([]);
    expect(drawn.text).not.toContain('<!channel>');
    expect(drawn.text).not.toContain('for ever');
  });
});
