/** Which actions or resources a statement is about: those that match, or all that do not (`NotAction`). */
export interface Scope {
  readonly kind: 'matching' | 'not-matching';
  readonly patterns: readonly string[];
}

/** One condition: all values of one key under one operator. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Scope;
  readonly resources: Scope;
  readonly conditions: readonly Condition[];
}

export interface PolicyDocument {
  readonly statements: readonly Statement[];
  /** Whether `${aws:PrincipalAccount}` stands for a value: since version 2012-10-17 of the language. */
  readonly hasVariables: boolean;
}

/**
 * Returns the statements of a service control policy, or null where the text has an element that is not known here.
 * A policy that is read only in part could be read wrong.
 */
export function parsePolicyDocument(content: string): PolicyDocument | null {
  try {
    const document: unknown = JSON.parse(content);
    if (!isRecord(document) || !hasOnly(document, DOCUMENT_ELEMENTS)) return null;

    const statements = listOf(document['Statement']).map(statementOf);
    return { statements, hasVariables: document['Version'] === '2012-10-17' };
  } catch {
    return null;
  }
}

const DOCUMENT_ELEMENTS = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

class UnknownShape extends Error {}

function statementOf(value: unknown): Statement {
  if (!isRecord(value) || !hasOnly(value, STATEMENT_ELEMENTS)) throw new UnknownShape('element');

  const { Sid, Effect, Condition } = value;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new UnknownShape('Effect');
  return {
    sid: typeof Sid === 'string' ? Sid : null,
    effect: Effect,
    actions: scopeOf(value['Action'], value['NotAction']),
    resources: scopeOf(value['Resource'], value['NotResource']),
    conditions: Condition === undefined ? [] : conditionsOf(Condition),
  };
}

function scopeOf(matching: unknown, notMatching: unknown): Scope {
  if ((matching === undefined) === (notMatching === undefined)) throw new UnknownShape('scope');
  return matching !== undefined
    ? { kind: 'matching', patterns: listOf(matching).map(textOf) }
    : { kind: 'not-matching', patterns: listOf(notMatching).map(textOf) };
}

function conditionsOf(value: unknown): Condition[] {
  if (!isRecord(value)) throw new UnknownShape('Condition');
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw new UnknownShape(operator);
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: listOf(values).map(textOf),
    }));
  });
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) throw new UnknownShape('missing');
  return Array.isArray(value) ? value : [value];
}

// AWS keeps `"true"`, `true` and `1` as they were written, and reads them alike.
function textOf(value: unknown): string {
  if (!['string', 'boolean', 'number'].includes(typeof value)) throw new UnknownShape('value');
  return String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value: Record<string, unknown>, elements: readonly string[]): boolean {
  return Object.keys(value).every((key) => elements.includes(key));
}
