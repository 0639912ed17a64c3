import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type AccountId, accountId } from '../domain/account.ts';
import type { AwsClients } from './clients.ts';

/** Who we are to AWS. */
export interface CallerIdentity {
  readonly accountId: AccountId;
  readonly arn: string;
  readonly partition: string;
}

/** Who we are to AWS, or the SDK's error. */
export async function readCallerIdentity({ sts }: AwsClients): Promise<CallerIdentity> {
  const { Account, Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { accountId: accountId(Account ?? ''), arn: Arn, partition: partitionOf(Arn) };
}

/** The partition that an ARN names; `aws` for what is no ARN. */
export function partitionOf(arn: string): string {
  return /^arn:([^:]+):/.exec(arn)?.[1] ?? 'aws';
}
