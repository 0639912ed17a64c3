import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage } from '@root-mfa-bot/local-slack';
import fc from 'fast-check';
import { withShortLists } from '../../../../src/domain/digest.ts';
import { renderDigest, renderQuietNote } from '../../../../src/slack/views/digest/digest.ts';
import {
  aCoverage,
  aDigest,
  aDigestAccount,
  compliant,
  noncompliant,
  THIS_MONDAY,
} from '../../../support/digest.ts';
import { aGrantedExemption } from '../../../support/exemptions.ts';
import { ANA, BEN } from '../../../support/reminders.ts';
import { LEDGER } from '../../../support/token-requests.ts';

const SINCE = new Date('2026-09-01T09:00Z');

/** A week in which everything happened, to this many accounts each. */
function aBusyWeek(each: number, name: string) {
  const some = (what: string, over: Parameters<typeof aDigestAccount>[1]) =>
    Array.from({ length: each }, (_, n) => aDigestAccount(`${name}${what}-${n}`, { owner: name, ...over }));
  return aDigest({
    accounts: [
      ...some('lost', { before: compliant('fido'), after: noncompliant('none'), noncompliantSince: SINCE }),
      ...some('fixed', { before: noncompliant('none'), after: compliant('fido'), owner: 'U03ANA' }),
      ...some('stuck', {
        before: noncompliant('virtual'),
        after: noncompliant('virtual'),
        noncompliantSince: SINCE,
      }),
      ...some('nobody', { ownerGap: 'left', owner: null }),
      ...some('new', { before: null, after: noncompliant('none'), noncompliantSince: SINCE }),
    ],
    coverage: {
      now: aCoverage({ compliant: 2, noncompliant: 3, unknown: 1 }),
      lastWeek: aCoverage({ compliant: 3, noncompliant: 2 }),
    },
    scans: [
      { at: new Date('2026-11-09T09:00Z'), coverage: aCoverage({ compliant: 1, noncompliant: 4 }) },
      { at: new Date('2026-11-16T09:00Z'), coverage: aCoverage({ compliant: 3, noncompliant: 2 }) },
    ],
    undelivered: [{ key: 'reminder/U1', kind: 'reminder', to: 'U07FRANK', error: 'user_not_found' }],
  });
}

describe('the digest', () => {
  test('reads like this', () => {
    const { text } = renderDigest(aBusyWeek(1, 'a'));

    expect(text.split('\n')).toEqual([
      'Root MFA, 2026-W48: MFA was removed from 1 account. 3 of 6 accounts are non-compliant, 1 more than last week; 1 more could not be checked.',
      'Level 1: 2 of 6 (33%), last week 60%; Level 2: 2 of 6 (33%), last week 60%; no root credentials: 0 of 6 (0%), last week 0%',
      'MFA removed: *alost-0* · now no MFA · a',
      'Newly non-compliant: *anew-0* · no MFA · new account · a',
      'Fixed this week: *afixed-0* · passkey or security key · thank you, <@U03ANA>',
      'Who must act: a: 3 accounts, oldest 83 days · *MFA removed* · *alost-0*, *anew-0*, *astuck-0*',
      'Undelivered messages: reminder to <@U07FRANK>: user_not_found',
      'Unchanged since last week: 1 non-compliant, 1 without a reachable owner.',
    ]);
  });

  test('says how often owners were reminded, when the next reminder is, and who does not answer', () => {
    const reminders = {
      sent: 4,
      nextAt: new Date('2026-12-09T08:00Z'),
      escalatedSince: new Date('2026-09-25T08:00Z'),
      pause: null,
    };
    const stuck = { before: noncompliant('none'), after: noncompliant('none'), noncompliantSince: SINCE };
    const digest = aDigest({
      accounts: [
        aDigestAccount('silent', { ...stuck, ownerId: BEN, reminders }),
        aDigestAccount('by-id', { ...stuck, owner: 'U03ANA' }),
      ],
      coverage: { now: aCoverage({ noncompliant: 2 }), lastWeek: aCoverage({ noncompliant: 2 }) },
      daysWithoutAnswer: new Map([[BEN, 65]]),
    });
    const { text } = renderDigest(digest);

    expect(text).toMatch(
      /<@U04BEN>: 1 account.*\*no answer for 9 weeks\* · 4 reminders · escalated since .* · next /,
    );
    expect(text).toContain('<@U03ANA>: 1 account');
  });

  test('says since when an account is non-compliant that was compliant yesterday', () => {
    const digest = aDigest({
      accounts: [
        aDigestAccount('data-lake', {
          before: compliant('fido'),
          after: noncompliant('none'),
          noncompliantSince: THIS_MONDAY,
          ownerId: ANA,
        }),
      ],
      coverage: { now: aCoverage({ noncompliant: 1 }), lastWeek: aCoverage({ compliant: 1 }) },
    });

    expect(renderDigest(digest).text).toContain('<@U03ANA>: 1 account, since today · *MFA removed*');
  });

  test('of an unchanged week is its headline, who must act, and one line with a button', () => {
    const stuck = Array.from({ length: 10 }, (_, n) =>
      aDigestAccount(`stuck-${n}`, {
        before: noncompliant('none'),
        after: noncompliant('none'),
        noncompliantSince: SINCE,
        ownerId: n < 7 ? ANA : BEN,
      }),
    );
    const sameAsLastWeek = {
      now: aCoverage({ noncompliant: 10 }),
      lastWeek: aCoverage({ noncompliant: 10 }),
    };

    const { text, blocks } = renderDigest(aDigest({ accounts: stuck, coverage: sameAsLastWeek }));

    expect(text.split('\n')).toEqual([
      'Root MFA, 2026-W48: 10 of 10 accounts are non-compliant, same as last week.',
      'Level 1: 0 of 10 (0%), last week 0%; Level 2: 0 of 10 (0%), last week 0%; no root credentials: 0 of 10 (0%), last week 0%',
      'Who must act: <@U03ANA>: 7 accounts, oldest 83 days · *stuck-0*, *stuck-1*, *stuck-2* and 4 more; <@U04BEN>: 3 accounts, oldest 83 days · *stuck-7*, *stuck-8*, *stuck-9*',
      'Unchanged since last week: 10 non-compliant.',
    ]);
    expect(blocks.map(({ type }) => type)).not.toContain('data_visualization');
    expect(JSON.stringify(blocks)).toContain('"text":"Show"');
  });

  test('says which exemptions ended, which wait for approval, and names the last day that counts', () => {
    const account = aDigestAccount('ledger', { id: LEDGER });
    const ended = {
      ...aGrantedExemption({ accountId: LEDGER }),
      state: 'ended' as const,
      endsAt: new Date('2026-11-19T00:00+01:00'),
      closedAt: new Date('2026-11-19T00:00+01:00'),
    };

    const { text } = renderDigest(aDigest({ accounts: [account], exemptions: [ended] }));

    expect(text).toContain('Exemptions ended: *ledger* · last day Nov 18, 2026');
  });

  test('has a line for root access keys', () => {
    const account = aDigestAccount('crm', { rootKey: 'an access key' });

    expect(renderDigest(aDigest({ accounts: [account] })).text).toContain(
      ':key: *Root access keys* (1): *crm*',
    );
  });

  test.each([0, 1, 4, 30, 800])('with %i accounts in each section is a message that Slack takes', (each) => {
    const { text, blocks } = renderDigest(withShortLists(aBusyWeek(each, 'x'.repeat(50)), 30));

    expect(validateMessage(blocks, text).map(formatProblem)).toEqual([]);
    expect(text.length).toBeLessThan(4_000);
  });

  test('mentions no one and links nothing, whatever the names of accounts and owners', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<https://evil.example|AWS>',
        '*b* _i_ `c`',
        '<@U01SAM>',
        '\u202eabc\n> q',
      ),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const { text, blocks } = renderDigest(aBusyWeek(2, name));
        const parsed: string[] = [text];
        JSON.stringify(blocks, (_key, value) => {
          if (value?.type === 'mrkdwn') parsed.push(value.text);
          return value;
        });
        const ours = parsed
          .join('\n')
          .replaceAll(/<!date\^\d+\^[^|<>]*\|[^<>]*>/g, '')
          .replaceAll(/<@(U03ANA|U07FRANK)>/g, '');
        expect(ours).not.toMatch(/<[^>]*>/);
        expect(validateMessage(blocks, text).map(formatProblem)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('of a quiet month is a line', () => {
    const drawn = renderQuietNote({
      kind: 'quiet-note',
      week: '2026-W48',
      sentence: 'All accounts are compliant.',
      readAt: '2026-11-23T06:00:00.000Z',
    });
    expect(drawn.text).toBe('All accounts are compliant.');
    expect(validateMessage(drawn.blocks, drawn.text).map(formatProblem)).toEqual([]);
  });
});
