import { errorsIn } from '../evidence.ts';
import type { Confidence, LevelResult, Mfa } from '../verdict.ts';
import { everyFidoCertified, type Facts, listsNoDevice, showsMfaDevice } from './facts.ts';

/** One row of the decision table. */
export interface Rule {
  readonly holds: (facts: Facts) => boolean;
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  readonly level2: LevelResult;
  readonly confidence: Confidence;
  readonly why: (facts: Facts) => string;
  readonly assumesHardware?: (facts: Facts) => boolean;
  /** The live sources reported nothing and the credential report decided. */
  readonly reportOnly?: true;
}

const NOT_APPLICABLE = { level1: 'not_applicable', level2: 'not_applicable' } as const;
const FAIL = { level1: 'fail', level2: 'fail' } as const;
const LEVEL_1_ONLY = { level1: 'pass', level2: 'fail' } as const;
const LEVEL_1_KNOWN = { level1: 'pass', level2: 'unknown' } as const;
const PASS = { level1: 'pass', level2: 'pass' } as const;
const UNKNOWN = { level1: 'unknown', level2: 'unknown' } as const;

const APP_WHY =
  'Root signs in with MFA, but the registered device is an authenticator app, which Level 2 does not accept.';
const MIXED_WHY =
  'Root has hardware, but an authenticator app is still registered and any one device is enough to sign in.';

const RULES: readonly Rule[] = [
  {
    holds: (f) => !f.active,
    mfa: 'not_applicable',
    ...NOT_APPLICABLE,
    confidence: 'none',
    why: (f) =>
      `The account is not active in the organization (${f.evidence.account.state}), so its root user was not examined.`,
  },
  {
    holds: (f) => WITHOUT_ROOT_SIGN_IN.has(f.evidence.account.partition),
    mfa: 'not_applicable',
    ...NOT_APPLICABLE,
    confidence: 'observed',
    why: (f) => WITHOUT_ROOT_SIGN_IN.get(f.evidence.account.partition)?.(f) ?? '',
  },
  {
    holds: (f) => f.password === false && f.accessKeys === false && f.certificates === false,
    mfa: 'no_credentials',
    ...NOT_APPLICABLE,
    confidence: 'observed',
    why: (f) =>
      showsMfaDevice(f)
        ? 'Root has no password or access key, so no one can sign in as root; an MFA device is still registered and can be removed.'
        : 'Root has no password, access key or certificate, so no one can sign in as root.',
  },
  {
    holds: (f) => f.password === false,
    mfa: 'no_password',
    ...NOT_APPLICABLE,
    confidence: 'observed',
    why: (f) => {
      if (f.accessKeys) {
        return 'Root has no password, so console MFA does not apply; but a root access key exists and must be deleted.';
      }
      return f.certificates
        ? 'Root has no password, so console MFA does not apply; but a root signing certificate exists and must be deleted.'
        : 'Root has no password, so console MFA does not apply; AWS did not report whether an access key or a signing certificate is left.';
    },
  },
  {
    holds: (f) =>
      f.rootDevices !== undefined && f.mfaOn !== undefined && f.mfaOn !== f.rootDevices.all.length > 0,
    mfa: 'unknown',
    ...UNKNOWN,
    confidence: 'conflict',
    why: (f) =>
      f.mfaOn
        ? 'The account summary says that root has MFA, but root lists no device: AWS contradicts itself, so I cannot tell.'
        : 'The account summary says that root has no MFA, but root lists a device: AWS contradicts itself, so I cannot tell.',
  },
  {
    holds: (f) => listsNoDevice(f) && f.mfaOn === undefined && f.anyVirtual,
    mfa: 'unknown',
    ...UNKNOWN,
    confidence: 'conflict',
    why: () =>
      'The account lists an authenticator app of root, but root lists no device: AWS contradicts itself, so I cannot tell.',
  },
  {
    holds: (f) => f.rootDevices !== undefined && f.rootDevices.unrecognised.length > 0 && !f.anyVirtual,
    mfa: 'unknown',
    ...LEVEL_1_KNOWN,
    confidence: 'observed',
    why: () => 'Root signs in with MFA, but one of its devices is of an unrecognized kind.',
  },
  {
    holds: (f) =>
      f.rootDevices !== undefined && f.anyVirtual && f.rootDevices.all.length > f.rootDevices.virtual.length,
    mfa: 'mixed',
    ...LEVEL_1_ONLY,
    confidence: 'observed',
    why: () => MIXED_WHY,
  },
  {
    holds: (f) => f.rootDevices !== undefined && f.anyVirtual && f.mfaOn !== false,
    mfa: 'virtual',
    ...LEVEL_1_ONLY,
    confidence: 'observed',
    why: () => APP_WHY,
  },
  {
    holds: (f) => f.rootDevices !== undefined && f.rootDevices.fido.length > 0,
    mfa: 'fido',
    ...PASS,
    confidence: 'observed',
    why: (f) =>
      everyFidoCertified(f)
        ? 'Root uses a FIDO security key with a published certification and no authenticator app.'
        : 'Root uses a passkey or security key and no authenticator app; AWS does not report which of the two.',
    assumesHardware: (f) => !everyFidoCertified(f),
  },
  {
    holds: (f) => f.rootDevices !== undefined && f.rootDevices.tokens.length > 0,
    mfa: 'hardware',
    ...PASS,
    confidence: 'observed',
    why: () => 'Root uses a hardware token and no authenticator app.',
  },
  {
    holds: (f) => f.mfaOn === undefined && f.anyVirtual,
    mfa: 'virtual',
    ...LEVEL_1_ONLY,
    confidence: 'observed',
    why: () => APP_WHY,
  },
  {
    holds: (f) => f.mfaOn === false,
    mfa: 'none',
    ...FAIL,
    confidence: 'observed',
    why: (f) =>
      f.password === undefined
        ? 'No MFA device is registered for root, and nothing shows that root has no password.'
        : 'Root can sign in with a password and no MFA device is registered.',
  },
  {
    holds: (f) =>
      f.mfaOn === true &&
      f.anyVirtual &&
      f.users === 0 &&
      (f.devicesInUse ?? 0) > (f.rootVirtualDevices?.length ?? 0),
    mfa: 'mixed',
    ...LEVEL_1_ONLY,
    confidence: 'inferred',
    why: () =>
      'Root has an authenticator app registered besides another device; either is enough to sign in.',
  },
  {
    holds: (f) => f.mfaOn === true && f.anyVirtual,
    mfa: 'virtual',
    ...LEVEL_1_ONLY,
    confidence: 'observed',
    why: () => APP_WHY,
  },
  {
    holds: (f) => f.mfaOn === true && f.virtualListIsConclusive,
    mfa: 'non_virtual',
    ...PASS,
    confidence: 'inferred',
    why: () =>
      'Root signs in with MFA and no authenticator app is assigned to it, so it must be a hardware token, security key or passkey.',
    assumesHardware: () => true,
  },
  {
    holds: (f) => f.mfaOn === true,
    mfa: 'unknown',
    ...LEVEL_1_KNOWN,
    confidence: 'observed',
    why: (f) =>
      f.rootVirtualDevices
        ? 'Root signs in with MFA, but AWS lists an assigned virtual device without its user, so the kind of device is unknown.'
        : `Root signs in with MFA, but the kind of device is unknown: ${lastErrorText(f)}.`,
  },
  {
    holds: (f) =>
      f.correctedReport?.password === false &&
      f.correctedReport.accessKeys === false &&
      !f.correctedReport.certificates,
    mfa: 'no_credentials',
    ...NOT_APPLICABLE,
    confidence: 'stale',
    why: () => 'The credential report (up to four hours old) says root has no password and no access key.',
    reportOnly: true,
  },
  {
    holds: (f) => f.correctedReport?.password === false,
    mfa: 'no_password',
    ...NOT_APPLICABLE,
    confidence: 'stale',
    why: (f) =>
      f.correctedReport?.accessKeys || f.correctedReport?.certificates
        ? 'The credential report (up to four hours old) says root has no password, but an active key or certificate.'
        : 'The credential report (up to four hours old) says root has no password.',
    reportOnly: true,
  },
  {
    holds: (f) => f.correctedReport?.mfaOn === false,
    mfa: 'none',
    ...FAIL,
    confidence: 'stale',
    why: () => 'The credential report (up to four hours old) says root has no MFA.',
    reportOnly: true,
  },
  {
    holds: (f) => f.correctedReport?.mfaOn === true && !listsNoDevice(f),
    mfa: 'unknown',
    ...LEVEL_1_KNOWN,
    confidence: 'stale',
    why: () =>
      'The credential report (up to four hours old) says root uses MFA; it does not name the kind of device.',
    reportOnly: true,
  },
];

const NO_DATA_RULE: Rule = {
  holds: () => true,
  mfa: 'unknown',
  ...UNKNOWN,
  confidence: 'none',
  why: (f) => {
    if (f.evidence.summary.kind === 'ok') return 'The account summary did not say whether root has MFA.';
    return listsNoDevice(f)
      ? `Root lists no MFA device, but whether it has a password could not be read: ${lastErrorText(f)}.`
      : `Nothing about the root user could be read: ${lastErrorText(f)}.`;
  },
};

/**
 * Partitions in which root has no console sign-in.
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-account-root-user.html
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html
 */
const WITHOUT_ROOT_SIGN_IN: ReadonlyMap<string, (facts: Facts) => string> = new Map<
  string,
  (facts: Facts) => string
>([
  [
    'aws-us-gov',
    (f) =>
      f.accessKeys
        ? 'GovCloud root users cannot sign in to the console, so root MFA does not apply; but a root access key exists and should be deleted.'
        : 'GovCloud root users cannot sign in to the console, so root MFA does not apply; check the linked commercial account instead.',
  ],
  ['aws-cn', () => 'AWS China accounts have no root sign-in, so root MFA does not apply.'],
]);

/** Returns the rule that decides. */
export function firstMatchingRule(facts: Facts): Rule {
  return RULES.find(({ holds }) => holds(facts)) ?? NO_DATA_RULE;
}

/** Whether root can sign in to the console of the account's partition. */
export function hasRootSignIn({ evidence }: Facts): boolean {
  return !WITHOUT_ROOT_SIGN_IN.has(evidence.account.partition);
}

function lastErrorText({ evidence }: Facts): string {
  const [error] = errorsIn(evidence).slice(-1);
  return error ? `${error.call} returned ${error.code}` : 'no call was made';
}
