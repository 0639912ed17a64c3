import { AWS_DOCS, type DocPage } from './aws-docs.ts';
import { UNKNOWN_REASONS, type UnknownReason } from './unknown-reason.ts';

/** One way out of a situation, step by step. */
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
  /** The way we would go; the first of a list, and the only one. */
  readonly recommended: boolean;
  readonly actor: 'owner' | 'admin';
  /** Who that is, in words. */
  readonly actorText: string;
  /** Roughly, with everything at hand. */
  readonly minutes: number;
  readonly steps: readonly string[];
  readonly pages: readonly DocPage[];
}

/** A way before anybody knows whether it is the one to recommend. */
export type RemediationOptionDraft = Omit<RemediationOption, 'recommended'>;

const AS_ROOT_HOLDER = {
  actor: 'owner',
  actorText: 'Whoever holds the password of root: usually the owner, with access to the root mailbox.',
} as const;

const AS_ORG_ADMIN = {
  actor: 'admin',
  actorText:
    'An admin who may call sts:AssumeRoot from the management account or the delegated administrator account for IAM.',
} as const;

const SIGN_IN =
  'Open the AWS console and sign in as root: choose “Sign in using root user email”, then enter the account’s root e-mail address and password.';
const OPEN_MFA_DEVICES =
  'Choose the account name at the top right, then “Security credentials”. Go to “Multi-factor authentication (MFA)”.';
const REMOVE_THE_APP =
  'In the same list select the authenticator app and choose “Remove”. As long as it is there, Level 2 is not met.';
const REMOVE_THE_PASSKEY =
  'In the same list select the old passkey and choose “Remove”, then say here what the new key is.';
const REGISTER_SECOND =
  'Register a second one in the same way and keep it in another safe place, so that a lost one does not lock you out. Root may have eight devices.';
const CHECK_AGAIN = 'Have the account checked again here: the change shows at once, or after a few minutes.';

/** What has to go once hardware is there. */
export type DeviceToRemove = 'app' | 'passkey' | undefined;

const REMOVAL_STEPS = { app: [REMOVE_THE_APP], passkey: [REMOVE_THE_PASSKEY] } as const;

/**
 * Root loses everything it could sign in with. `enabled`: root credentials are managed centrally already.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */
export function removeCredentials({
  enabled,
  keyInUse,
}: {
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
            'Find out what uses the root access key (the credential report says when it was last used) and give it a role instead: the key goes too.',
          ]
        : []),
      ...(enabled
        ? []
        : [
            'Once for the company: in the management account open IAM, “Root access management”, and enable “Root credentials management”. By itself this removes nothing.',
          ]),
      'Sign in to the management account, or the delegated administrator account for IAM, with a role that may call sts:AssumeRoot. Root itself may not.',
      'In IAM open “Root access management”, select this account, and choose “Take privileged action”.',
      'Choose “Delete root credentials” and confirm. Password, access keys and certificates go, and MFA is deactivated.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.privilegedTask, ...(enabled ? [] : [AWS_DOCS.centralRootAccess])],
  };
}

/** A key that is touched to sign in. https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-fido-mfa-for-root.html */
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
      'When the browser asks where to save it, choose the security key: not this computer, not a phone, not a password manager. Touch the key.',
      REGISTER_SECOND,
      ...(deviceToRemove ? REMOVAL_STEPS[deviceToRemove] : []),
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.securityKey, ...(deviceToRemove ? [AWS_DOCS.removeDevice] : [])],
  };
}

/** A fob with a display. https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-hw-mfa-for-root.html */
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
      SIGN_IN,
      OPEN_MFA_DEVICES,
      'Choose “Assign MFA device”, enter a device name, choose “Hardware TOTP token”, then “Next”.',
      'Type the serial number from the back of the token, its current code, and after 30 seconds the next one.',
      'Choose “Add MFA” at once: if you wait, the token is registered out of step and must be resynchronized.',
      REGISTER_SECOND,
      ...(deviceToRemove ? REMOVAL_STEPS[deviceToRemove] : []),
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.hardwareToken, ...(deviceToRemove ? [AWS_DOCS.removeDevice] : [])],
  };
}

/** Level 1 in five minutes. https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-virt-mfa-for-root.html */
export function enrolApp({ enough }: { readonly enough: boolean }): RemediationOptionDraft {
  return {
    kind: 'authenticator-app',
    title: enough ? 'Register an authenticator app' : 'An authenticator app today, until hardware comes',
    ...AS_ROOT_HOLDER,
    minutes: 5,
    steps: [
      SIGN_IN,
      OPEN_MFA_DEVICES,
      'Choose “Assign MFA device”, enter a device name, choose “Authenticator app”, then “Next”.',
      'Scan the QR code with the app, type two codes in a row, and choose “Add MFA” at once.',
      ...(enough ? [] : ['Ask for a hardware key now. Once it is registered the app must be removed again.']),
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.authenticatorApp],
  };
}

/** Hardware is there already. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_disable.html */
export function removeApp(): RemediationOptionDraft {
  return {
    kind: 'remove-app',
    title: 'Remove the authenticator app',
    ...AS_ROOT_HOLDER,
    minutes: 5,
    steps: [
      `${SIGN_IN} Use the hardware, to be sure that it works.`,
      OPEN_MFA_DEVICES,
      'Select each authenticator app in the list (its type is “Virtual”) and choose “Remove”. Deleting it from the phone is not enough.',
      'If only one hardware device is left, register a second one and keep it in another safe place.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.removeDevice, AWS_DOCS.bestPractices],
  };
}

/** AWS does not tell a key from a passkey, so the owner does. */
export function attestKeyKind(): RemediationOptionDraft {
  return {
    kind: 'say-what-the-key-is',
    title: 'Say what the key is',
    actor: 'owner',
    actorText: 'The owner of the account.',
    minutes: 2,
    steps: [
      'Think of how you sign in as root: do you touch a key that is a thing of its own, or confirm on a phone, a computer or in a password manager?',
      'Say it here. Of a key we ask make and model; the answer holds for a year.',
      'If it is not a thing of its own it can be copied: register a security key and remove the passkey.',
    ],
    pages: [AWS_DOCS.rootMfa],
  };
}

/** Root has a password: its owner deletes the key. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html */
export function deleteRootKey(): RemediationOptionDraft {
  return {
    kind: 'delete-root-key',
    title: 'Delete root’s access keys and certificates',
    ...AS_ROOT_HOLDER,
    minutes: 15,
    steps: [
      'Find out what uses the key (the credential report says when it was last used) and give it a role instead.',
      SIGN_IN,
      'Choose the account name at the top right, then “Security credentials”.',
      'Under “Access keys” select the key, choose “Actions”, “Delete”, deactivate it, and confirm with its id. An inactive key still counts.',
      'Delete signing certificates in the same place, if there are any.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.deleteRootKey],
  };
}

/** Root has no password and nobody manages it centrally: the key deletes itself. */
export function deleteRootKeyByItself(): RemediationOptionDraft {
  return {
    ...deleteRootKey(),
    actorText: 'Whoever holds the secret of the key, or can read the root mailbox.',
    steps: [
      'Find out what uses the key and give it a role instead.',
      'With the key itself: aws iam delete-access-key --access-key-id and its id; for a certificate aws iam delete-signing-certificate.',
      'Without its secret: set a root password through “Forgot password”, sign in as root, register MFA first, then delete the key.',
      CHECK_AGAIN,
    ],
  };
}

/** GovCloud’s root has keys at most. https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-account-root-user.html */
export function deleteGovCloudRootKey(): RemediationOptionDraft {
  return {
    ...deleteRootKey(),
    title: 'Delete root’s access keys',
    actorText: 'Whoever holds the secret of the key.',
    steps: [
      'Find out what uses the key and give it a role instead.',
      'With the key itself, in a GovCloud Region: aws iam delete-access-key --access-key-id and its id.',
      CHECK_AGAIN,
    ],
    pages: [AWS_DOCS.govCloudRoot],
  };
}

/** Nothing can be said before the bot sees more. */
export function grantBotAccess(reason: UnknownReason, policyCure: string | null): RemediationOptionDraft {
  const { who, todo: general } = UNKNOWN_REASONS[reason];
  const todo = policyCure === null ? general : [policyCure];
  return {
    kind: 'let-the-bot-look',
    title: who === 'admin' ? 'Let the bot look' : 'Look again',
    actor: who === 'admin' ? 'admin' : 'owner',
    actorText:
      who === 'admin'
        ? 'An admin of the AWS organization, or of the account.'
        : 'Anybody who may check the account here.',
    minutes: who === 'admin' ? 15 : 5,
    steps: who === 'admin' ? [...todo, CHECK_AGAIN] : todo,
    pages: who === 'admin' && reason !== 'other' ? [AWS_DOCS.centralRootAccess] : [],
  };
}
