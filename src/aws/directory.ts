import { GetAlternateContactCommand } from '@aws-sdk/client-account';
import {
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-organizations';
import pThrottle from 'p-throttle';
import type { Account, AccountId, DirectoryEntry } from '../domain/account.ts';
import type { CallError } from '../domain/evidence.ts';
import { callError, codeOf } from './call-error.ts';
import type { AwsClients } from './clients.ts';

/** Which directory facts to read; each costs calls from a small quota. */
export interface DirectoryOptions {
  readonly orgUnits: boolean;
  readonly tags: boolean;
  readonly contacts: boolean;
}

/** What the directory told, account by account, and what it refused. */
export interface Directory {
  readonly entries: ReadonlyMap<AccountId, DirectoryEntry>;
  readonly errors: readonly CallError[];
}

/** Reads the directory beside a scan, at the pace that AWS allows. */
export interface DirectoryReader {
  /** Begins to read these accounts; verdicts do not wait for it. */
  learn(accounts: readonly Account[]): void;
  /** What was learnt, once everything begun has been answered. */
  finish(onProgress?: (done: number, of: number) => void): Promise<Directory>;
}

/**
 * Calls a second for the whole organization: ListTagsForResource 10, GetAlternateContact 10, the lists 8.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 * https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
 */
const LIST_RATE_LIMIT = { limit: 2, interval: 250 };
const LOOKUP_RATE_LIMIT = { limit: 2, interval: 200 };

/** A reader of org units, tags and contacts; without any wish it makes no call. */
export function createDirectoryReader(
  clients: AwsClients,
  options: DirectoryOptions,
  callerAccount: AccountId,
): DirectoryReader {
  const throttledTags = pThrottle(LOOKUP_RATE_LIMIT)((account: Account) => readTags(clients, account));
  const throttledContact = pThrottle(LOOKUP_RATE_LIMIT)((account: Account) =>
    readContact(clients, account, callerAccount),
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
  const orgUnits = options.orgUnits
    ? orNull('organizations:ListAccountsForParent', readOrgUnits(clients))
    : Promise.resolve(null);

  return {
    learn(accounts) {
      for (const account of accounts) {
        const result = Promise.all([
          options.tags ? orNull('organizations:ListTagsForResource', throttledTags(account)) : null,
          options.contacts ? orNull('account:GetAlternateContact', throttledContact(account)) : null,
        ]).then(([tags, securityContact]) => {
          done += 1;
          reportProgress?.(done, pending.length);
          return { account, entry: { tags, securityContact } };
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
          { ...entry, orgUnit: units?.get(account.id) ?? null },
        ]),
      );
      return { entries, errors: [...errors.values()] };
    },
  };
}

/** The path of the org unit of every account, read from the root down: fewer calls than asking each account. */
async function readOrgUnits({ organizations }: AwsClients): Promise<ReadonlyMap<string, string>> {
  const throttled = pThrottle(LIST_RATE_LIMIT)(async <T>(call: () => Promise<T>): Promise<T> => call());
  const paths = new Map<string, string>();

  const visit = async (parentId: string, path: string): Promise<void> => {
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await throttled(() =>
        organizations.send(
          new ListAccountsForParentCommand({ ParentId: parentId, ...(NextToken && { NextToken }) }),
        ),
      );
      for (const { Id } of page.Accounts ?? []) if (Id) paths.set(Id, path || '/');
      NextToken = page.NextToken;
    }
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await throttled(() =>
        organizations.send(
          new ListOrganizationalUnitsForParentCommand({
            ParentId: parentId,
            ...(NextToken && { NextToken }),
          }),
        ),
      );
      for (const { Id, Name } of page.OrganizationalUnits ?? []) if (Id) await visit(Id, `${path}/${Name}`);
      NextToken = page.NextToken;
    }
  };

  const { Roots = [] } = await throttled(() => organizations.send(new ListRootsCommand({})));
  for (const { Id } of Roots) if (Id) await visit(Id, '');
  return paths;
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
