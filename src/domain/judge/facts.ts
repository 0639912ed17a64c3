import {
  type CredentialReportRow,
  type Evidence,
  type RootDevice,
  resultValue,
  type VirtualDevice,
} from '../evidence.ts';

/** The evidence, reduced to the yes, no and "not reported" (undefined) that the rules use. */
export interface Facts {
  readonly evidence: Evidence;
  readonly active: boolean;
  /** These four are from the live summary. */
  readonly mfaOn: boolean | undefined;
  readonly password: boolean | undefined;
  readonly accessKeys: boolean | undefined;
  readonly certificates: boolean | undefined;
  /** IAM users and devices in use, where the summary reports them. */
  readonly users: number | undefined;
  readonly devicesInUse: number | undefined;
  /** Root's own devices by kind, if a root session listed them. */
  readonly rootDevices: RootDevicesByKind | undefined;
  /** Virtual devices that the account's list assigns to root; undefined: no complete list. */
  readonly rootVirtualDevices: readonly string[] | undefined;
  /** Whether that list shows every virtual device of root: not where it hides whose a device is. */
  readonly virtualListIsConclusive: boolean;
  /** A virtual device of root, in either list. */
  readonly anyVirtual: boolean;
  readonly report: ReportFacts | undefined;
  /** The credential report, corrected by what is live: what decides where the live sources cannot. */
  readonly correctedReport: ReportFacts | undefined;
}

export interface RootDevicesByKind {
  readonly all: readonly RootDevice[];
  readonly virtual: readonly RootDevice[];
  readonly fido: readonly RootDevice[];
  readonly tokens: readonly RootDevice[];
  readonly unrecognised: readonly RootDevice[];
}

export interface ReportFacts {
  readonly mfaOn: boolean | undefined;
  readonly password: boolean | undefined;
  /** Active keys and certificates: inactive ones read as none here. */
  readonly accessKeys: boolean | undefined;
  readonly certificates: boolean | undefined;
}

/** Returns what the evidence reports, source by source. */
export function factsOf(evidence: Evidence): Facts {
  const summary = resultValue(evidence.summary) ?? {};
  const count = (key: string) => (Object.hasOwn(summary, key) ? summary[key] : undefined);
  const isPositive = (key: string) => {
    const value = count(key);
    return value === undefined ? undefined : value > 0;
  };
  const rootDevices = groupRootDevices(resultValue(evidence.rootDevices));
  const virtualDevices = resultValue(evidence.virtualDevices);
  const rootVirtualDevices = virtualDevices?.filter(isRootDevice).map(({ serialNumber }) => serialNumber);

  const report = reportFacts(resultValue(evidence.credentialReport));
  const live = {
    mfaOn: isPositive('AccountMFAEnabled'),
    password: isPositive('AccountPasswordPresent'),
    accessKeys: isPositive('AccountAccessKeysPresent'),
    certificates: isPositive('AccountSigningCertificatesPresent'),
  };

  return {
    evidence,
    ...live,
    active: evidence.account.state === null || evidence.account.state === 'ACTIVE',
    users: count('Users'),
    devicesInUse: count('MFADevicesInUse'),
    rootDevices,
    rootVirtualDevices,
    virtualListIsConclusive: virtualDevices !== undefined && !virtualDevices.some(hasUnknownUser),
    anyVirtual: (rootDevices?.virtual.length ?? 0) + (rootVirtualDevices?.length ?? 0) > 0,
    report,
    correctedReport: report && correct(report, live),
  };
}

const ROOT_ARN = /^arn:[^:]+:iam::\d{12}:root$/;
const VIRTUAL_SERIAL = /^arn:[^:]+:iam::\d{12}:mfa\//;
const FIDO_SERIAL = /^arn:[^:]+:iam::\d{12}:u2f\//;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_MFADevice.html */
const TOKEN_SERIAL = /^[\w+=/,.@-]+$/;

// By its user, not by its name: a virtual device of root can have any name, and any device can have root's.
function isRootDevice({ userArn }: VirtualDevice): boolean {
  return userArn !== undefined && ROOT_ARN.test(userArn);
}

function hasUnknownUser({ userArn, assigned }: VirtualDevice): boolean {
  return userArn === undefined && assigned === true;
}

/** https://docs.aws.amazon.com/cli/latest/reference/iam/list-mfa-devices.html: the serial of a token is not an ARN. */
function groupRootDevices(devices: readonly RootDevice[] | undefined): RootDevicesByKind | undefined {
  if (!devices) return undefined;
  const ofKind = (kind: DeviceKind) => devices.filter(({ serialNumber }) => kindOf(serialNumber) === kind);
  return {
    all: devices,
    virtual: ofKind('virtual'),
    fido: ofKind('fido'),
    tokens: ofKind('token'),
    unrecognised: ofKind('unrecognised'),
  };
}

type DeviceKind = 'virtual' | 'fido' | 'token' | 'unrecognised';

function kindOf(serial: string): DeviceKind {
  if (VIRTUAL_SERIAL.test(serial)) return 'virtual';
  if (FIDO_SERIAL.test(serial)) return 'fido';
  return TOKEN_SERIAL.test(serial) ? 'token' : 'unrecognised';
}

function reportFacts(row: CredentialReportRow | undefined): ReportFacts | undefined {
  if (!row) return undefined;
  // The report writes TRUE in some recordings and true in others; not_supported and N/A report nothing.
  const reportFlag = (column: string) => {
    const value = row[column]?.toLowerCase();
    return value === 'true' ? true : value === 'false' ? false : undefined;
  };
  const anyOf = (...columns: string[]) => {
    const flags = columns.map(reportFlag).filter((flag) => flag !== undefined);
    return flags.length === 0 ? undefined : flags.includes(true);
  };
  return {
    mfaOn: reportFlag('mfa_active'),
    password: reportFlag('password_enabled'),
    accessKeys: anyOf('access_key_1_active', 'access_key_2_active'),
    certificates: anyOf('cert_1_active', 'cert_2_active'),
  };
}

function correct(report: ReportFacts, live: ReportFacts): ReportFacts {
  return {
    mfaOn: live.mfaOn ?? report.mfaOn,
    password: live.password ?? report.password,
    accessKeys: live.accessKeys ?? report.accessKeys,
    certificates: live.certificates ?? report.certificates,
  };
}

/** Whether a source shows an MFA device of root. */
export function showsMfaDevice(facts: Facts): boolean {
  return facts.mfaOn === true || facts.anyVirtual || (facts.rootDevices?.all.length ?? 0) > 0;
}

/** Whether each FIDO device of root has a published certification. */
export function everyFidoCertified(facts: Facts): boolean {
  return (facts.rootDevices?.fido ?? []).every(
    ({ certifications }) => Object.keys(certifications ?? {}).length > 0,
  );
}

/** Whether root lists no device at all: live, and complete. */
export function listsNoDevice({ rootDevices }: Facts): boolean {
  return rootDevices !== undefined && rootDevices.all.length === 0;
}
