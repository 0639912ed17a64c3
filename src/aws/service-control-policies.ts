import {
  DescribeOrganizationalUnitCommand,
  DescribePolicyCommand,
  ListParentsCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListTargetsForPolicyCommand,
  type PolicySummary,
} from '@aws-sdk/client-organizations';
import pThrottle from 'p-throttle';
import type { PolicyLevel, ServiceControlPolicy } from '../domain/guardrails/evaluate.ts';
import { parsePolicyDocument } from '../domain/guardrails/policy-document.ts';
import { codeOf } from './call-error.ts';
import type { AwsClients } from './clients.ts';
import { type OrgTree, type OrgUnit, pathBelow, readOrgRoot } from './org-tree.ts';

/**
 * Calls a second of one account: the lists of policies share five, `DescribePolicy` has two, `ListParents` shares five
 * with other lists and `DescribeOrganizationalUnit` has two.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
const LISTS = { limit: 5, interval: 1000, strict: true };
const DESCRIPTIONS = { limit: 2, interval: 1000, strict: true };

const Filter = 'SERVICE_CONTROL_POLICY';

/** Returns the policies on the way from the root to an account, or null where no such policy can bind it. */
export type PolicyPath = (accountId: string) => Promise<readonly PolicyLevel[] | null>;

/**
 * Returns the policies of every account of the organization, asked policy by policy: twenty targets a call. Asking
 * account by account would take over half an hour for ten thousand of them.
 */
export function policiesOfOrganization(clients: AwsClients, tree: Promise<OrgTree>): PolicyPath {
  // Beside the tree, which has other quotas. The error comes with the first account.
  const attached = readAttachments(clients);
  attached.catch(() => undefined);

  return async (accountId) => {
    const { units, unitOf, hasServiceControlPolicies } = await tree;
    if (!hasServiceControlPolicies) return null;
    const policies = await attached;
    const unit = unitOf.get(accountId);
    const path = unit ? pathTo(unit, (id) => units.get(id)) : [];
    const levels = path.map(({ id, path: target }) => ({ target, policies: policies.get(id) ?? [] }));
    return [
      // The tree does not know every account, if one has just joined: then its way is unknown too.
      ...(unit ? levels : [{ target: '/', policies: null }]),
      { target: accountId, policies: policies.get(accountId) ?? [] },
    ];
  };
}

/** Returns the policies of single accounts, asked account by account and level by level; what is shared, once. */
export function policiesOfAccounts({ organizations }: AwsClients): PolicyPath {
  const paced = pacedCalls();
  const document = documentReader({ organizations }, paced.describePolicy);
  const root = once(async () => readOrgRoot({ organizations }));

  const unitOf = remembered(async (id: string): Promise<OrgUnit> => {
    const top = (await root())?.unit;
    if (id === top?.id) return top;
    const parent = await parentOf(id);
    const { OrganizationalUnit } = await paced.describeUnit(() =>
      organizations.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id })),
    );
    return { id, path: pathBelow(parent, OrganizationalUnit?.Name), parentId: parent.id };
  });
  const parentOf = remembered(async (childId: string): Promise<OrgUnit> => {
    const { Parents = [] } = await paced.listParents(() =>
      organizations.send(new ListParentsCommand({ ChildId: childId })),
    );
    return unitOf(Parents[0]?.Id ?? '');
  });
  const policiesOf = remembered(async (targetId: string): Promise<readonly ServiceControlPolicy[]> => {
    const summaries: PolicySummary[] = [];
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await paced.list(() =>
        organizations.send(
          new ListPoliciesForTargetCommand({ TargetId: targetId, Filter, ...(NextToken && { NextToken }) }),
        ),
      );
      summaries.push(...(page.Policies ?? []));
      NextToken = page.NextToken;
    }
    return Promise.all(summaries.map(document));
  });

  return async (accountId) => {
    const top = await root();
    if (!top) return [{ target: '/', policies: null }];
    if (!top.hasServiceControlPolicies) return null;
    const units = new Map<string, OrgUnit>();
    for (let unit: OrgUnit | undefined = await parentOf(accountId); unit; ) {
      units.set(unit.id, unit);
      unit = unit.parentId === null ? undefined : await unitOf(unit.parentId);
    }
    const path = [...units.values()].reverse();
    return [
      ...(await Promise.all(
        path.map(async ({ id, path: target }) => ({ target, policies: await policiesOf(id) })),
      )),
      { target: accountId, policies: await policiesOf(accountId) },
    ];
  };
}

/** Which policies are attached to each target, by its id. */
async function readAttachments({
  organizations,
}: AwsClients): Promise<ReadonlyMap<string, readonly ServiceControlPolicy[]>> {
  const paced = pacedCalls();
  const document = documentReader({ organizations }, paced.describePolicy);
  const attached = new Map<string, ServiceControlPolicy[]>();

  const readTargets = async (summary: PolicySummary): Promise<void> => {
    const targets: string[] = [];
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await paced.list(() =>
        organizations.send(
          new ListTargetsForPolicyCommand({ PolicyId: summary.Id, ...(NextToken && { NextToken }) }),
        ),
      );
      targets.push(...(page.Targets ?? []).flatMap(({ TargetId }) => TargetId ?? []));
      NextToken = page.NextToken;
    }
    if (targets.length === 0) return;
    const policy = await document(summary);
    for (const target of targets) {
      const others = attached.get(target);
      if (others) others.push(policy);
      else attached.set(target, [policy]);
    }
  };

  const reading: Promise<void>[] = [];
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const page = await paced.list(() =>
      organizations.send(new ListPoliciesCommand({ Filter, ...(NextToken && { NextToken }) })),
    );
    reading.push(...(page.Policies ?? []).map(readTargets));
    NextToken = page.NextToken;
  }
  await Promise.all(reading);
  for (const policies of attached.values()) policies.sort((a, b) => (a.name < b.name ? -1 : 1));
  return attached;
}

type Paced = <T>(call: () => Promise<T>) => Promise<T>;

/** One pace for each group of calls that shares a quota. */
function pacedCalls() {
  const at = (rate: typeof LISTS): Paced =>
    pThrottle(rate)(async (call: () => Promise<unknown>) => call()) as Paced;
  return {
    list: at(LISTS),
    listParents: at(LISTS),
    describePolicy: at(DESCRIPTIONS),
    describeUnit: at(DESCRIPTIONS),
  };
}

/** AWS's own default policy: its content is documented and cannot be changed. */
const FULL_ACCESS = {
  id: 'p-FullAWSAccess',
  content: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
};

/** A reader of policies by their summaries, each once. A refused one has no document; what is transient is thrown. */
function documentReader(
  { organizations }: Pick<AwsClients, 'organizations'>,
  paced: Paced,
): (summary: PolicySummary) => Promise<ServiceControlPolicy> {
  const contentOf = remembered(async (id: string): Promise<string | null> => {
    if (id === FULL_ACCESS.id) return FULL_ACCESS.content;
    try {
      const { Policy } = await paced(() => organizations.send(new DescribePolicyCommand({ PolicyId: id })));
      return Policy?.Content ?? null;
    } catch (error) {
      if (!/^(AccessDenied(Exception)?|PolicyNotFoundException)$/.test(codeOf(error))) throw error;
      return null;
    }
  });
  return async ({ Id = '', Name }) => {
    const content = await contentOf(Id);
    return { id: Id, name: Name ?? Id, document: content === null ? null : parsePolicyDocument(content) };
  };
}

function pathTo(unit: OrgUnit, find: (id: string) => OrgUnit | undefined): OrgUnit[] {
  const path: OrgUnit[] = [];
  for (let at: OrgUnit | undefined = unit; at; at = at.parentId === null ? undefined : find(at.parentId)) {
    path.unshift(at);
  }
  return path;
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

function remembered<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const readings = new Map<string, Promise<T>>();
  return (id) => {
    const known = readings.get(id) ?? read(id);
    readings.set(id, known);
    return known;
  };
}
