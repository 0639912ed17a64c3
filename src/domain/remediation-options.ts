import { AWS_DOCS, type DocPage } from './aws-docs.ts';
import { UNKNOWN_REASONS, type UnknownReason } from './unknown-reason.ts';

/** One way to fix an account, step by step. */
export interface RemediationOption {
  readonly kind:
    | 'remove-credentials'
    | 'security-key'
    | 'hardware-token'
    | 'authenticator-app'
    | 'remove-app'
    | 'say-what-the-key-is'
    | 'delete-root-key'
    | 'let-the-bot-look';
  readonly title: string;
  /** The first option of a list, and only that one. */
  readonly recommended: boolean;
  readonly actor: 'owner' | 'admin';
  /** Who that is, in words. */
  readonly actorText: string;
  /** Whether it begins with a sign-in as root: then one needs the root email address and its password or mailbox. */
  readonly signsInAsRoot: boolean;
  /** Roughly, with everything at hand. */
  readonly minutes: number;
  readonly steps: readonly string[];
  /** The same from a shell, where that is possible. */
  readonly commands?: readonly string[];
  readonly pages: readonly DocPage[];
}

/** An option before it is known which one to recommend. */
export type RemediationOptionDraft = Omit<RemediationOption, 'recommended'>;

const AS_ROOT_HOLDER = {
  actor: 'owner',
  actorText: 'The person who has the root password: usually the owner, with access to the root mailbox.',
  signsInAsRoot: true,
} as const;

const AS_ORG_ADMIN = {
  actor: 'admin',
  actorText:
    'An admin with permission to call sts:AssumeRoot from the management account or the delegated administrator account for IAM.',
  signsInAsRoot: false,
} as const;

const SIGN_IN =
  'Open the AWS console and sign in as root: choose “Sign in using root user email”, then enter the account’s root email address and password.';
const DELETE_CREDENTIAL_TOO = {
  'an access key':
    'On the same page, under “Access keys”, delete the root access key: it works without MFA. First find out what uses it and give that a role instead.',
  'a signing certificate':
    'On the same page, delete the root signing certificate: it works without MFA. First find out what uses it and give that a role instead.',
} as const satisfies Record<RemainingRootCredential, string>;
/** Only tokens whose seed the maker shared with AWS: https://aws.amazon.com/iam/features/mfa/ */
const BUY_A_TOKEN =
  'Get a token that is sold for AWS: AWS only knows the seeds of those. No other TOTP token works. The link to “MFA devices that AWS accepts” is below.';
const OPEN_MFA_DEVICES =
  'Choose the account name at the top right, then “Security credentials”. Go to “Multi-factor authentication (MFA)”.';
const REMOVE_THE_APP =
  'In the same list, select the authenticator app and choose “Remove”. While it is registered, the account does not have hardware MFA.';
const REMOVE_THE_PASSKEY =
  'In the same list, select the old passkey and choose “Remove”. Then confirm the new key type here.';
const REGISTER_SECOND =
  'Register a second device in the same way and keep it in another safe place, so that losing one does not lock you out. Root can have eight devices.';
const CHECK_AGAIN = 'Check the account again here: the change shows immediately or within a few minutes.';

/** The device to remove once hardware MFA is registered. */
export type DeviceToRemove = 'app' | 'passkey' | undefined;

/** A root credential that works without MFA. */
export type RemainingRootCredential = 'an access key' | 'a signing certificate';

/** Returns the option with a step that deletes a root key or certificate; without a root sign-in it stays as it is. */
export function deletingCredential(
  option: RemediationOptionDraft,
  credential: RemainingRootCredential | undefined,
): RemediationOptionDraft {
  if (!credential || !option.signsInAsRoot || option.kind === 'delete-root-key') return option;
  return {
    ...option,
    steps: option.steps.flatMap((step) =>
      step === CHECK_AGAIN ? [DELETE_CREDENTIAL_TOO[credential], step] : [step],
    ),
    pages: [...option.pages, AWS_DOCS.deleteRootKey],
  };
}

const REMOVAL_STEPS = { app: [REMOVE_THE_APP], passkey: [REMOVE_THE_PASSKEY] } as const;

/**
 * Removes all root credentials. `enabled`: root credentials are already managed centrally.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */
export function removeCredentials({
  accountId,
  enabled,
  keyInUse,
}: {
  readonly accountId: string;
  readonly enabled: boolean;
  readonly keyInUse: boolean;
}): RemediationOptionDraft {
  return {
    kind: 'remove-credentials',
    title: 'Remove the root credentials centrally',
    ...AS_ORG_ADMIN,
    minutes: enabled ? 5 : 20,
    steps: [
      ...(keyInUse
        ? [
            'Find out what uses the root access key (the credential report shows its last use) and give it a role instead. This option deletes the key, too: what still uses it stops working.',
          ]
        : []),
      ...(enabled
        ? []
        : [
            'Once for the company: in the management account, open IAM, “Root access management”, and enable “Root credentials management”. This alone removes nothing.',
          ]),
      'Sign in to the management account, or the delegated administrator account for IAM, with a role that can call sts:AssumeRoot. The root user itself cannot.',
      'In IAM, open “Root access management”, select this account, and choose “Take privileged action”.',
      'Choose “Delete root credentials” and confirm. This deletes the password, access keys and certificates, and deactivates MFA.',
      CHECK_AGAIN,
    ],
    commands: removalCommands(accountId),
    pages: [AWS_DOCS.privilegedTask, ...(enabled ? [] : [AWS_DOCS.centralRootAccess])],
  };
}

/** Password first and MFA last: root is never left with a password but no MFA. */
function removalCommands(accountId: string): string[] {
  return [
    `aws sts assume-root --region us-east-1 --target-principal ${accountId} --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials`,
    '# Then with the credentials that it returns, valid for 15 minutes:',
    'aws iam delete-login-profile',
    'aws iam list-access-keys',
    'aws iam delete-access-key --access-key-id ID',
    'aws iam list-signing-certificates',
    'aws iam delete-signing-certificate --certificate-id ID',
    'aws iam list-mfa-devices',
    'aws iam deactivate-mfa-device --serial-number SERIAL',
  ];
}

/** Registers a security key. https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-fido-mfa-for-root.html */
export function enrolSecurityKey(deviceToRemove: DeviceToRemove): RemediationOptionDraft {
  return {
    kind: 'security-key',
    title:
      deviceToRemove === 'app' ? 'Register a security key, then remove the app' : 'Register a security key',
    ...AS_ROOT_HOLDER,
    minutes: deviceToRemove ? 15 : 10,
    steps: [
      SIGN_IN,
      OPEN_MFA_DEVICES,
      'Choose “Assign MFA device”, enter a device name, choose “Passkey or security key”, then “Next”.',
      'When the browser asks where to save it, choose the security key, not this computer, a phone or a password manager. Touch the key.',
      REGISTER_SECOND,
      ...(deviceToRemove ? REMOVAL_STEPS[deviceToRemove] : []),
      CHECK_AGAIN,
    ],
    pages: [
      AWS_DOCS.securityKey,
      AWS_DOCS.acceptedDevices,
      ...(deviceToRemove ? [AWS_DOCS.removeDevice] : []),
    ],
  };
}

/** Registers a hardware token with a display. https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-hw-mfa-for-root.html */
export function enrolHardwareToken(deviceToRemove: DeviceToRemove): RemediationOptionDraft {
  return {
    kind: 'hardware-token',
    title:
      deviceToRemove === 'app'
        ? 'Register a hardware token, then remove the app'
        : 'Register a hardware token',
    ...AS_ROOT_HOLDER,
    minutes: deviceToRemove ? 15 : 10,
    steps: [
      BUY_A_TOKEN,
      SIGN_IN,
      OPEN_MFA_DEVICES,
      'Choose “Assign MFA device”, enter a device name, choose “Hardware TOTP token”, then “Next”.',
      'Enter the serial number from the back of the token, its current code and, after 30 seconds, the next code.',
      'Choose “Add MFA” immediately: if you wait, the token is out of sync and must be resynchronized.',
      REGISTER_SECOND,
      ...(deviceToRemove ? REMOVAL_STEPS[deviceToRemove] : []),
      CHECK_AGAIN,
    ],
    pages: [
      AWS_DOCS.hardwareToken,
      AWS_DOCS.acceptedDevices,
      ...(deviceToRemove ? [AWS_DOCS.removeDevice] : []),
    ],
  };
}

/** Registers an authenticator app. https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-virt-mfa-for-root.html */
export function enrolApp({ enough }: { readonly enough: boolean }): RemediationOptionDraft {
  return {
    kind: 'authenticator-app',
    title: enough
      ? 'Register an authenticator app'
      : 'Register an authenticator app until your hardware key arrives',
    ...AS_ROOT_HOLDER,
    minutes: 5,
    steps: [
      SIGN_IN,
      OPEN_MFA_DEVICES,
      'Choose “Assign MFA device”, enter a device name, choose “Authenticator app”, then “Next”.',
      'Scan the QR code with the app, enter two consecutive codes, and choose “Add MFA” immediately.',
      REGISTER_SECOND,
      ...(enough ? [] : ['Request a hardware key now. Once it is registered, remove the app.']),
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.authenticatorApp],
  };
}

/** Removes the app next to hardware MFA. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_disable.html */
export function removeApp(): RemediationOptionDraft {
  return {
    kind: 'remove-app',
    title: 'Remove the authenticator app',
    ...AS_ROOT_HOLDER,
    minutes: 5,
    steps: [
      `${SIGN_IN} Use the hardware device, to make sure that it works.`,
      OPEN_MFA_DEVICES,
      'Select each authenticator app in the list (its type is “Virtual”) and choose “Remove”. Deleting it from the phone is not enough.',
      'If only one hardware device is left, register a second one and keep it in another safe place.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.removeDevice, AWS_DOCS.bestPractices],
  };
}

/** The owner confirms the key type, which AWS does not show. */
export function attestKeyKind(): RemediationOptionDraft {
  return {
    kind: 'say-what-the-key-is',
    title: 'Confirm the key type',
    actor: 'owner',
    actorText: 'The owner of the account.',
    signsInAsRoot: false,
    minutes: 2,
    steps: [
      'Think of how you sign in as root: do you touch a separate key, or confirm on a phone, on a computer or in a password manager?',
      'Press “Confirm the key type” here. For a hardware key, enter its make and model. Your answer is valid for a year.',
      'If it is not a separate key, it can be copied: register a security key and remove the passkey.',
    ],
    pages: [AWS_DOCS.rootMfa],
  };
}

/** The owner signs in and deletes the key. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html */
export function deleteRootKey(): RemediationOptionDraft {
  return {
    kind: 'delete-root-key',
    title: 'Delete root’s access keys and certificates',
    ...AS_ROOT_HOLDER,
    minutes: 15,
    steps: [
      'Find out what uses the key (the credential report shows its last use) and give it a role instead.',
      SIGN_IN,
      'Choose the account name at the top right, then “Security credentials”.',
      'Under “Access keys”, select the key, choose “Actions”, “Delete”, deactivate it, and confirm with its ID. An inactive key still counts.',
      'Delete any signing certificates in the same place.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.deleteRootKey],
  };
}

/** Root has no password and is not managed centrally: the key deletes itself. */
export function deleteRootKeyByItself(): RemediationOptionDraft {
  return {
    ...deleteRootKey(),
    actorText: 'The person who has the secret of the key, or access to the root mailbox.',
    signsInAsRoot: true,
    steps: [
      'Find out what uses the key and give it a role instead.',
      'With the key itself, run aws iam delete-access-key --access-key-id and the key ID; for a certificate, aws iam delete-signing-certificate.',
      'Without its secret, set a root password through “Forgot your password?”, sign in as root, register MFA first, then delete the key.',
      CHECK_AGAIN,
    ],
  };
}

/** Deletes the only credential a GovCloud root user can have. https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-account-root-user.html */
export function deleteGovCloudRootKey(): RemediationOptionDraft {
  return {
    ...deleteRootKey(),
    title: 'Delete root’s access keys',
    actorText: 'The person who has the secret of the key.',
    signsInAsRoot: false,
    steps: [
      'Find out what uses the key and give it a role instead.',
      'With the key itself, in a GovCloud Region, run aws iam delete-access-key --access-key-id and the key ID.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.govCloudRoot],
  };
}

/** Gives the bot the access it needs to judge the account. */
export function grantBotAccess(reason: UnknownReason, policyCure: string | null): RemediationOptionDraft {
  const { who, todo: general } = UNKNOWN_REASONS[reason];
  const todo = policyCure === null ? general : [policyCure];
  return {
    kind: 'let-the-bot-look',
    title: who === 'admin' ? 'Give the bot access' : 'Check again',
    actor: who === 'admin' ? 'admin' : 'owner',
    actorText:
      who === 'admin'
        ? 'An admin of the AWS organization, or of the account.'
        : 'Anyone who can check the account here.',
    signsInAsRoot: false,
    minutes: who === 'admin' ? 15 : 5,
    steps: who === 'admin' ? [...todo, CHECK_AGAIN] : todo,
    pages: who === 'admin' && reason !== 'other' ? [AWS_DOCS.centralRootAccess] : [],
  };
}
