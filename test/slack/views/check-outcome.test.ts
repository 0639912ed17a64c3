import { expect, test } from '@jest/globals';
import { checkOutcomeText } from '../../../src/slack/views/scan/check-outcome.ts';
import { anAccountView } from '../../support/account-views.ts';
import { aVerdict } from '../../support/builders.ts';

const view = anAccountView({ account: { verdict: aVerdict() } });
const check = (triedToFix: boolean) =>
  checkOutcomeText({ kind: 'read', view }, view.account.verdict, { triedToFix }).markup;

test('a check answers with the state, and gives advice only after an attempt to fix it', () => {
  expect(check(false)).toBe(
    ':mag: Just checked: non-compliant. Root can sign in with a password and no MFA device is registered.',
  );
  expect(check(true)).toContain('AWS still shows no MFA device for root.');
  expect(check(true)).toContain('Common causes:');
});
