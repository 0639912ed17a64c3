import type { Requirement } from './policy.ts';
import { level2Under, type Mfa, type Verdict } from './verdict.ts';

/** Why a look after a fix may show no fix. */
export interface StillFailing {
  /** What AWS shows now, and what has become of it. */
  readonly observed: string;
  /** What usually explains it, the likeliest first. */
  readonly likelyCauses: readonly string[];
}

const WRONG_ACCOUNT =
  'It was another account: compare the id at the top right of the console with the one here.';
const WRONG_IAM_USER =
  'The device was registered for an IAM user of the account. It must be root: sign in with the root e-mail address.';
const NOT_FINISHED = 'The last step is missing: the device counts once AWS says that it was assigned.';
const REGISTERED_AS_APP =
  'The hardware was registered as “Authenticator app”, as the CIS text of 6.0.0 and 7.0.0 describes it. Then AWS sees an app. Choose “Passkey or security key” or “Hardware TOTP token”.';
const PROGRAMMABLE_TOKEN =
  'It is a programmable token, or the code slot of a security key: AWS counts those as an app.';
const WAIT_A_MINUTE = 'AWS needs a moment: check again in some minutes.';

/**
 * Why a look shows no fix, although somebody fixed something; undefined where it does show one.
 * IAM spreads changes with a delay: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
 */
export function explainStillFailing(
  before: Pick<Verdict, 'mfa'> | null,
  after: Verdict,
  required: Requirement,
  hardwareAttested = false,
): StillFailing | undefined {
  const result = required.level === 1 ? after.level1 : level2Under(required.proof, after, hardwareAttested);
  if (result === 'pass' || result === 'not_applicable') return undefined;

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
        observed: 'There is no app any more. AWS does not tell a hardware key from a passkey, though.',
        likelyCauses: ['One answer is missing: say here what the key is.'],
      };
    default:
      return {
        observed: `AWS could not be read well enough to see a fix. ${after.why}`,
        likelyCauses: [
          WAIT_A_MINUTE,
          'If it stays so, an admin must let the bot look; “How to fix” says how.',
        ],
      };
  }
}

function explainNoMfa(previousMfa: Mfa | undefined): StillFailing {
  if (previousMfa === 'no_credentials' || previousMfa === 'no_password') {
    return {
      observed: 'Root has a password again, and no MFA.',
      likelyCauses: [
        'Somebody allowed password recovery. When the task is done, delete the root credentials again.',
        WAIT_A_MINUTE,
      ],
    };
  }
  if (previousMfa !== undefined && HAD_MFA.has(previousMfa)) {
    return {
      observed: 'The old device is gone, and root has no MFA at all now.',
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
      'If the root credentials were to be deleted centrally: the task was done for another account, or was refused.',
      WAIT_A_MINUTE,
    ],
  };
}

function explainApp(previousMfa: Mfa | undefined): StillFailing {
  const observed = WITHOUT_MFA.has(previousMfa ?? 'unknown')
    ? 'Root has MFA now, so Level 1 is met. But the device is an authenticator app, and hardware is asked.'
    : previousMfa === 'mixed'
      ? 'The hardware was removed; the authenticator app is still there. It should be the other way round.'
      : 'AWS still shows an authenticator app, and nothing else, for root.';
  if (previousMfa === 'mixed') {
    return {
      observed,
      likelyCauses: [
        'The wrong entry of the list was removed: register the hardware again, then remove the app.',
      ],
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
      observed: 'The hardware is there. An authenticator app is still registered beside it.',
      likelyCauses: ['One step is missing: select the app in the same list and choose “Remove”.'],
    };
  }
  return {
    observed: 'AWS still shows an authenticator app beside the hardware.',
    likelyCauses: [
      'There was more than one app: root may have eight devices. Remove every one whose type is “Virtual”.',
      'The app was deleted from the phone only. It must be removed in the AWS console.',
      WRONG_ACCOUNT,
      WAIT_A_MINUTE,
    ],
  };
}

const HAD_MFA: ReadonlySet<Mfa> = new Set(['virtual', 'mixed', 'fido', 'hardware', 'non_virtual']);
const WITHOUT_MFA: ReadonlySet<Mfa> = new Set(['none', 'no_credentials', 'no_password']);
