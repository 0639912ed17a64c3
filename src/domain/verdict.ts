import {
  type CredentialReportRow,
  type Evidence,
  errorsIn,
  type RootDevice,
  resultValue,
} from './evidence.ts';

/** What protects the root sign-in. */
export type Mfa =
  | 'none'
  | 'virtual'
  | 'mixed'
  | 'non_virtual'
  | 'fido'
  | 'hardware'
  | 'no_credentials'
  | 'no_password'
  | 'not_applicable'
  | 'unknown';

export type LevelResult = 'pass' | 'fail' | 'not_applicable' | 'unknown';

/**
 * How we know: `observed` (live data names it), `inferred` (by elimination or counting), `stale` (credential
 * report only), `conflict` (live sources disagree), `none` (we do not).
 */
export type Confidence = 'observed' | 'inferred' | 'stale' | 'conflict' | 'none';

export type Flag =
  | 'root_access_key_present'
  | 'root_signing_certificate_present'
  | 'root_credentials_removable'
  | 'leftover_root_mfa_device'
  | 'unassigned_root_named_device'
  | 'fido_hardware_not_proven'
  | 'password_presence_not_reported'
  | 'credential_report_only'
  | 'credential_report_stale'
  | 'sources_disagree'
  | 'unrecognised_device';

/** How sure Level 2 must be: `benchmark` follows the CIS steps, `strict` asks for proof of hardware. */
export type Proof = 'benchmark' | 'strict';

/** What the evidence shows about one root user. */
export interface Verdict {
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  /** By the steps of the benchmark; `level2Under` reads it more strictly. */
  readonly level2: LevelResult;
  readonly confidence: Confidence;
  /** In alphabetical order. */
  readonly flags: readonly Flag[];
  /** One sentence that names the fact. */
  readonly why: string;
  /** Whether a Level 2 pass rests on elimination, or on a FIDO device of unknown kind. */
  readonly hardwareAssumed: boolean;
}

/**
 * What the evidence shows about one root user: the first rule that holds decides.
 *
 * A pass, a fail and an exemption each need positive evidence; an error is never read as an empty list, and
 * "centralised root access is on" says nothing about one account. The steps are those of CIS AWS Foundations
 * (root MFA, hardware root MFA), with the exemption for a root user that has no password
 * (https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html, IAM.6 and IAM.9).
 */
export function judge(evidence: Evidence): Verdict {
  const facts = factsOf(evidence);
  const rule = RULES.find(({ holds }) => holds(facts)) ?? NO_DATA_RULE;

  return {
    mfa: rule.mfa,
    level1: rule.level1,
    level2: rule.level2,
    confidence: rule.confidence,
    flags: flagsOf(facts, rule),
    why: rule.why(facts),
    hardwareAssumed: rule.assumesHardware?.(facts) ?? false,
  };
}

/** Level 2 as the policy reads it: under `strict`, hardware that is only assumed is not known. */
export function level2Under(proof: Proof, verdict: Verdict, hardwareAttested = false): LevelResult {
  const assumed = verdict.hardwareAssumed && !hardwareAttested;
  return proof === 'strict' && verdict.level2 === 'pass' && assumed ? 'unknown' : verdict.level2;
}

/** The evidence, turned into the few yes, no and "not told" that the rules speak of. */
interface Facts {
  readonly evidence: Evidence;
  readonly active: boolean;
  /** From the live summary; undefined: not told. */
  readonly mfaOn: boolean | undefined;
  readonly password: boolean | undefined;
  readonly accessKeys: boolean;
  readonly certificates: boolean;
  /** IAM users and devices in use, where the summary told both. */
  readonly users: number | undefined;
  readonly devicesInUse: number | undefined;
  /** Root's own devices by kind, if a root session listed them. */
  readonly rootDevices: RootDevicesByKind | undefined;
  /** Virtual devices that the account's list assigns to root; undefined: no complete list. */
  readonly rootVirtualDevices: readonly string[] | undefined;
  /** A virtual device of root, whoever showed it. */
  readonly anyVirtual: boolean;
  readonly report: ReportFacts | undefined;
}

interface RootDevicesByKind {
  readonly all: readonly RootDevice[];
  readonly virtual: readonly RootDevice[];
  readonly fido: readonly RootDevice[];
  readonly tokens: readonly RootDevice[];
  readonly unrecognised: readonly RootDevice[];
}

interface ReportFacts {
  readonly mfaOn: boolean | undefined;
  readonly password: boolean | undefined;
  readonly accessKeys: boolean;
  readonly certificates: boolean;
}

interface Rule {
  readonly holds: (facts: Facts) => boolean;
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  readonly level2: LevelResult;
  readonly confidence: Confidence;
  readonly why: (facts: Facts) => string;
  readonly assumesHardware?: (facts: Facts) => boolean;
  /** The live sources told nothing and the credential report decided. */
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
    holds: (f) => f.password === false && !f.accessKeys && !f.certificates,
    mfa: 'no_credentials',
    ...NOT_APPLICABLE,
    confidence: 'observed',
    why: (f) =>
      hasLeftoverDevice(f)
        ? 'Root has no password or access key, so nobody can sign in as root; an MFA device is still registered and can be removed.'
        : 'Root has no password, access key or certificate, so nobody can sign in as root.',
  },
  {
    holds: (f) => f.password === false,
    mfa: 'no_password',
    ...NOT_APPLICABLE,
    confidence: 'observed',
    why: (f) =>
      f.accessKeys
        ? 'Root has no password, so console MFA does not apply; but a root access key exists and must be deleted.'
        : 'Root has no password, so console MFA does not apply; but a root signing certificate exists and must be deleted.',
  },
  {
    holds: (f) =>
      f.rootDevices !== undefined && f.mfaOn !== undefined && f.mfaOn !== f.rootDevices.all.length > 0,
    mfa: 'unknown',
    ...UNKNOWN,
    confidence: 'conflict',
    why: (f) =>
      f.mfaOn
        ? 'The account summary says that root has MFA, but root lists no device: AWS contradicts itself, ask again.'
        : 'The account summary says that root has no MFA, but root lists a device: AWS contradicts itself, ask again.',
  },
  {
    holds: (f) => f.rootDevices !== undefined && f.rootDevices.unrecognised.length > 0 && !f.anyVirtual,
    mfa: 'unknown',
    ...LEVEL_1_KNOWN,
    confidence: 'observed',
    why: () => 'Root signs in with MFA, but one of its devices is of a kind that we do not know.',
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
        : 'Root uses a passkey or security key and no authenticator app; AWS does not tell which of the two.',
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
    holds: (f) => f.mfaOn === true && f.rootVirtualDevices !== undefined,
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
    why: (f) => `Root signs in with MFA, but the kind of device is not known: ${lastErrorText(f)}.`,
  },
  {
    holds: (f) => f.report?.password === false && !f.report.accessKeys && !f.report.certificates,
    mfa: 'no_credentials',
    ...NOT_APPLICABLE,
    confidence: 'stale',
    why: () => 'The credential report (up to four hours old) says root has no password and no access key.',
    reportOnly: true,
  },
  {
    holds: (f) => f.report?.password === false,
    mfa: 'no_password',
    ...NOT_APPLICABLE,
    confidence: 'stale',
    why: () =>
      'The credential report (up to four hours old) says root has no password, but an active key or certificate.',
    reportOnly: true,
  },
  {
    holds: (f) => f.report?.mfaOn === false,
    mfa: 'none',
    ...FAIL,
    confidence: 'stale',
    why: () => 'The credential report (up to four hours old) says root has no MFA.',
    reportOnly: true,
  },
  {
    holds: (f) => f.report?.mfaOn === true,
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
  why: (f) =>
    f.evidence.summary.kind === 'ok'
      ? 'The account summary did not say whether root has MFA.'
      : `Nothing that names the root user could be read: ${lastErrorText(f)}.`,
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

function factsOf(evidence: Evidence): Facts {
  const summary = resultValue(evidence.summary) ?? {};
  const count = (key: string) => (Object.hasOwn(summary, key) ? summary[key] : undefined);
  const isPositive = (key: string) => {
    const value = count(key);
    return value === undefined ? undefined : value > 0;
  };
  const rootDevices = groupRootDevices(resultValue(evidence.rootDevices));
  // By its user, not by its name: a virtual device of root may bear any name, and anybody's may bear root's.
  const rootVirtualDevices = resultValue(evidence.virtualDevices)
    ?.filter(({ userArn }) => userArn !== undefined && ROOT_ARN.test(userArn))
    .map(({ serialNumber }) => serialNumber);

  return {
    evidence,
    active: evidence.account.state === null || evidence.account.state === 'ACTIVE',
    mfaOn: isPositive('AccountMFAEnabled'),
    password: isPositive('AccountPasswordPresent'),
    accessKeys: isPositive('AccountAccessKeysPresent') ?? false,
    certificates: isPositive('AccountSigningCertificatesPresent') ?? false,
    users: count('Users'),
    devicesInUse: count('MFADevicesInUse'),
    rootDevices,
    rootVirtualDevices,
    anyVirtual: (rootDevices?.virtual.length ?? 0) + (rootVirtualDevices?.length ?? 0) > 0,
    report: reportFacts(resultValue(evidence.credentialReport)),
  };
}

const ROOT_ARN = /^arn:[^:]+:iam::\d{12}:root$/;
const VIRTUAL_SERIAL = /^arn:[^:]+:iam::\d{12}:mfa\//;
const FIDO_SERIAL = /^arn:[^:]+:iam::\d{12}:u2f\//;
const ROOT_NAMED_SERIAL = /:mfa\/root-account-mfa-device$/;

/** https://docs.aws.amazon.com/cli/latest/reference/iam/list-mfa-devices.html: a serial that is no ARN is a token's. */
function groupRootDevices(devices: readonly RootDevice[] | undefined): RootDevicesByKind | undefined {
  if (!devices) return undefined;
  const matching = (test: (serial: string) => boolean) =>
    devices.filter(({ serialNumber }) => test(serialNumber));
  const isArn = (serial: string) => serial.startsWith('arn:');
  return {
    all: devices,
    virtual: matching((serial) => VIRTUAL_SERIAL.test(serial)),
    fido: matching((serial) => FIDO_SERIAL.test(serial)),
    tokens: matching((serial) => !isArn(serial)),
    unrecognised: matching(
      (serial) => isArn(serial) && !VIRTUAL_SERIAL.test(serial) && !FIDO_SERIAL.test(serial),
    ),
  };
}

function reportFacts(row: CredentialReportRow | undefined): ReportFacts | undefined {
  if (!row) return undefined;
  // The report writes TRUE in some recordings and true in others; not_supported and N/A tell nothing.
  const reportFlag = (column: string) => {
    const value = row[column]?.toLowerCase();
    return value === 'true' ? true : value === 'false' ? false : undefined;
  };
  return {
    mfaOn: reportFlag('mfa_active'),
    password: reportFlag('password_enabled'),
    accessKeys: reportFlag('access_key_1_active') === true || reportFlag('access_key_2_active') === true,
    certificates: reportFlag('cert_1_active') === true || reportFlag('cert_2_active') === true,
  };
}

function flagsOf(facts: Facts, rule: Rule): Flag[] {
  if (!facts.active) return [];
  const rootSignsIn = !WITHOUT_ROOT_SIGN_IN.has(facts.evidence.account.partition);
  const reportOnly = rule.reportOnly === true;
  const source = reportOnly && facts.report ? facts.report : facts;

  // In alphabetical order, which is the order of the answer.
  const isSet: Record<Flag, boolean> = {
    credential_report_only: reportOnly,
    credential_report_stale: rootSignsIn && reportContradicts(facts),
    fido_hardware_not_proven: rule.mfa === 'fido' && !everyFidoCertified(facts),
    leftover_root_mfa_device: rootSignsIn && source.password === false && hasLeftoverDevice(facts),
    password_presence_not_reported: rootSignsIn && facts.mfaOn !== undefined && facts.password === undefined,
    root_access_key_present: source.accessKeys,
    root_credentials_removable:
      rootSignsIn &&
      source.password === true &&
      !facts.evidence.account.managementAccount &&
      (resultValue(facts.evidence.organizationFeatures) ?? []).includes('RootCredentialsManagement'),
    root_signing_certificate_present: source.certificates,
    sources_disagree: rootSignsIn && (rule.confidence === 'conflict' || listsDisagree(facts)),
    unassigned_root_named_device:
      rootSignsIn &&
      (resultValue(facts.evidence.virtualDevices) ?? []).some(
        ({ serialNumber, userArn }) => userArn === undefined && ROOT_NAMED_SERIAL.test(serialNumber),
      ),
    unrecognised_device: rootSignsIn && (facts.rootDevices?.unrecognised.length ?? 0) > 0,
  };
  return (Object.keys(isSet) as Flag[]).filter((flag) => isSet[flag]);
}

/** A device that is still registered although root cannot sign in. */
function hasLeftoverDevice(facts: Facts): boolean {
  return facts.mfaOn === true || facts.anyVirtual || (facts.rootDevices?.all.length ?? 0) > 0;
}

function everyFidoCertified(facts: Facts): boolean {
  return (facts.rootDevices?.fido ?? []).every(
    ({ certifications }) => Object.keys(certifications ?? {}).length > 0,
  );
}

function reportContradicts({ report, mfaOn, password, accessKeys, certificates, evidence }: Facts): boolean {
  const summary = resultValue(evidence.summary);
  if (!report || !summary) return false;
  const differ = (a: boolean | undefined, b: boolean | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  // An inactive key still exists, so only a key that the report calls active can contradict the summary.
  const vanished = (active: boolean, present: boolean, key: string) =>
    active && !present && Object.hasOwn(summary, key);
  return (
    differ(report.mfaOn, mfaOn) ||
    differ(report.password, password) ||
    vanished(report.accessKeys, accessKeys, 'AccountAccessKeysPresent') ||
    vanished(report.certificates, certificates, 'AccountSigningCertificatesPresent')
  );
}

/** The account's list and root's own list, or the summary, tell different things about root's virtual devices. */
function listsDisagree({ rootDevices, rootVirtualDevices, mfaOn }: Facts): boolean {
  if (!rootVirtualDevices) return false;
  if (!rootDevices) return mfaOn === false && rootVirtualDevices.length > 0;
  const serials = new Set(rootDevices.virtual.map(({ serialNumber }) => serialNumber));
  return (
    serials.size !== new Set(rootVirtualDevices).size ||
    rootVirtualDevices.some((serial) => !serials.has(serial))
  );
}

function lastErrorText({ evidence }: Facts): string {
  const [error] = errorsIn(evidence).slice(-1);
  return error ? `${error.call} answered ${error.code}` : 'nobody was asked';
}
