/**
 * Service control policies in the shapes that AWS, Control Tower and landing zones publish, written for these tests.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html
 * https://github.com/aws-samples/service-control-policy-examples
 * https://docs.aws.amazon.com/controltower/latest/controlreference/strongly-recommended-preventive-controls.html
 */

interface StatementSetup {
  readonly Sid?: string;
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [unknownElement: string]: unknown;
}

/** Returns the text of a policy; a statement denies every resource unless it says otherwise. */
export function policyOf(...statements: readonly StatementSetup[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ NotResource, ...statement }) => ({
      Effect: 'Deny',
      ...(NotResource ? { NotResource } : { Resource: '*' }),
      ...statement,
    })),
  });
}

const ROOT = 'arn:aws:iam::*:root';
const isRoot = { ArnLike: { 'aws:PrincipalArn': ROOT } };

export const FULL_ACCESS = policyOf({ Effect: 'Allow', Action: '*' });

/** The plain "deny root" of the AWS documentation, as most landing zones have it. */
export const DENY_ROOT = policyOf({
  Sid: 'DenyRoot',
  Action: '*',
  Condition: { StringLike: { 'aws:PrincipalArn': [ROOT] } },
});

/** The same, but not for sessions of centralized root access. */
export const DENY_ROOT_BUT_SESSIONS = policyOf({
  Action: '*',
  Condition: { ...isRoot, Null: { 'aws:AssumedRoot': 'true' } },
});

/** Control Tower's AWS-GR_RESTRICT_ROOT_USER without its parameter, packed with another control. */
export const CONTROL_TOWER_RESTRICT_ROOT = policyOf(
  {
    Sid: 'GRCLOUDTRAILENABLED',
    Action: ['cloudtrail:DeleteTrail', 'cloudtrail:StopLogging'],
    Resource: 'arn:*:cloudtrail:*:*:trail/aws-controltower-*',
    Condition: { ArnNotLike: { 'aws:PrincipalARN': 'arn:*:iam::*:role/AWSControlTowerExecution' } },
  },
  {
    Sid: 'GRRESTRICTROOTUSER',
    Action: '*',
    Condition: { ArnLike: { 'aws:PrincipalArn': ['arn:*:iam::*:root'] } },
  },
);

/** Control Tower's AWS-GR_RESTRICT_ROOT_USER with ExemptAssumeRoot. */
export const CONTROL_TOWER_EXEMPT_ASSUME_ROOT = policyOf({
  Sid: 'GRRESTRICTROOTUSER',
  Action: '*',
  Condition: {
    ArnLike: { 'aws:PrincipalArn': ['arn:*:iam::*:root'] },
    Null: { 'aws:AssumedRoot': 'true' },
  },
});

/** Control Tower's AWS-GR_RESTRICT_ROOT_USER_ACCESS_KEYS. */
export const CONTROL_TOWER_ROOT_ACCESS_KEYS = policyOf({
  Sid: 'GRRESTRICTROOTUSERACCESSKEYS',
  Action: 'iam:CreateAccessKey',
  Condition: { ArnLike: { 'aws:PrincipalArn': ['arn:*:iam::*:root'] } },
});

/** Control Tower's Region deny: all but global services, outside of some regions, but for its own role. */
export const CONTROL_TOWER_REGION_DENY = policyOf({
  Sid: 'CTMULTISERVICEPV1',
  NotAction: ['iam:*', 'organizations:*', 'sts:*', 'support:*', 'route53:*', 's3:ListAllMyBuckets'],
  Condition: {
    StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] },
    ArnNotLike: { 'aws:PrincipalARN': ['arn:*:iam::*:role/AWSControlTowerExecution'] },
  },
});

/** A landing zone's deny of direct requests by root, which leaves AWS services alone that act for it. */
export const DENY_ROOT_DIRECT = policyOf({
  Sid: 'DenyRootUser',
  Action: '*',
  Condition: {
    StringLike: { 'aws:PrincipalArn': [ROOT] },
    Bool: { 'aws:ViaAWSService': 'false' },
  },
});

/** Landing Zone Accelerator: root by ARN, in the partition of the installation, beside protected roles. */
export const ACCELERATOR_GUARDRAILS = policyOf(
  {
    Sid: 'GRIAMR',
    Action: ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:PassRole'],
    Resource: ['arn:aws:iam::*:role/AWSAccelerator*', 'arn:aws:iam::*:role/*AWSControlTower*'],
    Condition: {
      ArnNotLike: {
        'aws:PrincipalARN': ['arn:aws:iam::*:role/AWSAccelerator*', 'arn:aws:iam::*:role/cdk-accel*'],
      },
    },
  },
  {
    Sid: 'GRRU',
    Action: '*',
    Condition: { StringLike: { 'aws:PrincipalArn': ROOT } },
  },
);

/** AWS's sample: root may repair bucket policies and nothing else. */
export const DENY_ROOT_BUT_BUCKET_POLICIES = policyOf({
  NotAction: ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
  Condition: isRoot,
});

/** Root may care for its own MFA and nothing else. */
export const DENY_ROOT_BUT_MFA = policyOf({
  NotAction: [
    'iam:CreateVirtualMFADevice',
    'iam:DeleteVirtualMFADevice',
    'iam:EnableMFADevice',
    'iam:DeactivateMFADevice',
    'iam:ResyncMFADevice',
    'iam:ListMFADevices',
    'iam:ListVirtualMFADevices',
    'iam:GetAccountSummary',
    'organizations:DescribeOrganization',
  ],
  Condition: isRoot,
});

/** Root can register MFA, but no one can remove it. */
export const KEEP_MFA = policyOf({
  Sid: 'KeepMfa',
  Action: ['iam:DeactivateMFADevice', 'iam:DeleteVirtualMFADevice'],
});

/** No one can change MFA devices without having signed in with one. */
export const MFA_CHANGES_NEED_MFA = policyOf({
  Sid: 'NeedMfa',
  Action: ['iam:EnableMFADevice', 'iam:DeactivateMFADevice'],
  Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
});

/** A policy of one service, with its key: root may use only certified keys. */
export const CERTIFIED_KEYS_ONLY = policyOf({
  Action: 'iam:EnableMFADevice',
  Condition: { ...isRoot, StringNotEqualsIfExists: { 'iam:FIDO-certification': 'L2' } },
});

/** IAM is left to the platform team's role: a reader role is refused too. */
export const IAM_FOR_PLATFORM_ONLY = policyOf({
  Sid: 'DenyIam',
  Action: 'iam:*',
  Condition: {
    ArnNotLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/Platform*', ROOT] },
  },
});

/** A quarantine for accounts that are being closed: nothing works for anyone. */
export const QUARANTINE = policyOf({ Sid: 'Quarantine', Action: '*' });

/** A quarantine with an exempt role. */
export const QUARANTINE_BUT_ONE_ROLE = policyOf({
  Action: '*',
  Condition: { StringNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/IncidentResponse' } },
});

/** The AWS sample that denies one service to root. */
export const DENY_ROOT_EC2 = policyOf({ Sid: 'RestrictEC2ForRoot', Action: ['ec2:*'], Condition: isRoot });

/** An allow list instead of FullAWSAccess: some services, IAM not among them. */
export const ALLOW_SOME_SERVICES = policyOf({
  Effect: 'Allow',
  Action: ['ec2:*', 's3:*', 'cloudwatch:*'],
});

/** An allow list for everyone but root. */
export const ALLOW_ALL_BUT_ROOT = policyOf({
  Effect: 'Allow',
  Action: '*',
  Condition: { ArnNotLike: { 'aws:PrincipalArn': ROOT } },
});

/** A frequent mistake: the principal type of root is `Account`, so this denies nothing. */
export const DENY_PRINCIPAL_TYPE_ROOT = policyOf({
  Action: '*',
  Condition: { StringEquals: { 'aws:PrincipalType': 'Root' } },
});

/** The same by account id, with a policy variable. */
export const DENY_ROOT_BY_VARIABLE = policyOf({
  Action: '*',
  Condition: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:PrincipalAccount}:root' },
    StringNotEquals: { 'aws:PrincipalAccount': ['999988887777'] },
  },
});

/** Deny root, from outside of the company's network. */
export const DENY_ROOT_FROM_OUTSIDE = policyOf({
  Sid: 'FromOutside',
  Action: '*',
  Condition: { ...isRoot, NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
});
