import { type Answer, allOf, answerOf, anyOf, negated } from './answer.ts';
import { conditionHolds, expand } from './condition.ts';
import type { PolicyDocument, Scope, Statement } from './policy-document.ts';
import type { RequestContext } from './request-context.ts';
import { matchesWildcard } from './wildcard.ts';

/** A service control policy; without a document where it could not be read or has an unknown shape. */
export interface ServiceControlPolicy {
  readonly id: string;
  readonly name: string;
  readonly document: PolicyDocument | null;
}

/** One level of the way from the root of the organization to an account, and the policies attached there. */
export interface PolicyLevel {
  /** `/` for the root, the path of an org unit, or an account id. */
  readonly target: string;
  /** `null` where they could not be listed. */
  readonly policies: readonly ServiceControlPolicy[] | null;
}

/** What would be asked of AWS. */
export interface PolicyRequest {
  readonly action: string;
  /** `*` for actions that know no resource; `null` where the name of the resource is not known. */
  readonly resource: string | null;
  readonly context: RequestContext;
}

/** What makes an answer what it is: a statement of a policy, or a level at which nothing allows a request. */
export interface Reason {
  /**
   * `denied`: a statement denies it · `partly_denied`: all but `except` · `not_allowed`: no policy of the level allows
   * it · `conditional`: it depends on the request, or on something unknown here · `unreadable`: the policy could not be
   * read · `not_listed`: the policies of the level could not be listed.
   */
  readonly kind: 'denied' | 'partly_denied' | 'not_allowed' | 'conditional' | 'unreadable' | 'not_listed';
  readonly target: string;
  readonly policy: { readonly id: string; readonly name: string } | null;
  /** `Sid` of the statement, if it has one. */
  readonly statement: string | null;
  /** Actions that the statement leaves out. */
  readonly except: readonly string[];
}

/** An answer and what it rests on. */
export interface Finding {
  readonly answer: Answer;
  readonly reasons: readonly Reason[];
}

/** Returns whether the policies on the way to an account keep a request from being allowed. */
export function isBlocked(request: PolicyRequest, levels: readonly PolicyLevel[]): Finding {
  return conclude(
    levels.flatMap((level) =>
      reasonsAt(level, (statement, document) => statementApplies(statement, request, document)),
    ),
  );
}

/** Returns whether the policies deny a principal everything that matters: all actions, or all but harmless ones. */
export function isDeniedEverything(context: RequestContext, levels: readonly PolicyLevel[]): Finding {
  const denials = levels.flatMap((level) => sweepingDenials(level, context));
  const reasons = levels.flatMap((level) =>
    reasonsAt(
      level,
      (statement, document) =>
        statement.effect === 'Allow'
          ? allowsHarm(statement, context, document)
          : deniesEverything(statement, context, document),
      (statement) =>
        leftOut(statement).filter((action) => !denials.some((other) => coversAction(other, action))),
    ),
  );
  return conclude(reasons);
}

/** Returns the findings as one: `yes` as soon as one is, with the reasons of those that decide. */
export function anyFinding(findings: readonly Finding[]): Finding {
  const answer = anyOf(findings.map((finding) => finding.answer));
  const reasons = findings
    .filter((finding) => finding.answer === answer)
    .flatMap((finding) => finding.reasons);
  const once = new Map(reasons.map((reason) => [JSON.stringify(reason), reason]));
  return { answer, reasons: [...once.values()] };
}

type Applies = (statement: Statement, document: PolicyDocument) => Answer;

function reasonsAt(
  { target, policies }: PolicyLevel,
  applies: Applies,
  exceptionsOf: (statement: Statement) => readonly string[] = () => [],
): Reason[] {
  if (!policies) return [{ kind: 'not_listed', target, policy: null, statement: null, except: [] }];

  const reasons: Reason[] = [];
  const allowed: Answer[] = [];
  for (const { id, name, document } of policies) {
    const policy = { id, name };
    if (!document) {
      reasons.push({ kind: 'unreadable', target, policy, statement: null, except: [] });
      allowed.push('cannot_tell');
      continue;
    }
    for (const statement of document.statements) {
      const answer = applies(statement, document);
      if (statement.effect === 'Allow') {
        allowed.push(answer);
      } else if (answer !== 'no') {
        const except = exceptionsOf(statement);
        const whole = except.every(isHarmless);
        const kind = answer === 'cannot_tell' ? 'conditional' : whole ? 'denied' : 'partly_denied';
        // What would at best be a part is not worth a "cannot tell".
        if (kind !== 'conditional' || whole) {
          reasons.push({ kind, target, policy, statement: statement.sid, except });
        }
      }
    }
  }

  const level = { target, policy: null, statement: null, except: [] };
  const isAllowed = anyOf(allowed);
  // A level always has a policy: where none was listed, something is missing.
  if (policies.length === 0) reasons.push({ kind: 'not_listed', ...level });
  else if (isAllowed === 'no') reasons.push({ kind: 'not_allowed', ...level });
  else if (isAllowed === 'cannot_tell' && policies.every(({ document }) => document)) {
    reasons.push({ kind: 'conditional', ...level });
  }
  return reasons;
}

function conclude(reasons: readonly Reason[]): Finding {
  const definite = reasons.filter(({ kind }) => kind === 'denied' || kind === 'not_allowed');
  if (definite.length > 0) return { answer: 'yes', reasons: definite };

  const partly = reasons.filter(({ kind }) => kind === 'partly_denied');
  const unclear = reasons.filter(({ kind }) => kind !== 'partly_denied');
  return unclear.length > 0 ? { answer: 'cannot_tell', reasons: unclear } : { answer: 'no', reasons: partly };
}

function statementApplies(statement: Statement, request: PolicyRequest, document: PolicyDocument): Answer {
  const action = request.action.toLowerCase();
  const inActions = isInScope(statement.actions, (pattern) =>
    answerOf(matchesWildcard(action, pattern.toLowerCase())),
  );
  if (inActions === 'no') return 'no';

  return allOf([
    inActions,
    isInScope(statement.resources, (pattern) => resourceMatches(request, pattern, document)),
    conditionsHold(statement, request.context, document),
  ]);
}

function isInScope({ kind, patterns }: Scope, matches: (pattern: string) => Answer): Answer {
  const answer = anyOf(patterns.map(matches));
  return kind === 'matching' ? answer : negated(answer);
}

function resourceMatches(
  { resource, context }: PolicyRequest,
  pattern: string,
  { hasVariables }: PolicyDocument,
): Answer {
  if (pattern === '*') return 'yes';
  const expanded = hasVariables ? expand(pattern, context) : pattern;
  if (resource === null || expanded === undefined) return 'cannot_tell';
  return answerOf(matchesWildcard(resource, expanded));
}

function conditionsHold(
  { conditions }: Statement,
  context: RequestContext,
  { hasVariables }: PolicyDocument,
): Answer {
  return allOf(conditions.map((condition) => conditionHolds(condition, context, hasVariables)));
}

/** Whether a deny is one of everything, but for the actions that it leaves out. */
function deniesEverything(statement: Statement, context: RequestContext, document: PolicyDocument): Answer {
  const { actions, resources } = statement;
  if (actions.kind === 'matching' && !actions.patterns.some(isEveryAction)) return 'no';

  const everyResource = resources.kind === 'matching' && resources.patterns.includes('*');
  return allOf([everyResource ? 'yes' : 'cannot_tell', conditionsHold(statement, context, document)]);
}

/** Whether a statement allows more than harmless actions. */
function allowsHarm(statement: Statement, context: RequestContext, document: PolicyDocument): Answer {
  const { kind, patterns } = statement.actions;
  if (kind === 'matching' && patterns.every(isHarmless)) return 'no';
  return conditionsHold(statement, context, document);
}

/** The actions that the statements of a level surely deny to a principal on every resource. */
function sweepingDenials({ policies }: PolicyLevel, context: RequestContext): Scope[] {
  return (policies ?? []).flatMap(({ document }) =>
    document
      ? document.statements
          .filter(
            (statement) =>
              statement.effect === 'Deny' &&
              statement.resources.kind === 'matching' &&
              statement.resources.patterns.includes('*') &&
              conditionsHold(statement, context, document) === 'yes',
          )
          .map(({ actions }) => actions)
      : [],
  );
}

/** Whether a statement about some actions is surely about all that a pattern stands for. */
function coversAction({ kind, patterns }: Scope, action: string): boolean {
  return kind === 'matching'
    ? patterns.some((pattern) => covers(pattern, action))
    : patterns.every((pattern) => haveNothingInCommon(pattern, action));
}

/** Whether two patterns differ before their first wildcards. */
function haveNothingInCommon(a: string, b: string): boolean {
  const [first, second] = [a, b].map((pattern) => pattern.toLowerCase().split(/[*?]/, 1)[0] ?? '');
  return !(first ?? '').startsWith(second ?? '') && !(second ?? '').startsWith(first ?? '');
}

function leftOut({ actions }: Statement): readonly string[] {
  return actions.kind === 'not-matching' ? actions.patterns : [];
}

function isEveryAction(pattern: string): boolean {
  return /^\*+(:\*+)?$/.test(pattern);
}

/** Whether one pattern of actions covers another; a `*` of the covered one is taken for a character like any other. */
function covers(pattern: string, covered: string): boolean {
  return matchesWildcard(covered.toLowerCase(), pattern.toLowerCase());
}

/**
 * What a root user that is otherwise denied may keep without being able to do harm: caring for its own MFA, and
 * looking at identities and at the organization.
 */
const HARMLESS_ACTIONS = [
  'iam:*MFADevice*',
  'iam:Get*',
  'iam:List*',
  'iam:ChangePassword',
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
  'organizations:Describe*',
  'organizations:List*',
  'account:Get*',
  'account:List*',
];

function isHarmless(action: string): boolean {
  return HARMLESS_ACTIONS.some((pattern) => covers(pattern, action));
}
