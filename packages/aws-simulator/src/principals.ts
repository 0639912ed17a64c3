import type { AccountId } from './account-id.ts';
import type { SimulatedOrganization } from './organization.ts';
import type { SessionCredentials, Sessions, Signer } from './sessions.ts';

/**
 * Those who come with credentials of their own: `management` (an IAM user there), `delegated` (a role in the
 * delegated administrator account), `member` (a role in an ordinary member account), `standalone` (a user of an
 * account in no organization), `powerless` (a user of the management account who may do nothing), `expired`
 * (a role there whose session is over).
 */
export type SimulatedPrincipal =
  | 'management'
  | 'delegated'
  | 'member'
  | 'standalone'
  | 'powerless'
  | 'expired';

/** Gives every caller that this organization can have their credentials. */
export function issuePrincipalCredentials(
  organization: SimulatedOrganization,
  sessions: Sessions,
  now: Date,
): ReadonlyMap<SimulatedPrincipal, SessionCredentials> {
  const { partition, managementAccountId, delegatedAccountId, standaloneAccountId, principalNames } =
    organization;
  const expiresInOneYear = new Date(now.getTime() + 365 * 24 * 60 * 60 * 1000);

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
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${principalNames.role}/session`,
    userId: `AROA${accountId}ROLE:session`,
    allows: 'everything',
  });
  const memberAccountId = organization.accountIds.find(
    (id) => id !== managementAccountId && id !== delegatedAccountId,
  );

  const credentials = new Map<SimulatedPrincipal, SessionCredentials>([
    ['management', sessions.issueLongTerm(user(managementAccountId, principalNames.user))],
    ['powerless', sessions.issueLongTerm(user(managementAccountId, 'intern', []))],
    ['expired', sessions.issueTemporary(role(managementAccountId), now, now)],
  ]);
  if (delegatedAccountId) {
    credentials.set('delegated', sessions.issueTemporary(role(delegatedAccountId), expiresInOneYear, now));
  }
  if (memberAccountId)
    credentials.set('member', sessions.issueTemporary(role(memberAccountId), expiresInOneYear, now));
  if (standaloneAccountId) {
    credentials.set('standalone', sessions.issueLongTerm(user(standaloneAccountId, principalNames.user)));
  }
  return credentials;
}
