import type { Account, DirectoryEntry } from './account.ts';
import type { Proof } from './verdict.ts';

/** What the company asks of an account: 1 = any MFA, 2 = hardware MFA. */
export type Level = 1 | 2;

/** The level and the proof asked of one account. */
export interface Asked {
  readonly level: Level;
  readonly proof: Proof;
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
}

/** What the company asks, account by account; the first rule that matches decides. */
export interface Policy {
  readonly level: Level;
  readonly managementAccountLevel: Level;
  readonly proof: Proof;
  readonly rules: readonly PolicyRule[];
}

/**
 * What the policy asks of an account: its first matching rule, else the defaults.
 *
 * Where a rule needs an org unit or a tag that could not be read, nobody knows whether it matches; then the
 * strictest of what may apply is asked, for an error must never let an account off.
 */
export function askedOf(
  account: Pick<Account, 'id' | 'managementAccount'>,
  entry: Pick<DirectoryEntry, 'orgUnit' | 'tags'>,
  policy: Policy,
): Asked {
  const perhaps: Asked[] = [];

  for (const rule of policy.rules) {
    const fit = fits(rule.match, account, entry);
    if (fit === 'no') continue;

    const asked = { level: rule.level ?? defaultLevel(account, policy), proof: rule.proof ?? policy.proof };
    if (fit === 'yes') return strictest([...perhaps, asked]);
    perhaps.push(asked);
  }
  return strictest([...perhaps, { level: defaultLevel(account, policy), proof: policy.proof }]);
}

/** Which directory facts the rules need before they can decide. */
export function factsNeeded(policy: Pick<Policy, 'rules'>): { orgUnits: boolean; tags: boolean } {
  return {
    orgUnits: policy.rules.some(({ match }) => match.orgUnits.length > 0),
    tags: policy.rules.some(({ match }) => Object.keys(match.tags).length > 0),
  };
}

type Fit = 'yes' | 'no' | 'perhaps';

function fits(
  match: PolicyMatch,
  account: Pick<Account, 'id'>,
  { orgUnit, tags }: Pick<DirectoryEntry, 'orgUnit' | 'tags'>,
): Fit {
  const wantedTags = Object.entries(match.tags);
  const answers: Fit[] = [
    match.accounts.length === 0 || match.accounts.includes(account.id) ? 'yes' : 'no',
    match.orgUnits.length === 0
      ? 'yes'
      : orgUnit === null
        ? 'perhaps'
        : match.orgUnits.some((pattern) => isUnder(orgUnit, pattern))
          ? 'yes'
          : 'no',
    wantedTags.length === 0
      ? 'yes'
      : tags === null
        ? 'perhaps'
        : wantedTags.every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value)
          ? 'yes'
          : 'no',
  ];
  return answers.includes('no') ? 'no' : answers.includes('perhaps') ? 'perhaps' : 'yes';
}

/** Whether an org unit path is covered by a pattern such as `/Production/**`. */
export function isUnder(orgUnit: string, pattern: string): boolean {
  const wanted = segments(pattern).filter((segment, at, all) => segment !== '**' || all[at - 1] !== '**');
  return covers(wanted, segments(orgUnit));
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function covers([wanted, ...restWanted]: string[], path: string[]): boolean {
  if (wanted === undefined) return path.length === 0;
  if (wanted === '**') {
    return restWanted.length === 0 || path.some((_, at) => covers(restWanted, path.slice(at)));
  }
  const [name, ...rest] = path;
  return name !== undefined && segmentFits(name, wanted) && covers(restWanted, rest);
}

/**
 * Whether a name fits a pattern with stars. Part after part, each at its first place behind the one before: people type
 * patterns, and a regular expression could be kept busy for hours by one.
 */
function segmentFits(name: string, wanted: string): boolean {
  const [beginning = '', ...others] = wanted.split('*');
  const end = others.pop();
  if (end === undefined) return name === wanted;
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

function strictest(asked: readonly Asked[]): Asked {
  return {
    level: asked.some(({ level }) => level === 2) ? 2 : 1,
    proof: asked.some(({ proof }) => proof === 'strict') ? 'strict' : 'benchmark',
  };
}
