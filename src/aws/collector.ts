import { AssumeRootCommand } from '@aws-sdk/client-sts';
import pThrottle from 'p-throttle';
import type { Account, AccountId } from '../domain/account.ts';
import { type Evidence, errorsIn, notAsked, type Sighting, told } from '../domain/evidence.ts';
import type { Reading } from '../domain/scan.ts';
import { judge } from '../domain/verdict.ts';
import { codeOf } from './call-error.ts';
import { assumeRole, type Clients, credentialsOf, openClients } from './clients.ts';
import { type DirectoryReader, type DirectoryWish, directoryReader } from './directory.ts';
import { failureOf } from './failure.ts';
import { callerIdentity, type Identity } from './identity.ts';
import { listAccounts, managementAccountOf, readFeatures } from './organization.ts';
import { examineRootUser, type Ways } from './root-user.ts';

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
export interface Collector {
  readonly identity: Identity;
  /** Why fewer accounts are read than one might expect; undefined where nothing is missing. */
  readonly warning: string | undefined;
  /** Whether there is an organization, so that org units, tags and contacts can be asked for. */
  readonly organization: boolean;
  /** Accounts as they are found, some at a time. Throws an AwsFailure if the list breaks off. */
  accounts(): AsyncIterable<readonly Account[]>;
  /** One account, now. Never throws for what AWS refuses: that is part of the reading. */
  read(account: Account): Promise<Reading>;
  /** A reader of the directory, at the pace that AWS allows. */
  directory(wish: DirectoryWish): DirectoryReader;
  close(): void;
}

/**
 * STS shares a quota of 600 requests a second per account and region between its credential calls.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const STS_PACE = { limit: 120, interval: 200 };

const AUDIT_POLICY = 'policy/root-task/IAMAuditRootUserCredentials';
const ROOT_SESSION_SECONDS = 900;

/** Opens the way to the accounts; throws an AwsFailure that says what to do if there is none. */
export async function openCollector(
  config: CollectorConfig,
  options: { readonly clients?: Clients; readonly now?: () => Date } = {},
): Promise<Collector> {
  const base = options.clients ?? (await openClients({ concurrency: config.concurrency }));
  const { managementRoleArn: roleArn, externalId } = config;
  const clients = roleArn
    ? base.as(async () => (await assumeRole(base.sts, { roleArn, externalId })).credentials)
    : base;

  const identity = await callerIdentity(clients).catch((error: unknown) => {
    throw failureOf(roleArn ? `Cannot take on ${roleArn}` : 'Cannot sign in to AWS', error);
  });
  const { listing, warning } = await findAccounts(clients, config, identity);
  const features = listing.organization ? readFeatures(clients) : Promise.resolve(notAsked);
  const waysInto = waysOf(clients, config, identity, features);
  const now = options.now ?? (() => new Date());

  return {
    identity,
    warning,
    organization: listing.organization,
    accounts: () => listing.accounts(),
    read: async (account) => {
      const examine = async () =>
        examineRootUser(account, await waysInto(account), {
          organizationFeatures: await features,
          credentialReports: config.credentialReports,
        });
      return readingOf(account, await askTwiceOnConflict(examine), now());
    },
    directory: (wish) => directoryReader(clients, wish, identity.accountId),
    close: () => clients.close(),
  };
}

interface Listing {
  readonly organization: boolean;
  accounts(): AsyncIterable<readonly Account[]>;
}

async function findAccounts(
  clients: Clients,
  config: CollectorConfig,
  identity: Identity,
): Promise<{ listing: Listing; warning: string | undefined }> {
  const wanted = (account: Account) => !config.exclude.includes(account.id);
  const only = (accounts: readonly Account[]): Listing => ({
    organization: false,
    async *accounts() {
      yield accounts.filter(wanted);
    },
  });

  if (config.discovery === 'accounts') {
    return { listing: only(config.accounts.map((one) => configured(one, identity))), warning: undefined };
  }

  const management = managementAccountOf(clients);
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
              yield page.value.filter(wanted);
            }
          } catch (error) {
            throw failureOf('The list of accounts broke off', error);
          }
        },
      },
    };
  } catch (error) {
    if (config.discovery === 'organizations' || !isRefusal(error)) {
      throw failureOf('Cannot list the accounts of the organization', error);
    }
    const own = { id: identity.accountId, name: identity.accountId };
    return {
      listing: only([configured(own, identity)]),
      warning:
        `Only the caller's own account ${identity.accountId} is read: the organization cannot be listed ` +
        `(organizations:ListAccounts answered ${codeOf(error)}). Run in the management account or a delegated ` +
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

function configured({ id, name }: ConfiguredAccount, { partition }: Identity): Account {
  return { id: id as AccountId, name: name ?? id, partition, state: null, managementAccount: false };
}

function waysOf(
  clients: Clients,
  config: CollectorConfig,
  identity: Identity,
  features: Promise<Sighting<readonly string[]>>,
): (account: Account) => Promise<Ways> {
  const paced = pThrottle(STS_PACE)(async <T>(call: () => Promise<T>): Promise<T> => call());
  const configuredAccounts = new Map(config.accounts.map((one) => [one.id, one]));

  const asRoot = (account: Account) => async () => {
    const { Credentials } = await paced(() =>
      clients.sts.send(
        new AssumeRootCommand({
          TargetPrincipal: account.id,
          TaskPolicyArn: { arn: `arn:${account.partition}:iam::aws:${AUDIT_POLICY}` },
          DurationSeconds: ROOT_SESSION_SECONDS,
        }),
      ),
    );
    return clients.iamAs(credentialsOf(Credentials));
  };

  const asRole = (account: Account): Ways['asRole'] => {
    const own = configuredAccounts.get(account.id);
    if (account.id === identity.accountId && !own?.roleArn) {
      return { call: 'iam:GetAccountSummary', open: async () => clients.iam };
    }
    const roleArn = own?.roleArn ?? `arn:${account.partition}:iam::${account.id}:role/${config.memberRole}`;
    const externalId = own?.externalId ?? config.externalId;
    return {
      call: 'sts:AssumeRole',
      open: async () => {
        const { credentials, arn } = await paced(() => assumeRole(clients.sts, { roleArn, externalId }));
        if (arn.split(':')[4] !== account.id) {
          throw Object.assign(new Error(`asked for a role in ${account.id}, got ${arn}`), {
            name: 'WrongAccount',
          });
        }
        return clients.iamAs(credentials);
      },
    };
  };

  return async (account) => {
    const enabled = told(await features);
    // Nobody can take on root of the management account, nor of an account outside the organization.
    const hasRootSessions =
      config.rootSessions === 'auto' &&
      !account.managementAccount &&
      account.state !== null &&
      (enabled === undefined || enabled.includes('RootCredentialsManagement'));
    return { asRoot: hasRootSessions ? asRoot(account) : undefined, asRole: asRole(account) };
  };
}

async function askTwiceOnConflict(examine: () => Promise<Evidence>): Promise<Evidence> {
  const evidence = await examine();
  // Two answers a moment apart may straddle a change; a second look settles that, or proves the conflict.
  return judge(evidence).confidence === 'conflict' ? examine() : evidence;
}

function readingOf(account: Account, evidence: Evidence, checkedAt: Date): Reading {
  return { account, verdict: judge(evidence), errors: errorsIn(evidence), checkedAt };
}
