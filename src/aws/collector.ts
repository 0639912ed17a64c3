import { AssumeRootCommand } from '@aws-sdk/client-sts';
import pThrottle from 'p-throttle';
import type { Account, AccountId } from '../domain/account.ts';
import { type CentralRootAccess, centralRootAccessOf } from '../domain/central-root-access.ts';
import { type Evidence, errorsIn, notAskedResult, resultValue } from '../domain/evidence.ts';
import { countRootDevices } from '../domain/judge/count-devices.ts';
import { judge } from '../domain/judge/judge.ts';
import type { AccountObservation } from '../domain/scan.ts';
import { codeOf } from './call-error.ts';
import { type AwsClients, assumeRole, createAwsClients, toCredentials } from './clients.ts';
import { withDeadline } from './deadline.ts';
import { createDirectoryReader, type DirectoryOptions, type DirectoryReader } from './directory.ts';
import { toAwsFailure } from './failure.ts';
import { type CallerIdentity, readCallerIdentity } from './identity.ts';
import { listAccounts, readFeatures, readManagementAccountId } from './organization.ts';
import { type AccessMethods, examineRootUser } from './root-user.ts';

/** How the company reaches its accounts; the part of the configuration that matters here. */
export interface CollectorConfig {
  readonly discovery: 'organizations' | 'accounts' | 'auto';
  readonly accounts: readonly ConfiguredAccount[];
  readonly managementRoleArn?: string | undefined;
  readonly memberRole: string;
  readonly externalId?: string | undefined;
  readonly rootSessions: 'auto' | 'never';
  readonly credentialReports: boolean;
  readonly concurrency: number;
  readonly exclude: readonly string[];
}

interface ConfiguredAccount {
  readonly id: string;
  readonly name?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

/** Reads root users: all of them, or those of accounts that are known already. */
export interface AwsCollector {
  readonly identity: CallerIdentity;
  /** Why fewer accounts are read than one might expect; undefined where nothing is missing. */
  readonly warning: string | undefined;
  /** Whether there is an organization, so that org units, tags and contacts can be asked for. */
  readonly organization: boolean;
  /** Whether the organization manages root credentials centrally. */
  centralRootAccess(): Promise<CentralRootAccess>;
  /** Accounts as they are found, some at a time. Throws an AwsFailure if the list breaks off. */
  accounts(): AsyncIterable<readonly Account[]>;
  /** One account, now. Never throws for what AWS refuses: that is part of the reading. */
  read(account: Account): Promise<AccountObservation>;
  /** A reader of the directory, at the pace that AWS allows. */
  directory(options: DirectoryOptions): DirectoryReader;
  close(): void;
}

/**
 * STS shares a quota of 600 requests a second per account and region between its credential calls.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const STS_RATE_LIMIT = { limit: 120, interval: 200 };

/** Every account waits for this call, so its time comes on top of each. */
const FEATURES_TIMEOUT_MS = 10_000;

/** One account never holds a scan up for longer; what was read by then is its evidence. */
const ACCOUNT_DEADLINE_MS = 45_000;

const AUDIT_POLICY = 'policy/root-task/IAMAuditRootUserCredentials';
const ROOT_SESSION_SECONDS = 900;

/** Opens the way to the accounts; throws an AwsFailure that says what to do if there is none. */
export async function openCollector(
  config: CollectorConfig,
  options: {
    readonly clients?: AwsClients;
    readonly now?: () => Date;
    readonly accountDeadlineMs?: number;
  } = {},
): Promise<AwsCollector> {
  const base = options.clients ?? (await createAwsClients({ concurrency: config.concurrency }));
  const { managementRoleArn: roleArn, externalId } = config;
  const clients = roleArn
    ? base.withRole(async () => (await assumeRole(base.sts, { roleArn, externalId })).credentials)
    : base;

  const identity = await readCallerIdentity(clients).catch((error: unknown) => {
    throw toAwsFailure(roleArn ? `Cannot assume ${roleArn}` : 'Cannot sign in to AWS', error);
  });
  const { listing, warning } = await findAccounts(clients, config, identity);
  const features = listing.organization
    ? withDeadline(FEATURES_TIMEOUT_MS, (signal) => readFeatures(clients, signal))
    : Promise.resolve(notAskedResult);
  const accessMethodsFor = createAccessMethods(clients, config, identity);
  const { now = () => new Date(), accountDeadlineMs: deadlineMs = ACCOUNT_DEADLINE_MS } = options;

  return {
    identity,
    warning,
    organization: listing.organization,
    centralRootAccess: async () => centralRootAccessOf(await features),
    accounts: () => listing.accounts(),
    read: (account) =>
      withDeadline(deadlineMs, async (signal) => {
        const organizationFeatures = await features;
        const access = accessMethodsFor(account, resultValue(organizationFeatures));
        const { credentialReports } = config;
        const examine = () =>
          examineRootUser(account, access, { organizationFeatures, credentialReports, signal });
        return toObservation(account, await retryOnConflict(examine), now());
      }),
    directory: (directoryOptions) =>
      createDirectoryReader(clients, directoryOptions, {
        accountId: identity.accountId,
        memberRoleArn: (account) => memberRoleArn(account, config, identity),
      }),
    close: () => clients.close(),
  };
}

interface Listing {
  readonly organization: boolean;
  accounts(): AsyncIterable<readonly Account[]>;
}

async function findAccounts(
  clients: AwsClients,
  config: CollectorConfig,
  identity: CallerIdentity,
): Promise<{ listing: Listing; warning: string | undefined }> {
  const isIncluded = (account: Account) => !config.exclude.includes(account.id);
  const fixedListing = (accounts: readonly Account[]): Listing => ({
    organization: false,
    async *accounts() {
      yield accounts.filter(isIncluded);
    },
  });

  if (config.discovery === 'accounts') {
    return {
      listing: fixedListing(config.accounts.map((account) => accountFromConfig(account, identity))),
      warning: undefined,
    };
  }

  const management = readManagementAccountId(clients);
  const first = listAccounts(clients, management);
  try {
    // The first page says whether the organization can be read at all; it is kept for the first scan.
    let firstPage: IteratorResult<readonly Account[]> | undefined = await first.next();
    return {
      warning: undefined,
      listing: {
        organization: true,
        async *accounts() {
          const pages = firstPage ? first : listAccounts(clients, management);
          let page = firstPage ?? (await pages.next());
          firstPage = undefined;
          try {
            for (; !page.done; page = await pages.next()) {
              yield page.value.filter(isIncluded);
            }
          } catch (error) {
            throw toAwsFailure('The list of accounts broke off', error);
          }
        },
      },
    };
  } catch (error) {
    if (config.discovery === 'organizations' || !isRefusal(error)) {
      throw toAwsFailure('Cannot list the accounts of the organization', error);
    }
    const ownAccount = { id: identity.accountId, name: identity.accountId };
    return {
      listing: fixedListing([accountFromConfig(ownAccount, identity)]),
      warning:
        `Only the caller's own account ${identity.accountId} is read: the organization cannot be listed ` +
        `(organizations:ListAccounts returned ${codeOf(error)}). Run in the management account or a delegated ` +
        'administrator, set aws.managementRoleArn, or list accounts under aws.accounts.',
    };
  }
}

/** AWS answered, and the answer is no. What never arrived is something else. */
function isRefusal(error: unknown): boolean {
  return /^(AccessDenied(Exception)?|AWSOrganizationsNotInUseException|UnsupportedAPIEndpointException)$/.test(
    codeOf(error),
  );
}

function accountFromConfig({ id, name }: ConfiguredAccount, { partition }: CallerIdentity): Account {
  return { id: id as AccountId, name: name ?? id, partition, state: null, managementAccount: false };
}

function createAccessMethods(
  clients: AwsClients,
  config: CollectorConfig,
  identity: CallerIdentity,
): (account: Account, enabledFeatures: readonly string[] | undefined) => AccessMethods {
  const throttled = pThrottle(STS_RATE_LIMIT)(async <T>(call: () => Promise<T>): Promise<T> => call());
  const configuredAccounts = new Map(config.accounts.map((account) => [account.id, account]));

  const asRoot = (account: Account) => async (abortSignal: AbortSignal) => {
    const { Credentials } = await throttled(() =>
      clients.sts.send(
        new AssumeRootCommand({
          TargetPrincipal: account.id,
          TaskPolicyArn: { arn: `arn:${account.partition}:iam::aws:${AUDIT_POLICY}` },
          DurationSeconds: ROOT_SESSION_SECONDS,
        }),
        { abortSignal },
      ),
    );
    return clients.iamSession(toCredentials(Credentials));
  };

  const asRole = (account: Account): AccessMethods['asRole'] => {
    const configuredAccount = configuredAccounts.get(account.id);
    if (account.id === identity.accountId && !configuredAccount?.roleArn) {
      return { call: 'iam:GetAccountSummary', open: async () => clients.iam };
    }
    const roleArn = memberRoleArn(account, config);
    const externalId = configuredAccount?.externalId ?? config.externalId;
    return {
      call: 'sts:AssumeRole',
      open: async (abortSignal) => {
        const { credentials, arn } = await throttled(() =>
          assumeRole(clients.sts, { roleArn, externalId }, abortSignal),
        );
        if (arn.split(':')[4] !== account.id) {
          throw Object.assign(new Error(`asked for a role in ${account.id}, got ${arn}`), {
            name: 'WrongAccount',
          });
        }
        return clients.iamSession(credentials);
      },
    };
  };

  return (account, enabledFeatures) => {
    // No one can assume root of the management account, nor of an account outside the organization.
    const hasRootSessions =
      config.rootSessions === 'auto' &&
      !account.managementAccount &&
      account.state !== null &&
      (enabledFeatures === undefined || enabledFeatures.includes('RootCredentialsManagement'));
    return { asRoot: hasRootSessions ? asRoot(account) : undefined, asRole: asRole(account) };
  };
}

/** The role to assume in an account, or the bot's own role in its own account. */
function memberRoleArn(
  { id, partition }: Account,
  { accounts, memberRole }: Pick<CollectorConfig, 'accounts' | 'memberRole'>,
  own?: CallerIdentity,
): string {
  const configured = accounts.find((account) => account.id === id)?.roleArn;
  if (configured) return configured;
  const ownRole = own?.accountId === id ? /:assumed-role\/([^/]+)\//.exec(own.arn)?.[1] : undefined;
  return `arn:${partition}:iam::${id}:role/${ownRole ?? memberRole}`;
}

async function retryOnConflict(examine: () => Promise<Evidence>): Promise<Evidence> {
  const evidence = await examine();
  // Two answers a moment apart can straddle a change; a second reading settles that, or confirms the conflict.
  return judge(evidence).confidence === 'conflict' ? examine() : evidence;
}

function toObservation(account: Account, evidence: Evidence, checkedAt: Date): AccountObservation {
  const rootDevices = countRootDevices(evidence);
  return {
    account,
    verdict: judge(evidence),
    ...(rootDevices && { rootDevices }),
    ...(evidence.rootLastUse && { rootLastUse: evidence.rootLastUse }),
    errors: errorsIn(evidence),
    checkedAt,
  };
}
