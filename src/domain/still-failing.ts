import { requirementResult } from './compliance.ts';
import type { Requirement } from './policy.ts';
import type { Mfa, Verdict } from './verdict.ts';

/** Why a check after a fix does not show the fix. */
export interface StillFailing {
  /** What AWS shows now. */
  readonly observed: string;
  /** Common causes, the most likely first. */
  readonly likelyCauses: readonly string[];
}

const WRONG_ACCOUNT =
  'You changed another account: compare the ID at the top right of the console with the one here.';
const WRONG_IAM_USER =
  'You registered the device for an IAM user of the account. It must be root: sign in with the root email address.';
const NOT_FINISHED = 'The last step is missing: the device counts once AWS confirms that it is assigned.';
const REGISTERED_AS_APP =
  'The hardware was registered as “Authenticator app”, as CIS 6.0.0 and 7.0.0 describe. AWS sees that as an app. Choose “Passkey or security key” or “Hardware TOTP token”.';
const PROGRAMMABLE_TOKEN =
  'It is a programmable token or the code slot of a security key: AWS counts those as an app.';
const WAIT_A_MINUTE = 'AWS needs a moment: check again in a few minutes.';

/**
 * Explains why a check shows no fix; undefined if it shows one.
 * IAM spreads changes with a delay: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
 */
export function explainStillFailing(
  before: Pick<Verdict, 'mfa'> | null,
  after: Verdict,
  required: Requirement,
  hardwareAttested = false,
): StillFailing | undefined {
  const result = requirementResult(after, required, hardwareAttested);
  if (result === 'pass' || result === 'not_applicable') return undefined;

  if (required.rootCredentials === 'forbidden' && after.rootCredentials === 'present') {
    return explainRemainingCredentials(after);
  }
  const previousMfa = before?.mfa;
  switch (after.mfa) {
    case 'none':
      return explainNoMfa(previousMfa);
    case 'virtual':
      return explainApp(previousMfa);
    case 'mixed':
      return explainHardwareAndApp(previousMfa);
    case 'fido':
    case 'non_virtual':
      return {
        observed: 'The app is gone. But AWS does not distinguish a hardware key from a passkey.',
        likelyCauses: ['One answer is missing: confirm the key type here.'],
      };
    default:
      return {
        observed: `I could not see enough in AWS to confirm a fix. ${after.why}`,
        likelyCauses: [
          WAIT_A_MINUTE,
          'If this continues, an admin must give me access. “How to fix” shows how.',
        ],
      };
  }
}

function explainRemainingCredentials({ rootCredentialsWhy }: Verdict): StillFailing {
  return {
    observed: `This account must have no root credentials. ${rootCredentialsWhy}`,
    likelyCauses: [
      'Not every kind was deleted: password, access keys, signing certificates and MFA devices all count.',
      'The action was for another account, or AWS refused it.',
      WAIT_A_MINUTE,
    ],
  };
}

function explainNoMfa(previousMfa: Mfa | undefined): StillFailing {
  if (previousMfa === 'no_credentials' || previousMfa === 'no_password') {
    return {
      observed: 'Root has a password again, and no MFA.',
      likelyCauses: [
        'Password recovery was allowed. When the task is done, delete the root credentials again.',
        WAIT_A_MINUTE,
      ],
    };
  }
  if (previousMfa !== undefined && HAD_MFA.has(previousMfa)) {
    return {
      observed: 'The old device is gone, and root now has no MFA.',
      likelyCauses: [
        'The old device was removed before the new one was registered: register the new one now.',
        WRONG_IAM_USER,
        WAIT_A_MINUTE,
      ],
    };
  }
  return {
    observed: 'AWS still shows no MFA device for root.',
    likelyCauses: [
      WRONG_IAM_USER,
      WRONG_ACCOUNT,
      NOT_FINISHED,
      'If you deleted the root credentials centrally: the action was for another account, or AWS refused it.',
      WAIT_A_MINUTE,
    ],
  };
}

function explainApp(previousMfa: Mfa | undefined): StillFailing {
  const observed = WITHOUT_MFA.has(previousMfa ?? 'unknown')
    ? 'Root has MFA now, but it is an authenticator app, and this account requires hardware MFA.'
    : previousMfa === 'mixed'
      ? 'The hardware device was removed, and the authenticator app is still registered. It should be the other way around.'
      : 'AWS still shows only an authenticator app for root.';
  if (previousMfa === 'mixed') {
    return {
      observed,
      likelyCauses: ['The wrong device was removed: register the hardware again, then remove the app.'],
    };
  }
  return {
    observed,
    likelyCauses: [REGISTERED_AS_APP, PROGRAMMABLE_TOKEN, WRONG_IAM_USER, WRONG_ACCOUNT, WAIT_A_MINUTE],
  };
}

function explainHardwareAndApp(previousMfa: Mfa | undefined): StillFailing {
  if (previousMfa !== 'mixed') {
    return {
      observed: 'Hardware MFA is registered, but so is an authenticator app.',
      likelyCauses: ['One step is missing: select the app in the same list and choose “Remove”.'],
    };
  }
  return {
    observed: 'AWS still shows an authenticator app next to the hardware.',
    likelyCauses: [
      'There is more than one app: root can have eight devices. Remove every device of type “Virtual”.',
      'The app was deleted only from the phone. Remove it in the AWS console.',
      WRONG_ACCOUNT,
      WAIT_A_MINUTE,
    ],
  };
}

const HAD_MFA: ReadonlySet<Mfa> = new Set(['virtual', 'mixed', 'fido', 'hardware', 'non_virtual']);
const WITHOUT_MFA: ReadonlySet<Mfa> = new Set(['none', 'no_credentials', 'no_password']);
