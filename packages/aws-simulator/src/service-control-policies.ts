import { hash } from 'node:crypto';

/** A service control policy, and what it is attached to: `/` for the root, the path of a unit, or an account id. */
export interface ServiceControlPolicySetup {
  readonly name: string;
  readonly content: PolicyContent;
  readonly targets?: readonly string[];
}

/** A policy as AWS's policy language writes it; only what is written here is enforced. */
export interface PolicyContent {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface SimulatedPolicy {
  readonly id: string;
  readonly name: string;
  readonly awsManaged: boolean;
  readonly content: PolicyContent;
}

/** Who asks for what; keys of the context in lower case, absent ones left out. */
export interface PolicyRequest {
  readonly action: string;
  readonly context: Readonly<Record<string, string>>;
}

const FULL_ACCESS: SimulatedPolicy = {
  id: 'p-FullAWSAccess',
  name: 'FullAWSAccess',
  awsManaged: true,
  content: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

/** The service control policies of an organization and what they are attached to. Full access is attached everywhere. */
export class ServiceControlPolicies {
  readonly #policies = new Map<string, SimulatedPolicy>([[FULL_ACCESS.id, FULL_ACCESS]]);
  readonly #attached = new Map<string, Set<string>>();
  readonly #withoutFullAccess = new Set<string>();

  get all(): readonly SimulatedPolicy[] {
    return [...this.#policies.values()];
  }

  find(id: string): SimulatedPolicy | undefined {
    return this.#policies.get(id);
  }

  named(name: string): SimulatedPolicy {
    const policy = this.all.find((candidate) => candidate.name === name);
    if (!policy) throw new RangeError(`There is no policy ${JSON.stringify(name)} in this simulation`);
    return policy;
  }

  /** Creates a policy, or replaces the content of the one of that name. */
  put(name: string, content: PolicyContent): SimulatedPolicy {
    const policy = { id: `p-${hash('sha256', name).slice(0, 8)}`, name, awsManaged: false, content };
    this.#policies.set(policy.id, policy);
    return policy;
  }

  attach(policyId: string, targetId: string): void {
    if (policyId === FULL_ACCESS.id) this.#withoutFullAccess.delete(targetId);
    else this.#attached.set(targetId, (this.#attached.get(targetId) ?? new Set()).add(policyId));
  }

  detach(policyId: string, targetId: string): void {
    if (policyId === FULL_ACCESS.id) this.#withoutFullAccess.add(targetId);
    else this.#attached.get(targetId)?.delete(policyId);
  }

  attachedTo(targetId: string): readonly SimulatedPolicy[] {
    const own = [...(this.#attached.get(targetId) ?? [])].flatMap((id) => this.#policies.get(id) ?? []);
    return this.#withoutFullAccess.has(targetId) ? own : [FULL_ACCESS, ...own];
  }

  /** Returns whether the policies of the levels from the root to an account keep a request from being allowed. */
  deny(request: PolicyRequest, targetIds: readonly string[]): boolean {
    return targetIds.some((targetId) => {
      const policies = this.attachedTo(targetId);
      if (policies.length === 1 && policies[0] === FULL_ACCESS) return false;
      const matching = policies
        .flatMap(({ content }) => content.Statement)
        .filter((one) => matches(one, request));
      return (
        !matching.some(({ Effect }) => Effect === 'Allow') || matching.some(({ Effect }) => Effect === 'Deny')
      );
    });
  }
}

function matches({ Action, NotAction, Condition = {} }: PolicyStatement, request: PolicyRequest): boolean {
  const isNamed = list(Action ?? NotAction).some((pattern) =>
    isLike(request.action.toLowerCase(), pattern.toLowerCase()),
  );
  if (isNamed === (Action === undefined)) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, request.context[key.toLowerCase()], list(values)),
    ),
  );
}

function holds(operator: string, value: string | undefined, expected: readonly string[]): boolean {
  if (operator === 'Null') return expected.includes(String(value === undefined));
  const [, name = '', ifExists] = /^(.+?)(IfExists)?$/.exec(operator) ?? [];
  const isNegated = name.includes('Not');
  if (value === undefined) return isNegated || ifExists !== undefined;

  const comparison = COMPARISONS[name.replace('Not', '')];
  // What only a real request has, such as an address, never matches here.
  return comparison ? expected.some((pattern) => comparison(value, pattern)) !== isNegated : false;
}

const COMPARISONS: Readonly<Record<string, (value: string, pattern: string) => boolean>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringLike: isLike,
  ArnEquals: isLike,
  ArnLike: isLike,
  Bool: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
};

function isLike(value: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(value);
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
