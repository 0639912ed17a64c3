import { describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../../src/domain/account.ts';
import { conditionHolds } from '../../../src/domain/guardrails/condition.ts';
import { rootContext, rootSessionContext } from '../../../src/domain/guardrails/request-context.ts';
import { matchesWildcard } from '../../../src/domain/guardrails/wildcard.ts';

const account = { id: '111122223333' as AccountId, partition: 'aws' };
const signedIn = rootContext(account);
const session = rootSessionContext(account);

const holds = (operator: string, key: string, value: string, context = signedIn, hasVariables = true) =>
  conditionHolds({ operator, key: key.toLowerCase(), values: [value] }, context, hasVariables);

describe('a key that is absent', () => {
  test.each([
    ['StringEquals', 'no'],
    ['StringNotEquals', 'yes'],
    ['StringEqualsIfExists', 'yes'],
    ['StringNotLike', 'yes'],
    ['Bool', 'no'],
    ['BoolIfExists', 'yes'],
    ['NumericLessThan', 'no'],
    ['NumericNotEquals', 'yes'],
    ['ForAllValues:StringEquals', 'yes'],
    ['ForAnyValue:StringNotEquals', 'no'],
  ])('under %s: %s', (operator, expected) => {
    expect(holds(operator, 'aws:PrincipalTag/team', 'true')).toBe(expected);
  });
});

describe('Null', () => {
  test.each([
    ['true', signedIn, 'yes'],
    ['false', signedIn, 'no'],
    ['true', session, 'no'],
    ['false', session, 'yes'],
  ] as const)('%s about aws:AssumedRoot', (value, context, expected) => {
    expect(holds('Null', 'aws:AssumedRoot', value, context)).toBe(expected);
  });

  test('about a key that depends on the request cannot be decided', () => {
    expect(holds('Null', 'aws:SourceVpc', 'true')).toBe('cannot_tell');
  });
});

describe('aws:AssumedRoot in its other spellings', () => {
  test.each([
    ['Bool', 'true', 'no', 'yes'],
    ['BoolIfExists', 'false', 'yes', 'no'],
    ['StringNotEquals', 'true', 'yes', 'no'],
    ['StringNotEqualsIfExists', 'true', 'yes', 'no'],
  ])('%s %s: signed in %s, session %s', (operator, value, forSignedIn, forSession) => {
    expect(holds(operator, 'aws:assumedRoot', value, signedIn)).toBe(forSignedIn);
    expect(holds(operator, 'aws:assumedRoot', value, session)).toBe(forSession);
  });
});

describe('ARNs', () => {
  test.each([
    ['ArnLike', 'arn:aws:iam::*:root', 'yes'],
    ['ArnEquals', 'arn:*:iam::*:root', 'yes'],
    ['ArnLike', 'arn:aws:iam:*:root', 'cannot_tell'],
    ['ArnLike', 'arn:aws:iam::444455556666:root', 'no'],
    ['ArnNotLike', 'arn:aws:iam::*:role/*', 'yes'],
    ['StringLike', 'arn:aws:iam:*:root', 'yes'],
    ['StringLike', 'arn:aws:iam::*:ROOT', 'no'],
    ['StringEqualsIgnoreCase', 'ARN:AWS:IAM::111122223333:ROOT', 'yes'],
    ['StringEquals', 'arn:aws:iam::*:root', 'no'],
  ])('%s %s: %s', (operator, pattern, expected) => {
    expect(holds(operator, 'aws:PrincipalArn', pattern)).toBe(expected);
  });

  test('a variable is replaced, but not in the first version of the language', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    const pattern = 'arn:aws:iam::${aws:PrincipalAccount}:root';

    expect(holds('ArnLike', 'aws:PrincipalArn', pattern)).toBe('yes');
    expect(holds('ArnLike', 'aws:PrincipalArn', pattern, signedIn, false)).toBe('no');
  });
});

describe('wildcards', () => {
  test.each([
    ['iam:enablemfadevice', 'iam:*mfadevice*', true],
    ['iam:enablemfadevice', 'iam:?nablemfadevice', true],
    ['iam:enablemfadevice', 'iam:enable', false],
    ['', '*', true],
    ['abcabd', '*abd', true],
    ['abc', '', false],
  ])('%s and %s: %s', (text, pattern, expected) => {
    expect(matchesWildcard(text, pattern)).toBe(expected);
  });

  test('a pattern of many stars is matched quickly', () => {
    expect(matchesWildcard('a'.repeat(2_000), '*a'.repeat(500).concat('b'))).toBe(false);
  });
});
