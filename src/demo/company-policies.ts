import type { ServiceControlPolicySetup } from '@root-mfa-bot/aws-simulator';

const ROOT = 'arn:*:iam::*:root';

/** Names of the policies that single accounts of the demo have. */
export const NO_ROOT_SESSIONS = 'no-root-sessions';
export const ROOT_SESSIONS_READ_NOTHING = 'root-sessions-read-nothing';
export const DENY_ROOT = 'deny-root';
export const KEEP_MFA = 'keep-mfa';
export const CONTROL_TOWER = 'aws-guardrails-SaNdBx';

/** The service control policies of the demo's organization, one for each way in which they bear on root. */
export const COMPANY_POLICIES: readonly ServiceControlPolicySetup[] = [
  {
    name: 'baseline',
    targets: ['/'],
    content: policy({
      Sid: 'StayInTheOrganization',
      Effect: 'Deny',
      Action: ['organizations:LeaveOrganization', 'account:CloseAccount'],
      Resource: '*',
    }),
  },
  {
    name: 'regions',
    targets: ['/Production', '/Data'],
    content: policy({
      Sid: 'EuropeOnly',
      Effect: 'Deny',
      NotAction: ['iam:*', 'organizations:*', 'sts:*', 'support:*', 'account:*'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } },
    }),
  },
  {
    name: NO_ROOT_SESSIONS,
    content: policy({
      Sid: 'NoRootSessions',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': ROOT }, Null: { 'aws:AssumedRoot': 'false' } },
    }),
  },
  {
    name: ROOT_SESSIONS_READ_NOTHING,
    content: policy({
      Effect: 'Deny',
      Action: 'iam:*',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': ROOT }, Bool: { 'aws:AssumedRoot': 'true' } },
    }),
  },
  {
    name: DENY_ROOT,
    content: policy({
      Sid: 'DenyRoot',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': ROOT }, Null: { 'aws:AssumedRoot': 'true' } },
    }),
  },
  {
    name: KEEP_MFA,
    content: policy({
      Sid: 'KeepMfa',
      Effect: 'Deny',
      Action: ['iam:DeactivateMFADevice', 'iam:DeleteVirtualMFADevice'],
      Resource: '*',
    }),
  },
  {
    name: CONTROL_TOWER,
    targets: ['/Sandbox/Experiments'],
    content: policy({
      Sid: 'GRRESTRICTROOTUSER',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': ROOT } },
    }),
  },
];

function policy(
  ...Statement: ServiceControlPolicySetup['content']['Statement']
): ServiceControlPolicySetup['content'] {
  return { Version: '2012-10-17', Statement };
}
