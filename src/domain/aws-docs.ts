/** A documentation page. */
export interface DocPage {
  readonly title: string;
  readonly url: string;
}

const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

/** The AWS pages that our steps are based on. */
export const AWS_DOCS = {
  signInAsRoot: {
    title: 'Sign in as the root user',
    url: 'https://docs.aws.amazon.com/signin/latest/userguide/introduction-to-root-user-sign-in-tutorial.html',
  },
  rootMfa: { title: 'MFA for the root user', url: `${IAM}/enable-mfa-for-root.html` },
  securityKey: {
    title: 'Enable a passkey or security key for the root user',
    url: `${IAM}/enable-fido-mfa-for-root.html`,
  },
  hardwareToken: {
    title: 'Enable a hardware TOTP token for the root user',
    url: `${IAM}/enable-hw-mfa-for-root.html`,
  },
  authenticatorApp: {
    title: 'Enable a virtual MFA device for the root user',
    url: `${IAM}/enable-virt-mfa-for-root.html`,
  },
  acceptedDevices: { title: 'MFA devices that AWS accepts', url: 'https://aws.amazon.com/iam/features/mfa/' },
  removeDevice: { title: 'Deactivate an MFA device', url: `${IAM}/id_credentials_mfa_disable.html` },
  bestPractices: { title: 'Root user best practices', url: `${IAM}/root-user-best-practices.html` },
  centralRootAccess: {
    title: 'Centralize root access for member accounts',
    url: `${IAM}/id_root-enable-root-access.html`,
  },
  privilegedTask: {
    title: 'Perform a privileged task on a member account',
    url: `${IAM}/id_root-user-privileged-task.html`,
  },
  deleteRootKey: {
    title: 'Delete access keys for the root user',
    url: `${IAM}/id_root-user_manage_delete-key.html`,
  },
  govCloudRoot: {
    title: 'AWS GovCloud (US) account root user',
    url: 'https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-account-root-user.html',
  },
  chinaIam: {
    title: 'IAM in the China Regions',
    url: 'https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html',
  },
} as const satisfies Record<string, DocPage>;
