import { setImmediate as nextTurn } from 'node:timers/promises';
import { AccountClient } from '@aws-sdk/client-account';
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Keys of one identity, as STS issues them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What reaches AWS: one client per service for ourselves, and one IAM client for each identity that we take on. */
export interface AwsClients {
  readonly region: string;
  /** As ourselves, before any role is taken on. */
  readonly sts: STSClient;
  readonly organizations: OrganizationsClient;
  readonly account: AccountClient;
  /** IAM as ourselves. */
  readonly iam: IAMClient;
  /** IAM as another identity. A client is never shared between identities: the SDK remembers whose it is. */
  iamWithCredentials(credentials: AwsCredentials): Promise<IAMClient>;
  /** The same clients, as the role that `assume` takes on whenever its session has run out. */
  withRole(assume: () => Promise<AwsCredentials>): AwsClients;
  close(): void;
}

export interface AwsClientOptions {
  /** How many accounts are read at once; the sockets follow. */
  readonly concurrency: number;
  readonly region?: string | undefined;
  readonly connectionTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly maxAttempts?: number;
}

/** Where nobody names a region: STS must be asked in one, the global host does not know AssumeRoot. */
const DEFAULT_REGION = 'us-east-1';

/** Opens the clients; credentials come from the SDK's own chain. */
export async function createAwsClients(options: AwsClientOptions): Promise<AwsClients> {
  // The SDK's versions are pinned here, so its word about future ones is not for whoever runs this.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const agent = { keepAlive: true, maxSockets: options.concurrency + 10, scheduling: 'lifo' as const };
  const requestHandler = new PacedHttpHandler({
    httpAgent: agent,
    httpsAgent: agent,
    connectionTimeout: options.connectionTimeoutMs ?? 5_000,
    requestTimeout: options.requestTimeoutMs ?? 10_000,
    throwOnRequestTimeout: true,
    // The agent queues on purpose, and a full agent is no reason for a warning.
    socketAcquisitionWarningTimeout: 600_000,
  });
  const region = options.region ?? (await detectRegion(requestHandler));

  return buildClients({ region, requestHandler, maxAttempts: options.maxAttempts ?? 5 }, undefined);
}

/** Answers that are worked through before anything else in the process has its turn: some milliseconds. */
const RESPONSES_PER_TURN = 4;

/**
 * Hands on a few answers in each turn of the event loop. Fifty accounts are read at once, and their answers tend to
 * arrive together: whoever asks the bot something would wait until all of them are worked through.
 */
class PacedHttpHandler extends NodeHttpHandler {
  private responses = 0;
  private turn: Promise<unknown> = Promise.resolve();

  override async handle(...request: Parameters<NodeHttpHandler['handle']>) {
    const response = await super.handle(...request);
    this.responses += 1;
    if (this.responses % RESPONSES_PER_TURN === 0) this.turn = this.turn.then(() => nextTurn());
    await this.turn;
    return response;
  }
}

interface SharedOptions {
  readonly region: string;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
}

function buildClients(
  shared: SharedOptions,
  assume: (() => Promise<AwsCredentials>) | undefined,
): AwsClients {
  const common = { ...shared, retryMode: 'adaptive', ...(assume && { credentials: assume }) };
  const iam = new IAMClient(common);
  const resolvedConfig = resolveConfig(iam);
  return {
    region: shared.region,
    sts: new STSClient({ ...common, cacheMiddleware: true }),
    organizations: new OrganizationsClient(common),
    account: new AccountClient(common),
    iam,
    iamWithCredentials: async (credentials) =>
      new IAMClient({ ...common, ...(await resolvedConfig), credentials }),
    withRole: (role) => buildClients(shared, role),
    close: () => shared.requestHandler.destroy(),
  };
}

/**
 * What the SDK would otherwise look up again for each new client, in the environment and the AWS config files:
 * seven look-ups, each of which throws and catches an error where nothing is set. Measured with `npm run bench`.
 */
async function resolveConfig({ config }: IAMClient): Promise<IAMClientConfig> {
  const [useDualstackEndpoint, useFipsEndpoint, userAgentAppId, userAgent, endpoint] = await Promise.all([
    config.useDualstackEndpoint(),
    config.useFipsEndpoint(),
    config.userAgentAppId(),
    config.defaultUserAgentProvider(),
    config.serviceConfiguredEndpoint?.(),
  ]);
  return {
    useDualstackEndpoint,
    useFipsEndpoint,
    ...(userAgentAppId && { userAgentAppId }),
    defaultUserAgentProvider: async () => userAgent,
    defaultsMode: 'standard',
    authSchemePreference: [],
    ...(endpoint ? { endpoint } : { ignoreConfiguredEndpointUrls: true }),
  };
}

async function detectRegion(requestHandler: NodeHttpHandler): Promise<string> {
  try {
    return await new STSClient({ requestHandler }).config.region();
  } catch {
    return DEFAULT_REGION;
  }
}

/** The session of a role, for one hour. */
export async function assumeRole(
  sts: STSClient,
  role: { readonly roleArn: string; readonly externalId?: string | undefined },
): Promise<{ credentials: AwsCredentials; arn: string }> {
  const { Credentials: issued, AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: SESSION_NAME,
      DurationSeconds: 3600,
      ...(role.externalId && { ExternalId: role.externalId }),
    }),
  );
  return { credentials: toCredentials(issued), arn: AssumedRoleUser?.Arn ?? '' };
}

const SESSION_NAME = 'root-mfa-bot';

/** Keys as an STS answer carries them; throws if AWS left them out. */
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
    throw new Error('STS answered without credentials');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration && { expiration: Expiration }),
  };
}
