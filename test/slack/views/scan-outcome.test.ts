import { expect, test } from '@jest/globals';
import { accountId } from '../../../src/domain/account.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { renderScanOutcome } from '../../../src/slack/views/scan/scan.ts';
import { aVerdict } from '../../support/builders.ts';

const START = new Date('2026-11-24T09:00Z');
const END = new Date('2026-11-24T09:00:30Z');
const change = (name: string, before: Verdict | null, after: Verdict) => ({
  accountId: accountId('111122223333'),
  name,
  before,
  after,
  at: END,
});
const scanned = (...changes: ReturnType<typeof change>[]) =>
  renderScanOutcome(
    { kind: 'scanned', accounts: 40, unread: 0, changes, warning: undefined },
    START,
    END,
  ).text.split('\n');

test('a scan that finished says which accounts changed, the failing ones first', () => {
  const app = aVerdict({ mfa: 'virtual', level1: 'pass' });
  const none = aVerdict();

  expect(
    scanned(
      change('blog-prod', none, app),
      change('payments-prod', app, none),
      change('new-account', null, none),
    ),
  ).toEqual([
    'Scan finished: Checked 40 accounts in 30 seconds: 2 changed accounts.',
    '•  *payments-prod*  111122223333: was authenticator app, now no MFA',
    '•  *blog-prod*  111122223333: was no MFA, now authenticator app',
  ]);
});

test('a scan that changed nothing says so, and a long list is cut', () => {
  const many = Array.from({ length: 12 }, (_, n) =>
    change(`account-${n}`, aVerdict(), aVerdict({ mfa: 'fido', level1: 'pass' })),
  );

  expect(scanned()).toEqual(['Scan finished: Checked 40 accounts in 30 seconds: no changes.']);
  expect(scanned(...many)).toHaveLength(11);
});
