import { AccountClient } from '@aws-sdk/client-account';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { WholeResponseHandler } from './http-handler.ts';
import { createQueryService, type QuerySession } from './query-service.ts';
import { BudgetedRetryStrategy } from './retry-strategy.ts';

/** Keys of one identity, as STS issues them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** IAM as one identity. */
export type IamSession = QuerySession<IAMClient>;

/** What reaches AWS: one client per service, and IAM sessions for the identities that the bot assumes. */
export interface AwsClients {
  readonly region: string;
  /** As the bot itself, before it assumes a role. */
  readonly sts: QuerySession<STSClient>;
  readonly organizations: OrganizationsClient;
  readonly account: AccountClient;
  /** IAM as the bot itself. */
  readonly iam: IamSession;
  /** Returns IAM as another identity. */
  iamSession(credentials: AwsCredentials): IamSession;
  /** Returns the same clients as the role that `assume` assumes whenever its session has expired. */
  withRole(assume: () => Promise<AwsCredentials>): AwsClients;
  close(): void;
}

export interface AwsClientOptions {
  /** How many accounts are read at once; the number of sockets follows. */
  readonly concurrency: number;
  readonly region?: string | undefined;
  readonly connectionTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly maxAttempts?: number;
}

/** Without a configured region: STS must be called in one, the global endpoint does not know AssumeRoot. */
const DEFAULT_REGION = 'us-east-1';

/** Returns the clients; credentials come from the SDK's own chain. */
export async function createAwsClients(options: AwsClientOptions): Promise<AwsClients> {
  // The SDK is pinned in package.json, so its warning about future versions does not concern operators.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const agent = { keepAlive: true, maxSockets: options.concurrency + 10, scheduling: 'lifo' as const };
  const requestHandler = new WholeResponseHandler({
    httpAgent: agent,
    httpsAgent: agent,
    connectionTimeout: options.connectionTimeoutMs ?? 5_000,
    requestTimeout: options.requestTimeoutMs ?? 10_000,
    throwOnRequestTimeout: true,
    // The agent queues on purpose, and a full agent is no reason for a warning.
    socketAcquisitionWarningTimeout: 600_000,
  });
  const region = options.region ?? (await detectRegion(requestHandler));

  const retryStrategy = new BudgetedRetryStrategy(options.maxAttempts ?? 5);
  return buildClients({ region, requestHandler, retryStrategy }, undefined);
}

interface SharedOptions {
  readonly region: string;
  readonly requestHandler: WholeResponseHandler;
  readonly retryStrategy: BudgetedRetryStrategy;
}

function buildClients(
  shared: SharedOptions,
  assume: (() => Promise<AwsCredentials>) | undefined,
): AwsClients {
  const common = { ...shared, ...(assume && { credentials: assume }) };
  const sts = new STSClient(common);
  const iam = new IAMClient(common);
  const iamSession = createQueryService(iam);
  return {
    region: shared.region,
    sts: createQueryService(sts)(sts.config.credentials),
    organizations: new OrganizationsClient(common),
    account: new AccountClient(common),
    iam: iamSession(iam.config.credentials),
    iamSession,
    withRole: (role) => buildClients(shared, role),
    close: () => shared.requestHandler.destroy(),
  };
}

async function detectRegion(requestHandler: WholeResponseHandler): Promise<string> {
  try {
    return await new STSClient({ requestHandler }).config.region();
  } catch {
    return DEFAULT_REGION;
  }
}

/** Returns the credentials of a role for one hour. */
export async function assumeRole(
  sts: AwsClients['sts'],
  role: { readonly roleArn: string; readonly externalId?: string | undefined },
  abortSignal?: AbortSignal,
): Promise<{ credentials: AwsCredentials; arn: string }> {
  const { Credentials: issued, AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: SESSION_NAME,
      DurationSeconds: 3600,
      ...(role.externalId && { ExternalId: role.externalId }),
    }),
    abortSignal ? { abortSignal } : {},
  );
  return { credentials: toCredentials(issued), arn: AssumedRoleUser?.Arn ?? '' };
}

const SESSION_NAME = 'root-mfa-bot';

/** Returns the credentials in an answer of STS; throws if AWS left them out. */
export function toCredentials(
  issued:
    | {
        AccessKeyId?: string | undefined;
        SecretAccessKey?: string | undefined;
        SessionToken?: string | undefined;
        Expiration?: Date | undefined;
      }
    | undefined,
): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
    throw new Error('STS returned no credentials');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration && { expiration: Expiration }),
  };
}
