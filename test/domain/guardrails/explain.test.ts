import { describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../../src/domain/account.ts';
import { cureForBot, cureForFix, policyControlText } from '../../../src/domain/guardrails/explain.ts';
import { blocksFix, judgeGuardrails, policyControlIn } from '../../../src/domain/guardrails/guardrails.ts';
import { parsePolicyDocument } from '../../../src/domain/guardrails/policy-document.ts';
import * as published from './published-policies.ts';

const account = { id: '111122223333' as AccountId, partition: 'aws', managementAccount: false };
const ACCESS = { memberRole: 'RootMfaReader', rootSessions: 'auto' } as const;
const ROLE = 'arn:aws:iam::111122223333:role/RootMfaReader';

function guardrailsUnder(name: string, content: string, target = '/Sandbox') {
  const full = { id: 'p-full', name: 'FullAWSAccess', document: parsePolicyDocument(published.FULL_ACCESS) };
  const policy = { id: 'p-1', name, document: parsePolicyDocument(content) };
  return judgeGuardrails(account, [{ target, policies: [full, policy] }], ROLE);
}

describe('what an admin can change so that the bot can read an account', () => {
  test.each([
    [
      'Control Tower',
      guardrailsUnder('aws-guardrails-Abc', published.CONTROL_TOWER_RESTRICT_ROOT),
      'The Control Tower control AWS-GR_RESTRICT_ROOT_USER on /Sandbox denies root sessions (SCP aws-guardrails-Abc): ' +
        'enable it again for this OU with the parameter ExemptAssumeRoot.',
    ],
    [
      "a company's own policy",
      guardrailsUnder('deny-root', published.DENY_ROOT, '/'),
      'SCP deny-root on the organization root denies root sessions: add the condition ' +
        '"Null": {"aws:AssumedRoot": "true"} to its statement DenyRoot.',
    ],
    [
      'a policy that denies IAM to roles',
      guardrailsUnder('iam-platform', published.IAM_FOR_PLATFORM_ONLY, account.id),
      'SCP iam-platform on account 111122223333 denies the role RootMfaReader: add the condition ' +
        '"ArnNotLike": {"aws:PrincipalArn": "arn:*:iam::*:role/RootMfaReader"}.',
    ],
  ])('%s', (_, guardrails, sentence) => {
    expect(cureForBot(guardrails, ACCESS)).toBe(sentence);
  });

  test('nothing about root sessions where the bot opens none', () => {
    const access = { ...ACCESS, rootSessions: 'never' } as const;

    expect(cureForBot(guardrailsUnder('deny-root', published.DENY_ROOT), access)).toBeUndefined();
    expect(cureForBot(guardrailsUnder('quarantine', published.QUARANTINE), access)).toContain(
      'denies the role RootMfaReader',
    );
  });

  test('nothing, where no policy is in the way', () => {
    expect(cureForBot(guardrailsUnder('x', published.DENY_ROOT_BUT_SESSIONS), ACCESS)).toBeUndefined();
    expect(cureForBot(guardrailsUnder('x', published.DENY_ROOT_FROM_OUTSIDE), ACCESS)).toBeUndefined();
  });
});

test('a blocked fix names the policy and both ways out', () => {
  const blocked = blocksFix(guardrailsUnder('deny-root', published.DENY_ROOT), 'none');

  expect(cureForFix(blocked)).toBe(
    "The owner cannot change root's MFA: SCP deny-root on /Sandbox denies it to root. " +
      'Exempt iam:EnableMFADevice and iam:DeactivateMFADevice there, or remove the root credentials instead.',
  );
});

test('a policy that denies root is a compensating control, one that denies it in parts is none', () => {
  const control = policyControlIn(guardrailsUnder('deny-root', published.DENY_ROOT));

  expect(control && policyControlText(control)).toBe('SCP deny-root on /Sandbox');
  expect(policyControlIn(guardrailsUnder('deny-root', published.DENY_ROOT_BUT_BUCKET_POLICIES))).toBeNull();
});
