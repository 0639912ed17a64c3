import {
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
} from '@aws-sdk/client-organizations';
import pThrottle from 'p-throttle';
import type { AwsClients } from './clients.ts';

/** The root of an organization, or one of its units. */
export interface OrgUnit {
  readonly id: string;
  /** Names from the root down, `/Production/Payments`; `/` for the root. */
  readonly path: string;
  /** `null` for the root. */
  readonly parentId: string | null;
}

/** Every unit of an organization, and in which of them each account lies. */
export interface OrgTree {
  readonly units: ReadonlyMap<string, OrgUnit>;
  readonly unitOf: ReadonlyMap<string, OrgUnit>;
  readonly hasServiceControlPolicies: boolean;
}

/**
 * Calls a second for the lists of one account, which they share.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
const LISTS = { limit: 5, interval: 1000, strict: true };

/** Returns the tree, read from the root down: fewer calls than asking for the parents of each account. */
export async function readOrgTree({ organizations }: AwsClients): Promise<OrgTree> {
  const paced = pThrottle(LISTS)(async <T>(call: () => Promise<T>): Promise<T> => call());
  const units = new Map<string, OrgUnit>();
  const unitOf = new Map<string, OrgUnit>();

  const visit = async (unit: OrgUnit): Promise<void> => {
    units.set(unit.id, unit);
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await paced(() =>
        organizations.send(
          new ListAccountsForParentCommand({ ParentId: unit.id, ...(NextToken && { NextToken }) }),
        ),
      );
      for (const { Id } of page.Accounts ?? []) if (Id) unitOf.set(Id, unit);
      NextToken = page.NextToken;
    }
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await paced(() =>
        organizations.send(
          new ListOrganizationalUnitsForParentCommand({ ParentId: unit.id, ...(NextToken && { NextToken }) }),
        ),
      );
      for (const { Id, Name } of page.OrganizationalUnits ?? []) {
        if (Id) await visit({ id: Id, path: pathBelow(unit, Name), parentId: unit.id });
      }
      NextToken = page.NextToken;
    }
  };

  const root = await readOrgRoot({ organizations });
  if (root) await visit(root.unit);
  return { units, unitOf, hasServiceControlPolicies: root?.hasServiceControlPolicies ?? true };
}

/** Returns the root of the organization, and whether service control policies are enabled in it. */
export async function readOrgRoot({
  organizations,
}: Pick<AwsClients, 'organizations'>): Promise<
  { readonly unit: OrgUnit; readonly hasServiceControlPolicies: boolean } | undefined
> {
  const { Roots = [] } = await organizations.send(new ListRootsCommand({}));
  const [root] = Roots;
  if (!root?.Id) return undefined;
  return {
    unit: { id: root.Id, path: '/', parentId: null },
    // `PENDING_…` counts, and so does no answer: only a list without the type says that it is not enabled.
    hasServiceControlPolicies:
      root.PolicyTypes?.some(({ Type }) => Type === 'SERVICE_CONTROL_POLICY') ?? true,
  };
}

/** Returns the path of a unit by its name and parent. */
export function pathBelow(parent: Pick<OrgUnit, 'path'>, name: string | undefined): string {
  return `${parent.path === '/' ? '' : parent.path}/${name}`;
}
