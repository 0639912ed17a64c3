import { AccountClient } from '@aws-sdk/client-account';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, AssumeRootCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach } from '@jest/globals';
import {
  type AccountSetup,
  type OrganizationSetup,
  SimulatedOrganization,
  type SimulatedRole,
} from '../src/organization.ts';
import type { SimulatedPrincipal } from '../src/principals.ts';
import { type SimulatedAws, type SimulatedAwsOptions, startSimulatedAws } from '../src/server.ts';
import type { SessionCredentials } from '../src/sessions.ts';

export const MANAGEMENT = '100000000001';
export const DELEGATED = '100000000002';
export const MEMBER = '100000000003';
export const STANDALONE = '900000000009';

/** A role that may read, and no more. */
export const READER_ROLE: SimulatedRole = {
  name: 'Reader',
  allows: [
    'iam:GetAccountSummary',
    'iam:ListVirtualMFADevices',
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
  ],
};

export const ADMIN_ROLE: SimulatedRole = { name: 'Admin', allows: 'everything' };

export const AUDIT_POLICY = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';

/** The real SDK, signing with one pair of keys; it does not retry, unless configured to. */
export interface Clients {
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly organizations: OrganizationsClient;
  readonly account: AccountClient;
}

/** A running simulation and ways to talk to it. */
export interface Simulation {
  readonly aws: SimulatedAws;
  readonly organization: SimulatedOrganization;
  as(caller: SimulatedPrincipal | SessionCredentials): Clients;
  inRootSession(accountId: string): Promise<Clients>;
  inRole(accountId: string, role?: string): Promise<Clients>;
}

const openClients: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of openClients.splice(0)) await close();
});

/** An organization of a management, a delegated and one member account, which the given setup goes over. */
export async function startSimulation(
  member: Omit<AccountSetup, 'id' | 'name'> = {},
  setup: Partial<OrganizationSetup> = {},
  { maxAttempts = 1, ...options }: Omit<SimulatedAwsOptions, 'organization'> & { maxAttempts?: number } = {},
): Promise<Simulation> {
  const organization = new SimulatedOrganization(
    {
      managementAccountId: MANAGEMENT,
      delegatedAccountId: DELEGATED,
      standaloneAccount: { id: STANDALONE, name: 'alone' },
      accounts: [
        { id: MANAGEMENT, name: 'management', roles: [READER_ROLE, ADMIN_ROLE] },
        { id: DELEGATED, name: 'security' },
        { id: MEMBER, name: 'member', ...member },
      ],
      defaultRoles: [READER_ROLE],
      ...setup,
    },
    options.now,
  );
  const aws = await startSimulatedAws({ organization, ...options });
  openClients.push(() => aws.close());

  const as = (caller: SimulatedPrincipal | SessionCredentials): Clients => {
    const keys = typeof caller === 'string' ? aws.credentialsFor(caller) : caller;
    const config = {
      endpoint: aws.url,
      region: aws.environment()['AWS_REGION'] ?? '',
      maxAttempts,
      credentials: {
        accessKeyId: keys.accessKeyId,
        secretAccessKey: keys.secretAccessKey,
        ...(keys.sessionToken ? { sessionToken: keys.sessionToken } : {}),
      },
    };
    const clients = {
      sts: new STSClient(config),
      iam: new IAMClient(config),
      organizations: new OrganizationsClient(config),
      account: new AccountClient(config),
    };
    openClients.unshift(() => {
      for (const client of Object.values(clients)) client.destroy();
    });
    return clients;
  };

  return {
    aws,
    organization,
    as,
    inRootSession: async (accountId) => {
      const answer = await as('management').sts.send(assumeRoot(accountId));
      return as(credentialsFrom(answer));
    },
    inRole: async (accountId, role = READER_ROLE.name) => {
      const answer = await as('management').sts.send(assumeRole(accountId, role));
      return as(credentialsFrom(answer));
    },
  };
}

export function assumeRoot(accountId: string): AssumeRootCommand {
  return new AssumeRootCommand({ TargetPrincipal: accountId, TaskPolicyArn: { arn: AUDIT_POLICY } });
}

export function assumeRole(
  accountId: string,
  role = READER_ROLE.name,
  ExternalId?: string,
): AssumeRoleCommand {
  return new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${accountId}:role/${role}`,
    RoleSessionName: 'a-test',
    ...(ExternalId === undefined ? {} : { ExternalId }),
  });
}

/** The keys that STS handed out. */
export function credentialsFrom(answer: {
  Credentials?:
    | {
        AccessKeyId?: string | undefined;
        SecretAccessKey?: string | undefined;
        SessionToken?: string | undefined;
      }
    | undefined;
}): Required<Pick<SessionCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>> {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
