import { ListOrganizationsFeaturesCommand } from '@aws-sdk/client-iam';
import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  type Account as ListedAccount,
} from '@aws-sdk/client-organizations';
import { type Account, accountId } from '../domain/account.ts';
import { failedResult, okResult, type SourceResult } from '../domain/evidence.ts';
import { callError } from './call-error.ts';
import type { AwsClients } from './clients.ts';
import { partitionOf } from './identity.ts';

/** Yields pages of accounts as AWS lists them, 20 at a time. A page can be empty although more follow. */
export async function* listAccounts(
  { organizations }: AwsClients,
  managementAccount: Promise<string | undefined>,
): AsyncGenerator<readonly Account[]> {
  let NextToken: string | undefined;
  do {
    const page = await organizations.send(new ListAccountsCommand(NextToken ? { NextToken } : {}));
    const management = await managementAccount;
    yield (page.Accounts ?? []).map((listed) => toAccount(listed, management));
    NextToken = page.NextToken;
  } while (NextToken);
}

/** Returns the id of the management account, or undefined where AWS does not report it. */
export async function readManagementAccountId({ organizations }: AwsClients): Promise<string | undefined> {
  try {
    const { Organization } = await organizations.send(new DescribeOrganizationCommand({}));
    return Organization?.MasterAccountId;
  } catch {
    // Not lost: every listed account's ARN names its management account too.
    return undefined;
  }
}

/** Returns which features of centralized root access are on, or why they could not be read. */
export async function readFeatures(
  { iam }: AwsClients,
  signal?: AbortSignal,
): Promise<SourceResult<readonly string[]>> {
  try {
    const { EnabledFeatures = [] } = await iam.send(
      new ListOrganizationsFeaturesCommand({}),
      signal ? { abortSignal: signal } : {},
    );
    return okResult(EnabledFeatures);
  } catch (error) {
    return failedResult(callError('iam:ListOrganizationsFeatures', signal?.aborted ? signal.reason : error));
  }
}

function toAccount(listed: ListedAccount, management: string | undefined): Account {
  const { Id = '', Arn = '', Name, Email } = listed;
  // arn:aws:organizations::MANAGEMENT:account/o-id/ACCOUNT
  const managementAccountId = management ?? Arn.split(':')[4];
  return {
    id: accountId(Id),
    name: Name || Id,
    partition: partitionOf(Arn),
    // `Status` is retired since 9 September 2026; old answers carry nothing else.
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html
    state: listed.State ?? listed.Status ?? 'UNKNOWN',
    managementAccount: Id === managementAccountId,
    ...(Email && { rootEmail: Email }),
  };
}
