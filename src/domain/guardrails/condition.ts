import { type Answer, answerOf, anyOf, negated } from './answer.ts';
import type { Condition } from './policy-document.ts';
import { type RequestContext, valueIn } from './request-context.ts';
import { matchesWildcard } from './wildcard.ts';

/**
 * Returns whether a condition holds for a request. Operators and keys that are not known here, and keys whose value
 * depends on the request, is undecided.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function conditionHolds(
  { operator, key, values }: Condition,
  context: RequestContext,
  hasVariables: boolean,
): Answer {
  const { quantifier, name, ifExists } = partsOf(operator);
  const value = valueIn(context, key);
  if (value === undefined) return 'cannot_tell';
  if (name === 'null')
    return anyOf(values.map((expected) => answerOf((value === null) === isTrue(expected))));

  const comparison = COMPARISONS[name];
  if (!comparison) return 'cannot_tell';
  if (value === null) {
    if (ifExists || quantifier === 'forallvalues') return 'yes';
    return answerOf(comparison.negated && quantifier !== 'foranyvalue');
  }
  const matches = anyOf(
    values.map((pattern) => {
      const expanded = hasVariables ? expand(pattern, context) : pattern;
      return expanded === undefined ? 'cannot_tell' : comparison.matches(value, expanded);
    }),
  );
  return comparison.negated ? negated(matches) : matches;
}

interface Comparison {
  readonly negated: boolean;
  matches(value: string, pattern: string): Answer;
}

const is = (matches: Comparison['matches']): Comparison => ({ matches, negated: false });
const isNot = (matches: Comparison['matches']): Comparison => ({ matches, negated: true });
const equals = (value: string, pattern: string) => answerOf(value === pattern);
const equalsIgnoringCase = (value: string, pattern: string) =>
  answerOf(value.toLowerCase() === pattern.toLowerCase());
const isLike = (value: string, pattern: string) => answerOf(matchesWildcard(value, pattern));
// Numbers, dates and addresses: none of them is known before a request is made.
const notCompared = (): Answer => 'cannot_tell';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  stringequals: is(equals),
  stringnotequals: isNot(equals),
  stringequalsignorecase: is(equalsIgnoringCase),
  stringnotequalsignorecase: isNot(equalsIgnoringCase),
  stringlike: is(isLike),
  stringnotlike: isNot(isLike),
  arnequals: is(arnMatches),
  arnlike: is(arnMatches),
  arnnotequals: isNot(arnMatches),
  arnnotlike: isNot(arnMatches),
  bool: is(equalsIgnoringCase),
  numericequals: is(notCompared),
  numericnotequals: isNot(notCompared),
  numericlessthan: is(notCompared),
  numericlessthanequals: is(notCompared),
  numericgreaterthan: is(notCompared),
  numericgreaterthanequals: is(notCompared),
  dateequals: is(notCompared),
  datenotequals: isNot(notCompared),
  datelessthan: is(notCompared),
  datelessthanequals: is(notCompared),
  dategreaterthan: is(notCompared),
  dategreaterthanequals: is(notCompared),
  binaryequals: is(notCompared),
  ipaddress: is(notCompared),
  notipaddress: isNot(notCompared),
};

function partsOf(operator: string): { quantifier: string | undefined; name: string; ifExists: boolean } {
  const [, quantifier, name = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  return { quantifier, name, ifExists: ifExists !== undefined };
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true';
}

const ARN_PARTS = 6;

/** Compares part by part: a `*` does not reach over a colon, except in the last part. */
function arnMatches(value: string, pattern: string): Answer {
  const wanted = arnParts(pattern);
  const found = arnParts(value);
  if (wanted.length < ARN_PARTS || found.length < ARN_PARTS) return 'cannot_tell';
  return answerOf(wanted.every((part, index) => matchesWildcard(found[index] ?? '', part)));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [
    ...parts.slice(0, ARN_PARTS - 1),
    ...(parts.length >= ARN_PARTS ? [parts.slice(ARN_PARTS - 1).join(':')] : []),
  ];
}

/** Returns the text with its policy variables replaced, or undefined where the value of one is not known. */
export function expand(text: string, context: RequestContext): string | undefined {
  let known = true;
  const expanded = text.replaceAll(/\$\{([^}]*)\}/g, (_, variable: string) => {
    const value = valueIn(context, variable.toLowerCase());
    if (typeof value !== 'string') known = false;
    return value ?? '';
  });
  return known ? expanded : undefined;
}
