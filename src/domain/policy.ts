import type { Account, DirectoryEntry } from './account.ts';
import type { Proof } from './verdict.ts';

/** What the company asks of an account: 1 = any MFA, 2 = hardware MFA. */
export type Level = 1 | 2;

/** Whether root may keep credentials, or has none at all. */
export type RootCredentialsPolicy = 'allowed' | 'forbidden';

/** What policy requires of one account. */
export interface Requirement {
  readonly level: Level;
  readonly proof: Proof;
  readonly rootCredentials: RootCredentialsPolicy;
}

/** Which accounts a rule speaks of; every list that is not empty must match. */
export interface PolicyMatch {
  readonly accounts: readonly string[];
  /** Paths such as `/Production/**`: `*` is one org unit, `**` any number of them, the named one included. */
  readonly orgUnits: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface PolicyRule {
  readonly match: PolicyMatch;
  readonly level?: Level | undefined;
  readonly proof?: Proof | undefined;
  readonly rootCredentials?: RootCredentialsPolicy | undefined;
}

/** What the company asks, account by account; the first rule that matches decides. */
export interface Policy {
  readonly level: Level;
  readonly managementAccountLevel: Level;
  readonly proof: Proof;
  /** Of member accounts. AWS cannot remove the root credentials of the management account, so it always keeps them. */
  readonly rootCredentials: RootCredentialsPolicy;
  readonly rules: readonly PolicyRule[];
}

/**
 * What the policy asks of an account: its first matching rule, else the defaults.
 *
 * Where a rule needs an org unit or a tag that could not be read, it is unknown whether it matches; then the
 * strictest of what may apply is asked, for an error must never let an account off.
 */
export function requirementFor(
  account: Pick<Account, 'id' | 'managementAccount'>,
  entry: Pick<DirectoryEntry, 'orgUnit' | 'tags'>,
  policy: Policy,
): Requirement {
  const candidates: Requirement[] = [];

  for (const rule of policy.rules) {
    const result = matchRule(rule.match, account, entry);
    if (result === 'no') continue;

    const required = {
      level: rule.level ?? defaultLevel(account, policy),
      proof: rule.proof ?? policy.proof,
      rootCredentials: rootCredentialsPolicy(account, rule.rootCredentials ?? policy.rootCredentials),
    };
    if (result === 'yes') return strictest([...candidates, required]);
    candidates.push(required);
  }
  const defaults = {
    level: defaultLevel(account, policy),
    proof: policy.proof,
    rootCredentials: rootCredentialsPolicy(account, policy.rootCredentials),
  };
  return strictest([...candidates, defaults]);
}

/** Which directory facts the rules need before they can decide. */
export function factsNeeded(policy: Pick<Policy, 'rules'>): { orgUnits: boolean; tags: boolean } {
  return {
    orgUnits: policy.rules.some(({ match }) => match.orgUnits.length > 0),
    tags: policy.rules.some(({ match }) => Object.keys(match.tags).length > 0),
  };
}

/** `maybe`: the org unit or tags that it needs could not be read. */
export type MatchResult = 'yes' | 'no' | 'maybe';

/** Returns whether an account is one of those that a rule or target names. */
export function matchRule(
  match: PolicyMatch,
  account: Pick<Account, 'id'>,
  { orgUnit, tags }: Pick<DirectoryEntry, 'orgUnit' | 'tags'>,
): MatchResult {
  const requiredTags = Object.entries(match.tags);
  const results: MatchResult[] = [
    match.accounts.length === 0 || match.accounts.includes(account.id) ? 'yes' : 'no',
    match.orgUnits.length === 0
      ? 'yes'
      : orgUnit === null
        ? 'maybe'
        : match.orgUnits.some((pattern) => matchesOrgUnit(orgUnit, pattern))
          ? 'yes'
          : 'no',
    requiredTags.length === 0
      ? 'yes'
      : tags === null
        ? 'maybe'
        : requiredTags.every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value)
          ? 'yes'
          : 'no',
  ];
  return results.includes('no') ? 'no' : results.includes('maybe') ? 'maybe' : 'yes';
}

/** Whether an org unit path is covered by a pattern such as `/Production/**`. */
export function matchesOrgUnit(orgUnit: string, pattern: string): boolean {
  const patternSegments = segments(pattern).filter(
    (segment, at, all) => segment !== '**' || all[at - 1] !== '**',
  );
  return matchSegments(patternSegments, segments(orgUnit));
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function matchSegments([wanted, ...restWanted]: string[], path: string[]): boolean {
  if (wanted === undefined) return path.length === 0;
  if (wanted === '**') {
    return restWanted.length === 0 || path.some((_, at) => matchSegments(restWanted, path.slice(at)));
  }
  const [name, ...rest] = path;
  return name !== undefined && matchesSegment(name, wanted) && matchSegments(restWanted, rest);
}

/**
 * Whether a name fits a pattern with stars. Part after part, each at its first place behind the one before: people type
 * patterns, and a regular expression could be kept busy for hours by one.
 */
function matchesSegment(name: string, segmentPattern: string): boolean {
  const [beginning = '', ...others] = segmentPattern.split('*');
  const end = others.pop();
  if (end === undefined) return name === segmentPattern;
  if (!name.startsWith(beginning) || !name.endsWith(end)) return false;

  let from = beginning.length;
  for (const part of others) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= name.length - end.length;
}

function defaultLevel(account: Pick<Account, 'managementAccount'>, policy: Policy): Level {
  return account.managementAccount ? policy.managementAccountLevel : policy.level;
}

function rootCredentialsPolicy(
  { managementAccount }: Pick<Account, 'managementAccount'>,
  configured: RootCredentialsPolicy,
): RootCredentialsPolicy {
  return managementAccount ? 'allowed' : configured;
}

function strictest(required: readonly Requirement[]): Requirement {
  return {
    level: required.some(({ level }) => level === 2) ? 2 : 1,
    proof: required.some(({ proof }) => proof === 'strict') ? 'strict' : 'benchmark',
    rootCredentials: required.some(({ rootCredentials }) => rootCredentials === 'forbidden')
      ? 'forbidden'
      : 'allowed',
  };
}
