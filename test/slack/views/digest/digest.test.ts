import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage } from '@root-mfa-bot/local-slack';
import fc from 'fast-check';
import { withShortLists } from '../../../../src/domain/digest.ts';
import { renderDigest, renderQuietNote } from '../../../../src/slack/views/digest/digest.ts';
import { aCoverage, aDigest, aDigestAccount, compliant, noncompliant } from '../../../support/digest.ts';

const SINCE = new Date('2026-09-01T09:00Z');

/** A week in which everything happened, to so many accounts each. */
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
      'Level 1 2 of 6 (33 %), last week 60 %; Level 2 2 of 6 (33 %), last week 60 %',
      'MFA removed: *alost-0* · now no MFA · a',
      'Newly non-compliant: *anew-0* · no MFA · new account · a',
      'Fixed this week: *afixed-0* · passkey or security key · thank you, <@U03ANA>',
      'Open the longest: *astuck-0* · authenticator app · 83 days · a',
      'No reachable owner: *anobody-0* · Its owner has left the company.',
      'Undelivered messages: reminder to <@U07FRANK>: user_not_found',
    ]);
  });

  test.each([0, 1, 4, 30, 800])('with %i accounts in each section is a message that Slack takes', (each) => {
    const { text, blocks } = renderDigest(withShortLists(aBusyWeek(each, 'x'.repeat(50)), 30));

    expect(validateMessage(blocks, text).map(formatProblem)).toEqual([]);
    expect(text.length).toBeLessThan(4_000);
  });

  test('calls nobody and links nothing, whatever accounts and owners are called', () => {
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
