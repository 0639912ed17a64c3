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

test('an account that could not be read is named by what was last seen, with no advice on a fix', () => {
  const outcome = {
    kind: 'could-not-read',
    view,
    reason: 'sts:AssumeRoot returned ThrottlingException.',
  } as const;
  const text = (triedToFix: boolean) => checkOutcomeText(outcome, null, { triedToFix }).markup;

  expect(text(false)).toContain(
    'I could not check AWS just now: sts:AssumeRoot returned ThrottlingException.',
  );
  expect(text(false)).toMatch(
    /Last seen .*: Root can sign in with a password and no MFA device is registered\./,
  );
  expect(text(false)).not.toContain('your change');
  expect(text(true)).toContain('I cannot say yet whether your change worked. Check again in a few minutes');
  expect(text(true)).not.toContain('Common causes');
});

test('a second check within a minute answers with the state, too', () => {
  expect(checkOutcomeText({ kind: 'too-soon', view }, null).markup).toBe(
    ':hourglass: Checked less than a minute ago: non-compliant. Root can sign in with a password and no MFA device is registered. You can check again in a minute.',
  );
});
