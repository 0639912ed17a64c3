import { parse, type Tags, YAMLSeq } from 'yaml';

/** A statement of an IAM policy, as a stack would create it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

/** Where a resource holds policies. */
interface Policies {
  readonly AssumeRolePolicyDocument?: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyDocument: PolicyDocument }[];
  readonly PolicyDocument?: PolicyDocument;
}

/** A template as its stack would be, with these parameters, in the partition `aws`. */
export interface Stack {
  readonly resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
  readonly outputs: Readonly<Record<string, { readonly Value: string }>>;
  /** Statements of trust policies, then those of what roles, or callers of a queue, may do. */
  readonly trust: readonly Statement[];
  readonly permissions: readonly Statement[];
  /** Parameters and conditions that nothing asked for. */
  readonly unused: readonly string[];
}

interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Default?: string; readonly AllowedPattern?: string }>
  >;
  readonly Rules?: unknown;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: unknown;
  readonly Outputs: unknown;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111122223333',
};

/** Reads a template of roles and queues; throws where it names what is not there, or a parameter does not fit. */
export function readTemplate(text: string, given: Readonly<Record<string, string>>): Stack {
  const template = parse(text, { customTags: INTRINSICS }) as Template;
  const used = new Set<string>();

  const parameter = (name: string): string => {
    const declared = template.Parameters[name];
    const value = given[name] ?? declared?.Default;
    if (!declared || value === undefined) throw new Error(`${name} is no parameter, or has no value`);
    if (!new RegExp(`^(${declared.AllowedPattern ?? '.*'})$`).test(value)) {
      throw new Error(`${name} is "${value}", which does not fit its pattern`);
    }
    used.add(name);
    return value;
  };
  const named = (name: string): string => {
    if (name in (template.Resources as object)) return `Ref ${name}`;
    return PSEUDO[name] ?? parameter(name);
  };

  const conditions = template.Conditions ?? {};
  const holds = (name: string): boolean => {
    if (!(name in conditions)) throw new Error(`${name} is no condition`);
    used.add(name);
    return resolve(conditions[name]) === true;
  };

  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [[name = '', argument] = []] = entries;
    const intrinsic = entries.length === 1 ? FUNCTIONS[name] : undefined;
    if (intrinsic) return intrinsic(argument);
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, resolve(inner)]).filter(([, inner]) => inner !== undefined),
    );
  };

  const FUNCTIONS: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => (name === 'AWS::NoValue' ? undefined : named(String(name))),
    'Fn::Sub': (pattern) => String(pattern).replace(/\$\{([^}]+)\}/g, (_, name: string) => named(name)),
    'Fn::GetAtt': (path) => {
      const [resource = ''] = String(path).split('.');
      if (!(resource in (template.Resources as object))) throw new Error(`${resource} is no resource`);
      return `GetAtt ${String(path)}`;
    },
    'Fn::Equals': (pair) => {
      const [a, b] = resolve(pair) as unknown[];
      return a === b;
    },
    'Fn::Not': (one) => (resolve(one) as unknown[])[0] !== true,
    'Fn::If': (choice) => {
      const [name, then, otherwise] = choice as unknown[];
      return resolve(holds(String(name)) ? then : otherwise);
    },
  };

  for (const name of Object.keys(given)) parameter(name);
  used.clear();
  resolve(template.Rules);
  const resources = resolve(template.Resources) as Stack['resources'];
  const outputs = resolve(template.Outputs) as Stack['outputs'];
  const properties = Object.values(resources).map(({ Properties }) => Properties as Policies);
  return {
    resources,
    outputs,
    trust: properties.flatMap(({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument?.Statement ?? []),
    permissions: properties.flatMap(({ Policies = [], PolicyDocument }) =>
      [
        ...Policies.map((policy) => policy.PolicyDocument),
        ...(PolicyDocument ? [PolicyDocument] : []),
      ].flatMap(({ Statement }) => Statement),
    ),
    unused: [...Object.keys(template.Parameters), ...Object.keys(conditions)].filter(
      (name) => !used.has(name),
    ),
  };
}

/** What statements allow, in the order of the alphabet. */
export function actionsOf(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
}

/** CloudFormation's short forms, `!Ref Name`, as their long ones. */
const INTRINSICS: Tags = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Not'].flatMap((name) => {
  const key = name === 'Ref' ? name : `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: text }) },
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (node: unknown) => ({ [key]: node instanceof YAMLSeq ? node.toJSON() : node }) as never,
    },
  ];
});
