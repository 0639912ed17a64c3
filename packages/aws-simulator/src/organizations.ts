import { AwsError, accessDeniedException } from './aws-error.ts';
import type { OrgUnit, SimulatedAccount, SimulatedOrganization } from './organization.ts';
import type { SimulatedPolicy } from './service-control-policies.ts';
import type { Signer } from './sessions.ts';
import { isAdministrator, isAllowed } from './sts.ts';
import type { AwsResult, Parameters } from './wire.ts';

/** What an Organizations operation needs to answer. */
export interface OrganizationsRequest {
  readonly organization: SimulatedOrganization;
  readonly parameters: Parameters;
}

/** The Organizations operations, by name. */
export const ORGANIZATIONS_OPERATIONS: Readonly<
  Record<string, (request: OrganizationsRequest) => AwsResult>
> = {
  DescribeOrganization: describeOrganization,
  DescribeAccount: ({ organization, parameters }) => ({
    json: { Account: accountJson(organization, findMember(organization, parameters.text('AccountId'))) },
  }),
  DescribeOrganizationalUnit: ({ organization, parameters }) => {
    const unit = unitOf(organization, parameters.text('OrganizationalUnitId'), 'ou-');
    return { json: { OrganizationalUnit: unitJson(organization, unit) } };
  },
  ListAccounts: listAccounts,
  ListAccountsForParent: ({ organization, parameters }) => {
    const parent = unitOf(organization, parameters.text('ParentId'));
    const { items, next } = page(parent.accountIds, parameters, 20);
    const accounts = items.map((id) => accountJson(organization, organization.account(id)));
    return { json: { Accounts: accounts, ...next } };
  },
  ListOrganizationalUnitsForParent: ({ organization, parameters }) => {
    const parent = unitOf(organization, parameters.text('ParentId'));
    const { items, next } = page(parent.childIds, parameters, 20);
    const units = items.map((id) => unitJson(organization, unitOf(organization, id)));
    return { json: { OrganizationalUnits: units, ...next } };
  },
  ListParents: listParents,
  ListPolicies: ({ organization, parameters }) => {
    checkPolicyType(parameters);
    const { items, next } = page(organization.policies.all, parameters, 20);
    return { json: { Policies: items.map((policy) => policySummaryJson(organization, policy)), ...next } };
  },
  ListPoliciesForTarget: ({ organization, parameters }) => {
    checkPolicyType(parameters);
    const target = policyTarget(organization, parameters.text('TargetId'));
    const { items, next } = page(organization.policies.attachedTo(target.TargetId), parameters, 20);
    return { json: { Policies: items.map((policy) => policySummaryJson(organization, policy)), ...next } };
  },
  ListTargetsForPolicy: ({ organization, parameters }) => {
    const policy = policyOf(organization, parameters.text('PolicyId'));
    const targets = policyTargets(organization, policy.id);
    const { items, next } = page(targets, parameters, 20);
    return { json: { Targets: items.map((id) => policyTarget(organization, id)), ...next } };
  },
  DescribePolicy: ({ organization, parameters }) => {
    const policy = policyOf(organization, parameters.text('PolicyId'));
    const PolicySummary = policySummaryJson(organization, policy);
    return { json: { Policy: { PolicySummary, Content: JSON.stringify(policy.content) } } };
  },
  ListRoots: ({ organization }) => ({
    json: { Roots: [unitJson(organization, organization.orgUnits.root)] },
  }),
  ListTagsForResource: ({ organization, parameters }) => {
    const { tags } = findMember(organization, parameters.text('ResourceId'));
    const { items, next } = page(Object.entries(tags), parameters, 20);
    return { json: { Tags: items.map(([Key, Value]) => ({ Key, Value })), ...next } };
  },
};

/** Refuses an Organizations call that the signer may not make. */
export function checkOrganizationsAccess(
  organization: SimulatedOrganization,
  signer: Signer,
  operation: string,
): void {
  if (!isAllowed(signer, `organizations:${operation}`)) {
    throw accessDeniedException(
      `User: ${signer.arn} is not authorized to perform: organizations:${operation} on resource: * ` +
        `because no identity-based policy allows the organizations:${operation} action`,
    );
  }
  if (!organization.isMember(signer.accountId)) {
    throw new AwsError(
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
    );
  }
  // Any member may ask which organization it is in.
  if (operation !== 'DescribeOrganization' && !isAdministrator(organization, signer)) {
    throw accessDeniedException("You don't have permissions to access this resource.");
  }
}

function describeOrganization({ organization }: OrganizationsRequest): AwsResult {
  const { id, managementAccountId, partition } = organization;
  return {
    json: {
      Organization: {
        Id: id,
        Arn: `arn:${partition}:organizations::${managementAccountId}:organization/${id}`,
        FeatureSet: 'ALL',
        MasterAccountArn: accountArn(organization, managementAccountId),
        MasterAccountId: managementAccountId,
        MasterAccountEmail: organization.account(managementAccountId).email,
        AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
      },
    },
  };
}

function listAccounts({ organization, parameters }: OrganizationsRequest): AwsResult {
  const { accountsPerPage, emptyAccountsPage } = organization.settings;
  const token = parameters.text('NextToken');
  const { index, pageNumber } = readToken(token);

  // "May return an empty set of results even when there are more": the reader has to follow the token.
  if (pageNumber === emptyAccountsPage) {
    return { json: { Accounts: [], NextToken: tokenFor(index, pageNumber + 1) } };
  }

  const { items, next } = page(organization.accountIds, parameters, accountsPerPage);
  const accounts = items.map((id) => accountJson(organization, organization.account(id)));
  return { json: { Accounts: accounts, ...next } };
}

function listParents({ organization, parameters }: OrganizationsRequest): AwsResult {
  const childId = parameters.text('ChildId') ?? '';
  const { byPath, byId, root } = organization.orgUnits;

  if (childId.startsWith('ou-')) {
    const parentId = byId.get(childId)?.parentId;
    if (!parentId) throw new AwsError('ChildNotFoundException', `No child ${childId} in the organization`);
    return { json: { Parents: [parentJson(parentId)] } };
  }
  if (!organization.isMember(childId)) {
    throw new AwsError('ChildNotFoundException', `No child ${childId} in the organization`);
  }
  const parent = byPath.get(organization.account(childId).orgUnit) ?? root;
  return { json: { Parents: [parentJson(parent.id)] } };
}

function parentJson(id: string): { Id: string; Type: string } {
  return { Id: id, Type: id.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' };
}

function checkPolicyType(parameters: Parameters): void {
  if (parameters.text('Filter') === 'SERVICE_CONTROL_POLICY') return;
  throw new AwsError('InvalidInputException', 'You specified an invalid value for Filter.');
}

function policyOf({ policies }: SimulatedOrganization, id = ''): SimulatedPolicy {
  const policy = policies.find(id);
  if (!policy) throw new AwsError('PolicyNotFoundException', "We can't find a policy with that ID.");
  return policy;
}

function policyTargets(organization: SimulatedOrganization, policyId: string): string[] {
  return [...organization.orgUnits.byId.keys(), ...organization.accountIds].filter((id) =>
    organization.policies.attachedTo(id).some((policy) => policy.id === policyId),
  );
}

function policyTarget(organization: SimulatedOrganization, id = '') {
  const unit = organization.orgUnits.byId.get(id);
  if (!unit && !organization.isMember(id)) {
    throw new AwsError('TargetNotFoundException', "We can't find a root, OU, or account with that ID.");
  }
  return {
    TargetId: id,
    Name: unit?.name ?? organization.account(id).name,
    Type: unit ? (unit.parentId === null ? 'ROOT' : 'ORGANIZATIONAL_UNIT') : 'ACCOUNT',
  };
}

function policySummaryJson(
  { partition, managementAccountId, id: organizationId }: SimulatedOrganization,
  { id, name, awsManaged }: SimulatedPolicy,
): Record<string, unknown> {
  const type = 'service_control_policy';
  const arn = awsManaged
    ? `arn:${partition}:organizations::aws:policy/${type}/${id}`
    : `arn:${partition}:organizations::${managementAccountId}:policy/${organizationId}/${type}/${id}`;
  return {
    Id: id,
    Arn: arn,
    Name: name,
    Description: '',
    Type: 'SERVICE_CONTROL_POLICY',
    AwsManaged: awsManaged,
  };
}

function accountJson(
  organization: SimulatedOrganization,
  account: SimulatedAccount,
): Record<string, unknown> {
  const { id, name, email, state, joinedAt } = account;
  const description = {
    Id: id,
    Arn: accountArn(organization, id),
    Email: email,
    Name: name,
    JoinedMethod: id === organization.managementAccountId ? 'INVITED' : 'CREATED',
    JoinedTimestamp: joinedAt.getTime() / 1000,
  };
  return organization.settings.legacyStatus
    ? { ...description, Status: legacyStatus(state) }
    : { ...description, State: state };
}

// The retired field knew fewer words.
function legacyStatus(state: string): string {
  return state === 'CLOSED' ? 'SUSPENDED' : state;
}

function unitJson(organization: SimulatedOrganization, unit: OrgUnit): Record<string, unknown> {
  const { partition, managementAccountId, id } = organization;
  const isRoot = unit.parentId === null;
  const arn = `arn:${partition}:organizations::${managementAccountId}:${isRoot ? 'root' : 'ou'}/${id}/${unit.id}`;
  const description = { Id: unit.id, Arn: arn, Name: unit.name };
  return isRoot
    ? { ...description, PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] }
    : description;
}

function accountArn(
  { partition, managementAccountId, id }: SimulatedOrganization,
  accountId: string,
): string {
  return `arn:${partition}:organizations::${managementAccountId}:account/${id}/${accountId}`;
}

function findMember(organization: SimulatedOrganization, id = ''): SimulatedAccount {
  if (!organization.isMember(id)) {
    throw new AwsError('AccountNotFoundException', "You specified an account that doesn't exist.");
  }
  return organization.account(id);
}

function unitOf({ orgUnits }: SimulatedOrganization, id = '', prefix = ''): OrgUnit {
  const unit = id.startsWith(prefix) ? orgUnits.byId.get(id) : undefined;
  if (unit) return unit;
  throw prefix
    ? new AwsError('OrganizationalUnitNotFoundException', `No organizational unit ${id} in the organization`)
    : new AwsError('ParentNotFoundException', `No parent ${id} in the organization`);
}

function page<T>(
  all: readonly T[],
  parameters: Parameters,
  maxResults: number,
): { items: readonly T[]; next: { NextToken?: string } } {
  const requestedSize = parameters.number('MaxResults') ?? maxResults;
  if (!(requestedSize >= 1 && requestedSize <= 20)) {
    throw new AwsError(
      'InvalidInputException',
      'You specified an invalid value for MaxResults: expected 1 to 20.',
    );
  }
  const { index, pageNumber } = readToken(parameters.text('NextToken'));
  const end = index + Math.min(requestedSize, maxResults);
  return {
    items: all.slice(index, end),
    next: end < all.length ? { NextToken: tokenFor(end, pageNumber + 1) } : {},
  };
}

function tokenFor(index: number, pageNumber: number): string {
  return Buffer.from(`page:${pageNumber}:${index}`).toString('base64');
}

function readToken(token: string | undefined): { index: number; pageNumber: number } {
  if (token === undefined) return { index: 0, pageNumber: 0 };

  const [, pageNumber, index] = /^page:(\d+):(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (!pageNumber || !index) {
    throw new AwsError('InvalidInputException', 'You specified an invalid value for NextToken.');
  }
  return { index: Number(index), pageNumber: Number(pageNumber) };
}
