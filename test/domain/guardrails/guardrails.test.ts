import { describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../../src/domain/account.ts';
import type { Answer } from '../../../src/domain/guardrails/answer.ts';
import type { PolicyLevel } from '../../../src/domain/guardrails/evaluate.ts';
import { blocksFix, judgeGuardrails } from '../../../src/domain/guardrails/guardrails.ts';
import { parsePolicyDocument } from '../../../src/domain/guardrails/policy-document.ts';
import * as published from './published-policies.ts';
import { policyOf } from './published-policies.ts';

const account = { id: '111122223333' as AccountId, partition: 'aws', managementAccount: false };
const ROLE = 'arn:aws:iam::111122223333:role/RootMfaReader';

const policy = (name: string, content: string | null) => ({
  id: `p-${name}`,
  name,
  document: content === null ? null : parsePolicyDocument(content),
});
const fullAccess = policy('FullAWSAccess', published.FULL_ACCESS);

/** The root, one org unit with the policies in question, and the account. */
function levelsWith(...contents: (string | null)[]): PolicyLevel[] {
  return [
    { target: '/', policies: [fullAccess] },
    { target: '/Sandbox', policies: [fullAccess, ...contents.map((one, at) => policy(`policy-${at}`, one))] },
    { target: account.id, policies: [fullAccess] },
  ];
}

function answersOf(levels: readonly PolicyLevel[], of: Parameters<typeof judgeGuardrails>[0] = account) {
  const guardrails = judgeGuardrails(of, levels, ROLE);
  return [
    guardrails.deniesRoot.answer,
    guardrails.blocksRootSession.answer,
    guardrails.blocksMemberRole.answer,
    guardrails.blocksAddingMfa.answer,
    guardrails.blocksRemovingMfa.answer,
  ];
}

const { KEEP_MFA, QUARANTINE, ...others } = published;
const unclear = 'cannot_tell';

describe('published policies beside full access', () => {
  test.each<[string, string, ...Answer[]]>([
    ['FULL_ACCESS', published.FULL_ACCESS, 'no', 'no', 'no', 'no', 'no'],
    ['DENY_ROOT', published.DENY_ROOT, 'yes', 'yes', 'no', 'yes', 'yes'],
    ['DENY_ROOT_BUT_SESSIONS', published.DENY_ROOT_BUT_SESSIONS, 'yes', 'no', 'no', 'yes', 'yes'],
    ['CONTROL_TOWER_RESTRICT_ROOT', published.CONTROL_TOWER_RESTRICT_ROOT, 'yes', 'yes', 'no', 'yes', 'yes'],
    [
      'CONTROL_TOWER_EXEMPT_ASSUME_ROOT',
      published.CONTROL_TOWER_EXEMPT_ASSUME_ROOT,
      'yes',
      'no',
      'no',
      'yes',
      'yes',
    ],
    [
      'CONTROL_TOWER_ROOT_ACCESS_KEYS',
      published.CONTROL_TOWER_ROOT_ACCESS_KEYS,
      'no',
      'no',
      'no',
      'no',
      'no',
    ],
    ['CONTROL_TOWER_REGION_DENY', published.CONTROL_TOWER_REGION_DENY, 'no', 'no', 'no', 'no', 'no'],
    ['DENY_ROOT_DIRECT', published.DENY_ROOT_DIRECT, 'yes', 'yes', 'no', 'yes', 'yes'],
    ['ACCELERATOR_GUARDRAILS', published.ACCELERATOR_GUARDRAILS, 'yes', 'yes', 'no', 'yes', 'yes'],
    [
      'DENY_ROOT_BUT_BUCKET_POLICIES',
      published.DENY_ROOT_BUT_BUCKET_POLICIES,
      'no',
      'yes',
      'no',
      'yes',
      'yes',
    ],
    ['DENY_ROOT_BUT_MFA', published.DENY_ROOT_BUT_MFA, 'yes', 'no', 'no', 'no', 'no'],
    ['KEEP_MFA', published.KEEP_MFA, 'no', 'no', 'no', 'no', 'yes'],
    ['MFA_CHANGES_NEED_MFA', published.MFA_CHANGES_NEED_MFA, 'no', 'no', 'no', unclear, unclear],
    ['CERTIFIED_KEYS_ONLY', published.CERTIFIED_KEYS_ONLY, 'no', 'no', 'no', unclear, 'no'],
    ['IAM_FOR_PLATFORM_ONLY', published.IAM_FOR_PLATFORM_ONLY, 'no', 'no', 'yes', 'no', 'no'],
    ['QUARANTINE', published.QUARANTINE, 'yes', 'yes', 'yes', 'yes', 'yes'],
    ['QUARANTINE_BUT_ONE_ROLE', published.QUARANTINE_BUT_ONE_ROLE, 'yes', 'yes', 'yes', 'yes', 'yes'],
    ['DENY_ROOT_EC2', published.DENY_ROOT_EC2, 'no', 'no', 'no', 'no', 'no'],
    ['DENY_PRINCIPAL_TYPE_ROOT', published.DENY_PRINCIPAL_TYPE_ROOT, 'no', unclear, 'no', 'no', 'no'],
    ['DENY_ROOT_BY_VARIABLE', published.DENY_ROOT_BY_VARIABLE, 'yes', 'yes', 'no', 'yes', 'yes'],
    ['DENY_ROOT_FROM_OUTSIDE', published.DENY_ROOT_FROM_OUTSIDE, unclear, unclear, 'no', unclear, unclear],
  ])('%s', (_, content, ...expected) => {
    expect(answersOf(levelsWith(content))).toEqual(expected);
  });
});

describe('allow lists', () => {
  const instead = (content: string): PolicyLevel[] => [
    { target: '/', policies: [fullAccess] },
    { target: '/Data', policies: [policy('allow-list', content)] },
    { target: account.id, policies: [fullAccess] },
  ];

  test('a level that does not allow IAM blocks the bot and the fix, and root keeps what is allowed', () => {
    expect(answersOf(instead(others.ALLOW_SOME_SERVICES))).toEqual(['no', 'yes', 'yes', 'yes', 'yes']);
  });

  test('a level that allows everything to all but root denies root', () => {
    expect(answersOf(instead(others.ALLOW_ALL_BUT_ROOT))).toEqual(['yes', 'yes', 'no', 'yes', 'yes']);
  });

  test('a level that allows no more than to look denies root', () => {
    expect(answersOf(instead(policyOf({ Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'] })))).toEqual([
      'yes',
      'no',
      'no',
      'yes',
      'yes',
    ]);
  });

  test('one policy that allows is enough, whatever the others of the level leave out', () => {
    expect(answersOf(levelsWith(others.ALLOW_SOME_SERVICES))).toEqual(['no', 'no', 'no', 'no', 'no']);
  });

  test('a reason names the level where nothing allows it', () => {
    const { blocksAddingMfa } = judgeGuardrails(account, instead(others.ALLOW_SOME_SERVICES), ROLE);

    expect(blocksAddingMfa.reasons).toEqual([
      { kind: 'not_allowed', target: '/Data', policy: null, statement: null, except: [] },
    ]);
  });
});

describe('what is not known is never a no', () => {
  const allUnclear = [unclear, unclear, unclear, unclear, unclear];

  test('a policy that could not be read', () => {
    expect(answersOf(levelsWith(null))).toEqual(allUnclear);
  });

  test('a level whose policies could not be listed, or came back empty', () => {
    expect(answersOf([{ target: '/', policies: null }])).toEqual(allUnclear);
    expect(answersOf([{ target: '/', policies: [] }])).toEqual(allUnclear);
  });

  test.each([
    ['an element that service control policies do not have', policyOf({ Action: 'ec2:*', Principal: '*' })],
    ['an effect that is not known', policyOf({ Action: 'ec2:*', Effect: 'Audit' as 'Deny' })],
    ['neither Action nor NotAction', policyOf({})],
    ['text that is not JSON', 'Version: 2012-10-17'],
  ])('%s', (_, content) => {
    expect(answersOf(levelsWith(content))).toEqual(allUnclear);
  });

  test.each([
    ['an operator that is not known', { StringResembles: { 'aws:PrincipalArn': 'root' } }],
    ['a key that is not known', { StringEquals: { 'aws:SomethingNew': 'x' } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    ['a variable that is not known', { StringLike: { 'aws:PrincipalArn': '*:${aws:SomethingNew}' } }],
    ['an ARN pattern that is no ARN', { ArnLike: { 'aws:PrincipalArn': '*root' } }],
  ])('%s in the condition of a deny', (_, Condition) => {
    expect(answersOf(levelsWith(policyOf({ Action: '*', Condition })))).toEqual(allUnclear);
  });

  test('a definite deny stands, whatever else could not be read', () => {
    expect(answersOf(levelsWith(null, QUARANTINE))).toEqual(['yes', 'yes', 'yes', 'yes', 'yes']);
  });

  test('what another level definitely denies stands too', () => {
    const levels: PolicyLevel[] = [
      { target: '/', policies: [fullAccess, policy('deny-root', others.DENY_ROOT)] },
      { target: account.id, policies: null },
    ];

    expect(answersOf(levels)).toEqual(['yes', 'yes', unclear, 'yes', 'yes']);
  });
});

describe('who is bound', () => {
  test('the management account by nothing, whatever is attached to the root', () => {
    expect(answersOf(levelsWith(QUARANTINE), { ...account, managementAccount: true })).toEqual([
      'no',
      'no',
      'no',
      'no',
      'no',
    ]);
  });

  test('an account below, by a deny that its parents inherit from the organization root', () => {
    const levels: PolicyLevel[] = [
      { target: '/', policies: [fullAccess, policy('deny-root', others.DENY_ROOT)] },
      { target: '/Production', policies: [fullAccess] },
      { target: account.id, policies: [fullAccess] },
    ];

    expect(judgeGuardrails(account, levels, ROLE).deniesRoot).toEqual({
      answer: 'yes',
      reasons: [
        {
          kind: 'denied',
          target: '/',
          policy: { id: 'p-deny-root', name: 'deny-root' },
          statement: 'DenyRoot',
          except: [],
        },
      ],
    });
  });

  test('an account of another partition only by patterns that reach it', () => {
    const china = { ...account, partition: 'aws-cn' };

    expect(answersOf(levelsWith(others.DENY_ROOT), china)[0]).toBe('no');
    expect(answersOf(levelsWith(others.CONTROL_TOWER_RESTRICT_ROOT), china)[0]).toBe('yes');
  });
});

describe('root denied in parts', () => {
  test('what is left to root is named where it could do harm', () => {
    const { deniesRoot } = judgeGuardrails(account, levelsWith(others.DENY_ROOT_BUT_BUCKET_POLICIES), ROLE);

    expect(deniesRoot).toMatchObject({
      answer: 'no',
      reasons: [
        {
          kind: 'partly_denied',
          except: ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
        },
      ],
    });
  });

  test('a second statement may deny what the first leaves out', () => {
    const rest = policyOf({
      Action: 's3:*',
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:root' } },
    });

    expect(answersOf(levelsWith(others.DENY_ROOT_BUT_BUCKET_POLICIES, rest))[0]).toBe('yes');
  });

  test('two statements that leave out different actions leave out none together', () => {
    const rest = policyOf({
      NotAction: 'support:*',
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:root' } },
    });

    expect(answersOf(levelsWith(others.DENY_ROOT_BUT_BUCKET_POLICIES, rest))[0]).toBe('yes');
    expect(answersOf(levelsWith(rest))[0]).toBe('no');
  });

  test('a second statement that is about others does not', () => {
    const rest = policyOf({
      Action: 's3:*',
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } },
    });

    expect(answersOf(levelsWith(others.DENY_ROOT_BUT_BUCKET_POLICIES, rest))[0]).toBe('no');
  });
});

describe("the owner's fix", () => {
  const fix = (content: string, mfa: Parameters<typeof blocksFix>[1]) =>
    blocksFix(judgeGuardrails(account, levelsWith(content), ROLE), mfa).answer;

  test('a policy that keeps MFA from being removed blocks replacing an app, and not the first device', () => {
    expect(fix(KEEP_MFA, 'none')).toBe('no');
    expect(fix(KEEP_MFA, 'virtual')).toBe('yes');
    expect(fix(KEEP_MFA, 'mixed')).toBe('yes');
  });

  test('a policy that denies root blocks it all', () => {
    expect(fix(others.DENY_ROOT, 'none')).toBe('yes');
    expect(fix(others.DENY_ROOT_BUT_SESSIONS, 'virtual')).toBe('yes');
  });

  test('nothing is blocked where nothing is to be done', () => {
    expect(fix(others.DENY_ROOT, 'hardware')).toBe('no');
  });
});
