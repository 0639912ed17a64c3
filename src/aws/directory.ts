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
import type { Clients } from './clients.ts';

/** Which directory facts to read; each costs calls from a small quota. */
export interface DirectoryWish {
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
const LISTS = { limit: 2, interval: 250 };
const LOOK_UPS = { limit: 2, interval: 200 };

/** A reader of org units, tags and contacts; without any wish it makes no call. */
export function directoryReader(
  clients: Clients,
  wish: DirectoryWish,
  callerAccount: AccountId,
): DirectoryReader {
  const tagsOf = pThrottle(LOOK_UPS)((account: Account) => readTags(clients, account));
  const contactOf = pThrottle(LOOK_UPS)((account: Account) => readContact(clients, account, callerAccount));
  const errors = new Map<string, CallError>();
  const facts: Promise<{ account: Account; entry: Omit<DirectoryEntry, 'orgUnit'> }>[] = [];
  let done = 0;
  let report: ((done: number, of: number) => void) | undefined;

  const orNull = async <T>(call: string, read: Promise<T>): Promise<T | null> => {
    try {
      return await read;
    } catch (error) {
      const refused = callError(call, error);
      errors.set(`${refused.call} ${refused.code}`, refused);
      return null;
    }
  };
  const orgUnits = wish.orgUnits
    ? orNull('organizations:ListAccountsForParent', readOrgUnits(clients))
    : Promise.resolve(null);

  return {
    learn(accounts) {
      for (const account of accounts) {
        const learnt = Promise.all([
          wish.tags ? orNull('organizations:ListTagsForResource', tagsOf(account)) : null,
          wish.contacts ? orNull('account:GetAlternateContact', contactOf(account)) : null,
        ]).then(([tags, securityContact]) => {
          done += 1;
          report?.(done, facts.length);
          return { account, entry: { tags, securityContact } };
        });
        facts.push(learnt);
      }
    },
    async finish(onProgress) {
      report = onProgress;
      report?.(done, facts.length);
      const [units, learnt] = await Promise.all([orgUnits, Promise.all(facts)]);
      const entries = new Map(
        learnt.map(({ account, entry }) => [
          account.id,
          { ...entry, orgUnit: units?.get(account.id) ?? null },
        ]),
      );
      return { entries, errors: [...errors.values()] };
    },
  };
}

/** The path of the org unit of every account, read from the root down: fewer calls than asking each account. */
async function readOrgUnits({ organizations }: Clients): Promise<ReadonlyMap<string, string>> {
  const paced = pThrottle(LISTS)(async <T>(call: () => Promise<T>): Promise<T> => call());
  const paths = new Map<string, string>();

  const visit = async (parentId: string, path: string): Promise<void> => {
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await paced(() =>
        organizations.send(
          new ListAccountsForParentCommand({ ParentId: parentId, ...(NextToken && { NextToken }) }),
        ),
      );
      for (const { Id } of page.Accounts ?? []) if (Id) paths.set(Id, path || '/');
      NextToken = page.NextToken;
    }
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await paced(() =>
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

  const { Roots = [] } = await paced(() => organizations.send(new ListRootsCommand({})));
  for (const { Id } of Roots) if (Id) await visit(Id, '');
  return paths;
}

async function readTags(
  { organizations }: Clients,
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
  { account: client }: Clients,
  account: Account,
  callerAccount: AccountId,
): Promise<string | null> {
  try {
    // The management account may not name itself.
    const whose = account.managementAccount && account.id === callerAccount ? {} : { AccountId: account.id };
    const { AlternateContact } = await client.send(
      new GetAlternateContactCommand({ AlternateContactType: 'SECURITY', ...whose }),
    );
    return AlternateContact?.EmailAddress ?? null;
  } catch (error) {
    if (codeOf(error) === 'ResourceNotFoundException') return null;
    throw error;
  }
}
