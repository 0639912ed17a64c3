import { setImmediate as nextTurn } from 'node:timers/promises';
import { GetAlternateContactCommand } from '@aws-sdk/client-account';
import { ListTagsForResourceCommand } from '@aws-sdk/client-organizations';
import pLimit from 'p-limit';
import pThrottle from 'p-throttle';
import type { Account, AccountId, DirectoryEntry } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import { type Guardrails, judgeGuardrails, NO_GUARDRAILS } from '../domain/guardrails/guardrails.ts';
import { callError, codeOf } from './call-error.ts';
import type { AwsClients } from './clients.ts';
import { type OrgTree, readOrgTree } from './org-tree.ts';
import { type PolicyPath, policiesOfAccounts, policiesOfOrganization } from './service-control-policies.ts';

/** Which directory facts to read; each costs calls from a small quota. */
export interface DirectoryOptions {
  readonly orgUnits: boolean;
  readonly tags: boolean;
  readonly contacts: boolean;
  /** Service control policies: of the whole organization at once, or of a few accounts one by one. */
  readonly guardrails: 'organization' | 'accounts' | false;
}

/** The calling identity, and the roles that the bot uses in accounts. */
export interface DirectoryCaller {
  readonly accountId: AccountId;
  /** ARN of the role that reads an account where there is no root session. */
  memberRoleArn(account: Account): string;
}

/** Directory entries by account, and which calls were refused. */
export interface Directory {
  readonly entries: ReadonlyMap<AccountId, DirectoryEntry>;
  readonly errors: readonly CallError[];
}

/** Reads the directory beside a scan, at the pace that AWS allows. */
export interface DirectoryReader {
  /** Starts to read these accounts; verdicts do not wait for it. */
  learn(accounts: readonly Account[]): void;
  /** Returns what was read, once every started call has been answered. */
  finish(onProgress?: (done: number, of: number) => void): Promise<Directory>;
}

/**
 * Calls a second for the whole organization: ListTagsForResource 10, GetAlternateContact 10.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 * https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
 */
const LOOKUP_RATE_LIMIT = { limit: 2, interval: 200 };

/** Creates a reader of org units, tags, contacts and guardrails; calls AWS only for the facts that were requested. */
export function createDirectoryReader(
  clients: AwsClients,
  options: DirectoryOptions,
  caller: DirectoryCaller,
): DirectoryReader {
  const throttledTags = pThrottle(LOOKUP_RATE_LIMIT)((account: Account) => readTags(clients, account));
  const throttledContact = pThrottle(LOOKUP_RATE_LIMIT)((account: Account) =>
    readContact(clients, account, caller.accountId),
  );
  const errors = new Map<string, CallError>();
  const pending: Promise<{ account: Account; entry: Omit<DirectoryEntry, 'orgUnit'> }>[] = [];
  let done = 0;
  let reportProgress: ((done: number, of: number) => void) | undefined;

  const orNull = async <T>(call: string, read: Promise<T>): Promise<T | null> => {
    try {
      return await read;
    } catch (error) {
      const failure = callError(call, error);
      errors.set(`${failure.call} ${failure.code}`, failure);
      return null;
    }
  };
  const tree = options.orgUnits || options.guardrails === 'organization' ? readOrgTree(clients) : null;
  const orgUnits =
    tree !== null && options.orgUnits ? orNull('organizations:ListAccountsForParent', tree) : null;
  const policies = policyPaths(clients, options, tree);
  const inTurn = createTurns();

  const readGuardrails = async (account: Account, path: PolicyPath): Promise<Guardrails | null> => {
    // Outside an organization, no policy applies to an account.
    if (account.state === null) return null;
    if (account.managementAccount) return NO_GUARDRAILS;
    const levels = await path(account.id);
    if (!levels) return NO_GUARDRAILS;
    return inTurn(() => judgeGuardrails(account, levels, caller.memberRoleArn(account)));
  };

  return {
    learn(accounts) {
      for (const account of accounts) {
        const result = Promise.all([
          options.tags ? orNull('organizations:ListTagsForResource', throttledTags(account)) : null,
          options.contacts ? orNull('account:GetAlternateContact', throttledContact(account)) : null,
          policies ? orNull(policies.call, readGuardrails(account, policies.path)) : null,
        ]).then(([tags, securityContact, guardrails]) => {
          done += 1;
          reportProgress?.(done, pending.length);
          return { account, entry: { tags, securityContact, guardrails } };
        });
        pending.push(result);
      }
    },
    async finish(onProgress) {
      reportProgress = onProgress;
      reportProgress?.(done, pending.length);
      const [units, results] = await Promise.all([orgUnits, Promise.all(pending)]);
      const entries = new Map(
        results.map(({ account, entry }) => [
          account.id,
          { ...entry, orgUnit: units?.unitOf.get(account.id)?.path ?? null },
        ]),
      );
      return { entries, errors: [...errors.values()] };
    },
  };
}

/** Evaluations before yielding to the event loop: some milliseconds. */
const EVALUATIONS_PER_TURN = 10;

/** Returns a way to run work one after the other: the policies of all accounts arrive at the same moment. */
function createTurns(): <T>(work: () => T) => Promise<T> {
  const limit = pLimit(1);
  let count = 0;
  return (work) =>
    limit(async () => {
      count += 1;
      if (count % EVALUATIONS_PER_TURN === 0) await nextTurn();
      return work();
    });
}

function policyPaths(
  clients: AwsClients,
  { guardrails }: DirectoryOptions,
  tree: Promise<OrgTree> | null,
): { readonly call: string; readonly path: PolicyPath } | null {
  if (guardrails === 'organization' && tree !== null) {
    return { call: 'organizations:ListPolicies', path: policiesOfOrganization(clients, tree) };
  }
  return guardrails
    ? { call: 'organizations:ListPoliciesForTarget', path: policiesOfAccounts(clients) }
    : null;
}

async function readTags(
  { organizations }: AwsClients,
  account: Account,
): Promise<Readonly<Record<string, string>>> {
  const tags: [string, string][] = [];
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const page = await organizations.send(
      new ListTagsForResourceCommand({ ResourceId: account.id, ...(NextToken && { NextToken }) }),
    );
    for (const { Key, Value } of page.Tags ?? []) if (Key) tags.push([Key, Value ?? '']);
    NextToken = page.NextToken;
  }
  return Object.fromEntries(tags);
}

async function readContact(
  { account: client }: AwsClients,
  account: Account,
  callerAccount: AccountId,
): Promise<string | null> {
  try {
    // The management account may not name itself.
    const target = account.managementAccount && account.id === callerAccount ? {} : { AccountId: account.id };
    const { AlternateContact } = await client.send(
      new GetAlternateContactCommand({ AlternateContactType: 'SECURITY', ...target }),
    );
    return AlternateContact?.EmailAddress ?? null;
  } catch (error) {
    if (codeOf(error) === 'ResourceNotFoundException') return null;
    throw error;
  }
}
