import type { AccountId } from '../../../src/domain/account.ts';
import type { SimulatedOrganization } from './organization.ts';
import type { Credentials, Sessions, Signer } from './sessions.ts';

/**
 * Those who come with credentials of their own: `management` (an IAM user there), `delegated` (a role in the
 * delegated administrator account), `member` (a role in an ordinary member account), `standalone` (a user of an
 * account in no organization), `powerless` (a user of the management account who may do nothing), `expired`
 * (a role there whose session is over).
 */
export type Caller = 'management' | 'delegated' | 'member' | 'standalone' | 'powerless' | 'expired';

/** Gives every caller that this organization can have their credentials. */
export function issueCallers(
  organization: SimulatedOrganization,
  sessions: Sessions,
  now: Date,
): ReadonlyMap<Caller, Credentials> {
  const { partition, managementAccountId, delegatedAccountId, standaloneAccountId } = organization;
  const inAYear = new Date(now.getTime() + 365 * 24 * 60 * 60 * 1000);

  const user = (accountId: AccountId, name: string, allows: Signer['allows'] = 'everything'): Signer => ({
    accountId,
    signedBy: 'base',
    arn: `arn:${partition}:iam::${accountId}:user/${name}`,
    userId: `AIDA${accountId}USER`,
    allows,
  });
  const role = (accountId: AccountId): Signer => ({
    accountId,
    signedBy: 'base',
    arn: `arn:${partition}:sts::${accountId}:assumed-role/RootMfaBot/scan`,
    userId: `AROA${accountId}ROLE:scan`,
    allows: 'everything',
  });
  const ordinary = organization.accountIds.find(
    (id) => id !== managementAccountId && id !== delegatedAccountId,
  );

  const callers = new Map<Caller, Credentials>([
    ['management', sessions.issueLasting(user(managementAccountId, 'root-mfa-bot'))],
    ['powerless', sessions.issueLasting(user(managementAccountId, 'intern', []))],
    ['expired', sessions.issueTemporary(role(managementAccountId), now, now)],
  ]);
  if (delegatedAccountId) {
    callers.set('delegated', sessions.issueTemporary(role(delegatedAccountId), inAYear, now));
  }
  if (ordinary) callers.set('member', sessions.issueTemporary(role(ordinary), inAYear, now));
  if (standaloneAccountId) {
    callers.set('standalone', sessions.issueLasting(user(standaloneAccountId, 'root-mfa-bot')));
  }
  return callers;
}
