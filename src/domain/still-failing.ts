import type { Asked } from './policy.ts';
import { level2Under, type Mfa, type Verdict } from './verdict.ts';

/** Why a look after a fix may show no fix. */
export interface NotYet {
  /** What AWS shows now, and what has become of it. */
  readonly shows: string;
  /** What usually explains it, the likeliest first. */
  readonly usually: readonly string[];
}

const ANOTHER_ACCOUNT =
  'It was another account: compare the id at the top right of the console with the one here.';
const AN_IAM_USER =
  'The device was registered for an IAM user of the account. It must be root: sign in with the root e-mail address.';
const NOT_FINISHED = 'The last step is missing: the device counts once AWS says that it was assigned.';
const AS_AN_APP =
  'The hardware was registered as “Authenticator app”, as the CIS text of 6.0.0 and 7.0.0 describes it. Then AWS sees an app. Choose “Passkey or security key” or “Hardware TOTP token”.';
const A_PROGRAMMABLE_TOKEN =
  'It is a programmable token, or the code slot of a security key: AWS counts those as an app.';
const A_MINUTE = 'AWS needs a moment: check again in some minutes.';

/**
 * Why a look shows no fix, although somebody fixed something; undefined where it does show one.
 * IAM spreads changes with a delay: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
 */
export function explainNotYet(
  before: Pick<Verdict, 'mfa'> | null,
  after: Verdict,
  asked: Asked,
  hardwareAttested = false,
): NotYet | undefined {
  const result = asked.level === 1 ? after.level1 : level2Under(asked.proof, after, hardwareAttested);
  if (result === 'pass' || result === 'not_applicable') return undefined;

  const was = before?.mfa;
  switch (after.mfa) {
    case 'none':
      return withoutMfa(was);
    case 'virtual':
      return anApp(was);
    case 'mixed':
      return hardwareAndApp(was);
    case 'fido':
    case 'non_virtual':
      return {
        shows: 'There is no app any more. AWS does not tell a hardware key from a passkey, though.',
        usually: ['One answer is missing: say here what the key is.'],
      };
    default:
      return {
        shows: `AWS could not be read well enough to see a fix. ${after.why}`,
        usually: [A_MINUTE, 'If it stays so, an admin must let the bot look; “How to fix” says how.'],
      };
  }
}

function withoutMfa(was: Mfa | undefined): NotYet {
  if (was === 'no_credentials' || was === 'no_password') {
    return {
      shows: 'Root has a password again, and no MFA.',
      usually: [
        'Somebody allowed password recovery. When the task is done, delete the root credentials again.',
        A_MINUTE,
      ],
    };
  }
  if (was !== undefined && HAD_MFA.has(was)) {
    return {
      shows: 'The old device is gone, and root has no MFA at all now.',
      usually: [
        'The old device was removed before the new one was registered: register the new one now.',
        AN_IAM_USER,
        A_MINUTE,
      ],
    };
  }
  return {
    shows: 'AWS still shows no MFA device for root.',
    usually: [
      AN_IAM_USER,
      ANOTHER_ACCOUNT,
      NOT_FINISHED,
      'If the root credentials were to be deleted centrally: the task was done for another account, or was refused.',
      A_MINUTE,
    ],
  };
}

function anApp(was: Mfa | undefined): NotYet {
  const shows = WITHOUT_MFA.has(was ?? 'unknown')
    ? 'Root has MFA now, so Level 1 is met. But the device is an authenticator app, and hardware is asked.'
    : was === 'mixed'
      ? 'The hardware was removed; the authenticator app is still there. It should be the other way round.'
      : 'AWS still shows an authenticator app, and nothing else, for root.';
  if (was === 'mixed') {
    return {
      shows,
      usually: ['The wrong entry of the list was removed: register the hardware again, then remove the app.'],
    };
  }
  return { shows, usually: [AS_AN_APP, A_PROGRAMMABLE_TOKEN, AN_IAM_USER, ANOTHER_ACCOUNT, A_MINUTE] };
}

function hardwareAndApp(was: Mfa | undefined): NotYet {
  if (was !== 'mixed') {
    return {
      shows: 'The hardware is there. An authenticator app is still registered beside it.',
      usually: ['One step is missing: select the app in the same list and choose “Remove”.'],
    };
  }
  return {
    shows: 'AWS still shows an authenticator app beside the hardware.',
    usually: [
      'There was more than one app: root may have eight devices. Remove every one whose type is “Virtual”.',
      'The app was deleted from the phone only. It must be removed in the AWS console.',
      ANOTHER_ACCOUNT,
      A_MINUTE,
    ],
  };
}

const HAD_MFA: ReadonlySet<Mfa> = new Set(['virtual', 'mixed', 'fido', 'hardware', 'non_virtual']);
const WITHOUT_MFA: ReadonlySet<Mfa> = new Set(['none', 'no_credentials', 'no_password']);
