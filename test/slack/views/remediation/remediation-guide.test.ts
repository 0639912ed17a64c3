import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage, validateModal } from '@root-mfa-bot/local-slack';
import type { ExemptionRequestNotification, ExemptionUpdate } from '../../../../src/domain/notification.ts';
import { remediationFor } from '../../../../src/domain/remediation.ts';
import type { Verdict } from '../../../../src/domain/verdict.ts';
import { asModal } from '../../../../src/slack/interaction.ts';
import { renderAttestKeyForm } from '../../../../src/slack/views/attestations/attest-key.ts';
import {
  renderDeclineExemptionForm,
  renderExemptionRequestForm,
} from '../../../../src/slack/views/exemptions/exemption.ts';
import { renderNotification } from '../../../../src/slack/views/notification.ts';
import { renderRemediationGuide } from '../../../../src/slack/views/remediation/remediation-guide.ts';
import { type RenderedMessage, withFallbackBlocks } from '../../../../src/slack/views/shared/blocks.ts';
import { anAccountView } from '../../../support/account-views.ts';
import { aVerdict } from '../../../support/builders.ts';
import { ANA, SAM } from '../../../support/reminders.ts';
import { PAYMENTS } from '../../../support/token-requests.ts';

const NASTY = `<!channel> *now* _please_ <https://evil.example|click> ${'&'.repeat(1_000)}`;
const links = Array.from({ length: 40 }, (_, n) => ({
  title: `${n} ${NASTY}`.slice(0, 75),
  url: `https://wiki.example.com/${n}`,
}));
const strict = { level: 2, proof: 'strict', rootCredentials: 'allowed' } as const;

const situations: readonly [string, Partial<Verdict>, Partial<Parameters<typeof anAccountView>[0]>][] = [
  ['nothing protects root', {}, {}],
  ['an app where hardware is asked', { mfa: 'virtual', level1: 'pass' }, { required: strict }],
  ['hardware and an app', { mfa: 'mixed', level1: 'pass' }, { required: strict }],
  [
    'a key or a passkey',
    { mfa: 'fido', level1: 'pass', level2: 'pass', hardwareAssumed: true },
    { required: strict, compliance: 'unknown', level1: 'pass' },
  ],
  [
    'a root key is left',
    { mfa: 'no_password', level1: 'not_applicable', flags: ['root_access_key_present'] },
    { compliance: 'not_applicable' },
  ],
  ['the management account', {}, { account: { managementAccount: true } }],
  ['another partition', {}, { account: { partition: 'aws-us-gov' } }],
  ['nothing to do', { mfa: 'hardware', level1: 'pass', level2: 'pass' }, { compliance: 'compliant' }],
];

/** Everything that Slack would parse. */
function parsed(blocks: unknown): string {
  if (Array.isArray(blocks)) return blocks.map(parsed).join('\n');
  if (typeof blocks !== 'object' || blocks === null) return '';
  if ('type' in blocks && blocks.type === 'mrkdwn' && 'text' in blocks) return String(blocks.text);
  return Object.values(blocks).map(parsed).join('\n');
}

/** What Slack would say of it as a modal, and as a message. */
const problems = (rendered: RenderedMessage) => [
  ...validateModal(asModal(rendered)).map(formatProblem),
  ...validateMessage(withFallbackBlocks(rendered).blocks, rendered.text).map(formatProblem),
];

describe.each(situations)('the guide where the situation is: %s', (_, verdict, overrides) => {
  const view = anAccountView({
    ...overrides,
    account: { name: NASTY, verdict: aVerdict(verdict), ...overrides?.account },
  });
  const remediation = remediationFor(view.account, view.account.verdict, view.required, {
    cis: '6.0.0',
    links,
  });
  const viewer = { id: 'U03ANA', admin: true, owner: true };
  const kinds = [undefined, 'no-such-way', ...remediation.options.map(({ kind }) => kind)];

  test.each(kinds)('is taken by Slack, whichever way is unfolded (%s)', (shownOption) => {
    expect(
      validateModal(asModal(renderRemediationGuide({ view, remediation, viewer, shownOption }))).map(
        formatProblem,
      ),
    ).toEqual([]);
  });

  test('has every step in its text too, and escapes names', () => {
    const { text, blocks } = renderRemediationGuide({ view, remediation, viewer });

    for (const way of remediation.options) expect(text).toContain(way.title);
    expect(text).toContain(remediation.title);
    expect(text + parsed(blocks)).not.toContain('<!channel>');
  });
});

test('what the steps say is faithful to the situation: hardware traps stand with hardware, recovery with removal', () => {
  const view = anAccountView({
    required: { level: 2, proof: 'benchmark', rootCredentials: 'allowed' },
    account: { verdict: aVerdict({ flags: ['root_credentials_removable'] }) },
  });
  const remediation = remediationFor(view.account, view.account.verdict, view.required, {
    cis: '7.0.0',
    links: [],
  });
  const viewer = { id: 'U03ANA', admin: false, owner: true };
  const shownBy = (shownOption?: string) =>
    JSON.stringify(renderRemediationGuide({ view, remediation, viewer, shownOption }).blocks);

  expect(shownBy('remove-credentials')).toContain('Allow password recovery');
  expect(shownBy('remove-credentials')).not.toContain('a QR code under hardware MFA');
  expect(shownBy('security-key')).toContain('a QR code under hardware MFA');
  expect(shownBy('security-key')).not.toContain('Allow password recovery');
  expect(shownBy('authenticator-app')).not.toContain('Allow password recovery');
});

describe('what a root sign-in takes', () => {
  const view = anAccountView({
    account: { state: null, rootEmail: 'aws+payments@example.com', verdict: aVerdict() },
  });
  const remediation = remediationFor(view.account, view.account.verdict, view.required, {
    cis: '7.0.0',
    links: [],
  });
  const shownTo = (viewer: { admin: boolean; owner: boolean }, rootMailbox?: string) =>
    JSON.stringify(
      renderRemediationGuide({ view, remediation, rootMailbox, viewer: { id: 'U03ANA', ...viewer } }),
    );

  test('is the root email address, a sign-in page and a way to a new password', () => {
    const shown = shownTo({ admin: false, owner: true }, 'the IT service desk');

    expect(shown).toContain('aws+payments@example.com');
    expect(shown).toContain('https://console.aws.amazon.com/');
    expect(shown).toContain('Forgot your password?');
    expect(shown).toContain('Ask the IT service desk for the link');
  });

  test('is the address for the owner and admins only', () => {
    expect(shownTo({ admin: true, owner: false })).toContain('aws+payments@example.com');
    expect(shownTo({ admin: false, owner: false })).not.toContain('aws+payments@example.com');
  });
});

test('every form is taken by Slack, whatever the account is called', () => {
  const view = anAccountView({ account: { name: NASTY } });

  for (const form of [
    renderAttestKeyForm(view),
    renderExemptionRequestForm(view, { latestDay: '2027-02-22', initialDay: '2026-12-24' }),
    renderDeclineExemptionForm('e1', NASTY),
  ]) {
    expect(validateModal(form).map(formatProblem)).toEqual([]);
    expect(parsed(form)).not.toContain('<!channel>');
  }
});

describe('a message about an exemption', () => {
  const request: ExemptionRequestNotification = {
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
  ] as const satisfies ExemptionUpdate[];

  test.each(states)('shows the question that is %s, with people’s words as they stand', (state) => {
    const rendered = renderNotification({ ...request, state, decidedBy: SAM, decisionNote: NASTY });

    expect(problems(rendered)).toEqual([]);
    expect(rendered.text).toContain('Dec 31, 2026');
    expect(rendered.text + parsed(rendered.blocks)).not.toContain('<!channel>');
    expect(JSON.stringify(rendered.blocks).includes('grant-exemption')).toBe(state === 'asked');
  });

  test.each(news)('tells the requester that it is %s', (update) => {
    const { account, exemptionId, lastDay } = request;
    const rendered = renderNotification({
      kind: 'exemption-news',
      news: update,
      exemptionId,
      account,
      lastDay,
      by: SAM,
      note: NASTY,
    });

    expect(problems(rendered)).toEqual([]);
    expect(rendered.text).not.toContain('<!channel>');
    expect(rendered.text).not.toContain('for ever');
  });
});
