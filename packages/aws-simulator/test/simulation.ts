import { AccountClient } from '@aws-sdk/client-account';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, AssumeRootCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach } from '@jest/globals';
import type { Caller } from '../src/principals.ts';
import {
  type AccountSetup,
  BOT_ROLE,
  type OrganizationSetup,
  READER_ROLE,
  SimulatedOrganization,
} from '../src/organization.ts';
import {
  type SimulatedAws,
  type SimulatedAwsOptions,
  startSimulatedAws,
} from '../src/server.ts';
import type { Credentials } from '../src/sessions.ts';

export const MANAGEMENT = '100000000001';
export const DELEGATED = '100000000002';
export const MEMBER = '100000000003';
export const STANDALONE = '900000000009';

export const AUDIT_POLICY = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';

/** The real SDK, signing with one pair of keys; it asks once, unless told to ask again. */
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
  as(caller: Caller | Credentials): Clients;
  inRootSession(accountId: string): Promise<Clients>;
  inRole(accountId: string, role?: string): Promise<Clients>;
}

const toClose: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** An organization of a management, a delegated and one member account, which the given setup goes over. */
export async function simulate(
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
        { id: MANAGEMENT, name: 'management', roles: [READER_ROLE, BOT_ROLE] },
        { id: DELEGATED, name: 'security' },
        { id: MEMBER, name: 'member', ...member },
      ],
      ...setup,
    },
    options.now,
  );
  const aws = await startSimulatedAws({ organization, ...options });
  toClose.push(() => aws.close());

  const as = (caller: Caller | Credentials): Clients => {
    const keys = typeof caller === 'string' ? aws.credentialsOf(caller) : caller;
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
    toClose.unshift(() => {
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
      return as(keysIn(answer));
    },
    inRole: async (accountId, role = READER_ROLE.name) => {
      const answer = await as('management').sts.send(assumeRole(accountId, role));
      return as(keysIn(answer));
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
export function keysIn(answer: {
  Credentials?:
    | {
        AccessKeyId?: string | undefined;
        SecretAccessKey?: string | undefined;
        SessionToken?: string | undefined;
      }
    | undefined;
}): Required<Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>> {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
