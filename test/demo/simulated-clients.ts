import { IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, AssumeRootCommand, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { afterEach } from '@jest/globals';
import {
  type OrganizationSetup,
  SimulatedOrganization,
  startSimulatedAws,
} from '@root-mfa-bot/aws-simulator';
import { READER_ROLE } from '../../src/demo/roles.ts';

/** A simulated organization, and IAM clients inside its accounts. */
export interface SimulatedClients {
  readonly organization: SimulatedOrganization;
  inRootSession(accountId: string): Promise<IAMClient>;
  inReaderRole(accountId: string): Promise<IAMClient>;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Starts the simulation of an organization with the real SDK in front. Closed after the test. */
export async function startSimulatedClients(setup: OrganizationSetup): Promise<SimulatedClients> {
  const organization = new SimulatedOrganization(setup);
  const aws = await startSimulatedAws({ organization });
  cleanups.push(() => aws.close());

  // Throttled calls are retried, as a real scan retries them.
  const connection = { endpoint: aws.url, region: aws.environment()['AWS_REGION'] ?? '', maxAttempts: 3 };
  const sts = new STSClient({ ...connection, credentials: aws.credentialsFor('management') });
  cleanups.push(() => sts.destroy());
  const iamWith = ({
    AccessKeyId = '',
    SecretAccessKey = '',
    SessionToken = '',
  }: Partial<Credentials> = {}) => {
    const iam = new IAMClient({
      ...connection,
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    });
    cleanups.push(() => iam.destroy());
    return iam;
  };

  return {
    organization,
    inRootSession: async (accountId) => {
      const TaskPolicyArn = { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' };
      return iamWith(
        (await sts.send(new AssumeRootCommand({ TargetPrincipal: accountId, TaskPolicyArn }))).Credentials,
      );
    },
    inReaderRole: async (accountId) => {
      const RoleArn = `arn:aws:iam::${accountId}:role/${READER_ROLE.name}`;
      return iamWith(
        (await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'a-test' }))).Credentials,
      );
    },
  };
}
