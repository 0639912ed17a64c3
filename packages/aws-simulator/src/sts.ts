import { hash } from 'node:crypto';
import { accessDenied, validationError } from './aws-error.ts';
import type { SimulatedAccount, SimulatedOrganization } from './organization.ts';
import type { SessionCredentials, Sessions, Signer } from './sessions.ts';
import { type AwsResult, escapeXml, type Parameters, xmlTime } from './wire.ts';

/** What each task policy leaves to a root session: it denies everything else. */
const TASK_POLICIES: Readonly<Record<string, readonly string[]>> = {
  IAMAuditRootUserCredentials: [
    'iam:ListAccessKeys',
    'iam:ListSigningCertificates',
    'iam:GetLoginProfile',
    'iam:ListMFADevices',
    'iam:GetAccountSummary',
    'iam:GetUser',
    'iam:GetAccessKeyLastUsed',
  ],
  // Not the account summary: what is left needs a second session, with the audit policy.
  IAMDeleteRootUserCredentials: [
    'iam:DeleteLoginProfile',
    'iam:DeleteAccessKey',
    'iam:DeleteSigningCertificate',
    'iam:DeactivateMFADevice',
    'iam:DeleteVirtualMFADevice',
    'iam:ListAccessKeys',
    'iam:ListSigningCertificates',
    'iam:GetLoginProfile',
    'iam:ListMFADevices',
    'iam:GetUser',
    'iam:GetAccessKeyLastUsed',
  ],
  IAMCreateRootUserPassword: ['iam:CreateLoginProfile', 'iam:GetLoginProfile'],
};

const ROOT_SESSION_SECONDS = 900;
const ROLE_SESSION_SECONDS = { least: 900, usual: 3600, most: 43_200 };

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** What an STS operation needs to answer. */
export interface StsRequest {
  readonly organization: SimulatedOrganization;
  readonly sessions: Sessions;
  readonly signer: Signer;
  readonly parameters: Parameters;
  readonly now: Date;
}

/** The STS operations, by name. */
export const STS_OPERATIONS: Readonly<Record<string, (request: StsRequest) => AwsResult>> = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
  AssumeRoot: assumeRoot,
};

/** The account an STS call wants to get into. */
export function targetOf(parameters: Parameters): string | undefined {
  const target = parameters.text('RoleArn') ?? parameters.text('TargetPrincipal');
  return target?.startsWith('arn:') ? target.split(':')[4] : target;
}

function getCallerIdentity({ signer }: StsRequest): AwsResult {
  const { arn, userId, accountId } = signer;
  return { xml: `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${accountId}</Account>` };
}

function assumeRole({ organization, sessions, signer, parameters, now }: StsRequest): AwsResult {
  const roleArn = parameters.text('RoleArn') ?? '';
  const [, partition, , accountId = '', resource = ''] =
    /^arn:([^:]+):(iam)::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
  if (!accountId) throw validationError(`${roleArn} is invalid`);

  const sessionName = parameters.text('RoleSessionName') ?? '';
  if (!SESSION_NAME.test(sessionName)) {
    throw validationError(
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    );
  }

  const seconds = parameters.number('DurationSeconds') ?? ROLE_SESSION_SECONDS.usual;
  if (!(seconds >= ROLE_SESSION_SECONDS.least && seconds <= ROLE_SESSION_SECONDS.most)) {
    throw validationError(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint`,
    );
  }

  const name = resource.slice(resource.lastIndexOf('/') + 1);
  const account = organization.find(accountId);
  const role = account?.roles.find((candidate) => candidate.name === name);
  const isDenied =
    partition !== organization.partition ||
    !account ||
    !role ||
    !isAccountUsable(account) ||
    !mayAssumeRoles(organization, signer, account) ||
    (role.externalId !== undefined && role.externalId !== parameters.text('ExternalId'));
  // One answer for all of it: STS does not tell whether a role is missing, closed or not trusting.
  if (isDenied) {
    throw accessDenied(
      `User: ${signer.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  }

  const roleId = `AROA${hash('sha256', roleArn).slice(0, 17).toUpperCase()}`;
  const arn = `arn:${organization.partition}:sts::${account.id}:assumed-role/${role.name}/${sessionName}`;
  const userId = `${roleId}:${sessionName}`;
  const credentials = sessions.issueTemporary(
    { accountId: account.id, signedBy: 'role', arn, userId, allows: role.allows },
    addSeconds(now, seconds),
    now,
  );
  return {
    xml:
      `<AssumedRoleUser><AssumedRoleId>${userId}</AssumedRoleId><Arn>${escapeXml(arn)}</Arn></AssumedRoleUser>` +
      credentialsXml(credentials),
  };
}

function assumeRoot({ organization, sessions, signer, parameters, now }: StsRequest): AwsResult {
  const { partition, settings } = organization;

  const policyArn = parameters.text('TaskPolicyArn.arn') ?? '';
  const policyPrefix = `arn:${partition}:iam::aws:policy/root-task/`;
  const allows = policyArn.startsWith(policyPrefix)
    ? TASK_POLICIES[policyArn.slice(policyPrefix.length)]
    : undefined;
  if (!allows) {
    throw validationError(`Invalid task policy: ${policyArn || 'none given'}`);
  }
  const seconds = parameters.number('DurationSeconds') ?? ROOT_SESSION_SECONDS;
  if (!(seconds >= 0 && seconds <= ROOT_SESSION_SECONDS)) {
    throw validationError(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: ` +
        `Member must have value less than or equal to ${ROOT_SESSION_SECONDS}`,
    );
  }
  const target = parameters.text('TargetPrincipal') ?? '';
  const targetId = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(target)?.[1];
  if (!targetId) throw validationError(`Invalid target principal: ${target}`);

  const rootArn = `arn:${partition}:iam::${targetId}:root`;
  const notAuthorized = `User: ${signer.arn} is not authorized to perform: sts:AssumeRoot on resource: ${rootArn}`;
  if (signer.signedBy === 'root' || !isAllowed(signer, 'sts:AssumeRoot')) throw accessDenied(notAuthorized);
  if (!isAdministrator(organization, signer)) throw accessDenied(notAuthorized);
  if (!settings.iamTrusted) throw accessDenied('Service not enabled for AWS Organizations.');
  if (!settings.rootCredentialsManagement) {
    throw accessDenied('Root credentials management feature is not enabled for your AWS Organization.');
  }

  const account = organization.isMember(targetId) ? organization.account(targetId) : undefined;
  if (!account || account.id === organization.managementAccountId || !isAccountUsable(account)) {
    throw accessDenied(notAuthorized);
  }
  const session = { signedBy: 'root', arn: rootArn } as const;
  if (isDeniedByPolicy(organization, session, account, 'sts:AssumeRoot')) {
    throw accessDenied(`${notAuthorized} with an explicit deny in a service control policy`);
  }

  const credentials = sessions.issueTemporary(
    {
      accountId: account.id,
      signedBy: 'root',
      arn: rootArn,
      userId: account.id,
      allows,
    },
    addSeconds(now, seconds),
    now,
  );
  return { xml: `${credentialsXml(credentials)}<SourceIdentity></SourceIdentity>` };
}

/** Whether the signer belongs to the management or the delegated administrator account. */
export function isAdministrator(organization: SimulatedOrganization, { accountId }: Signer): boolean {
  return accountId === organization.managementAccountId || accountId === organization.delegatedAccountId;
}

/** Whether the signer's policies name an action. */
export function isAllowed({ allows }: Signer, action: string): boolean {
  return allows === 'everything' || allows.includes(action);
}

/** Whether a service control policy keeps a signer of an account from an action. The management account is not bound. */
export function isDeniedByPolicy(
  organization: SimulatedOrganization,
  { signedBy, arn }: Pick<Signer, 'signedBy' | 'arn'>,
  account: SimulatedAccount,
  action: string,
): boolean {
  if (account.id === organization.managementAccountId || !organization.isMember(account.id)) return false;
  const roleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  const context = {
    'aws:principalarn': roleName ? `arn:${organization.partition}:iam::${account.id}:role/${roleName}` : arn,
    'aws:principalaccount': account.id,
    'aws:viaawsservice': 'false',
    'aws:requestedregion': 'us-east-1',
    ...(signedBy === 'root' && { 'aws:assumedroot': 'true' }),
  };
  return organization.policies.deny({ action, context }, organization.policyTargetsOf(account.id));
}

function mayAssumeRoles(
  organization: SimulatedOrganization,
  signer: Signer,
  account: SimulatedAccount,
): boolean {
  if (signer.signedBy === 'root' || !isAllowed(signer, 'sts:AssumeRole')) return false;
  if (signer.accountId === account.id) return true;
  return isAdministrator(organization, signer) && organization.isMember(account.id);
}

function isAccountUsable({ state, accessDenied }: SimulatedAccount): boolean {
  return state === 'ACTIVE' && !accessDenied;
}

function addSeconds(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

function credentialsXml({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiresAt,
}: Required<SessionCredentials>): string {
  return (
    `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>` +
    `<SessionToken>${sessionToken}</SessionToken><Expiration>${xmlTime(expiresAt)}</Expiration></Credentials>`
  );
}
