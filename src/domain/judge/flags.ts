import { resultValue } from '../evidence.ts';
import type { Flag } from '../verdict.ts';
import { everyFidoCertified, type Facts, listsNoDevice, showsMfaDevice } from './facts.ts';
import { hasRootSignIn, type Rule } from './rules.ts';

const ROOT_NAMED_SERIAL = /:mfa\/root-account-mfa-device$/;

/** Returns what to show beside the verdict, in alphabetical order. */
export function flagsOf(facts: Facts, rule: Rule): Flag[] {
  if (!facts.active) return [];
  const rootSignsIn = hasRootSignIn(facts);
  const reportOnly = rule.reportOnly === true;
  const source = reportOnly && facts.correctedReport ? facts.correctedReport : facts;

  // In alphabetical order, which is the order of the answer.
  const isSet: Record<Flag, boolean> = {
    credential_report_only: reportOnly,
    credential_report_stale: rootSignsIn && reportContradicts(facts),
    fido_hardware_not_proven: rule.mfa === 'fido' && !everyFidoCertified(facts),
    leftover_root_mfa_device: rootSignsIn && source.password === false && showsMfaDevice(facts),
    password_presence_not_reported: rootSignsIn && facts.mfaOn !== undefined && facts.password === undefined,
    root_access_key_present: source.accessKeys === true,
    root_credentials_removable: rootSignsIn && source.password === true && canBeRemovedCentrally(facts),
    root_signing_certificate_present: source.certificates === true,
    sources_disagree: rootSignsIn && (rule.confidence === 'conflict' || listsDisagree(facts)),
    unassigned_root_named_device: rootSignsIn && hasUnassignedRootNamedDevice(facts),
    unrecognised_device: rootSignsIn && (facts.rootDevices?.unrecognised.length ?? 0) > 0,
  };
  return (Object.keys(isSet) as Flag[]).filter((flag) => isSet[flag]);
}

function canBeRemovedCentrally({ evidence }: Facts): boolean {
  const features = resultValue(evidence.organizationFeatures) ?? [];
  return !evidence.account.managementAccount && features.includes('RootCredentialsManagement');
}

function hasUnassignedRootNamedDevice({ evidence }: Facts): boolean {
  return (resultValue(evidence.virtualDevices) ?? []).some(
    ({ serialNumber, userArn, assigned }) =>
      userArn === undefined && !assigned && ROOT_NAMED_SERIAL.test(serialNumber),
  );
}

function reportContradicts(facts: Facts): boolean {
  const { report, mfaOn, password, accessKeys, certificates } = facts;
  if (!report) return false;
  const differ = (a: boolean | undefined, b: boolean | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  // An inactive key still exists, so only a key that the report calls active can contradict the summary.
  const vanished = (active: boolean | undefined, present: boolean | undefined) =>
    active === true && present === false;
  return (
    differ(report.mfaOn, mfaOn) ||
    (report.mfaOn === true && listsNoDevice(facts)) ||
    differ(report.password, password) ||
    vanished(report.accessKeys, accessKeys) ||
    vanished(report.certificates, certificates)
  );
}

/** The account's list and root's own list, or the summary, differ about root's virtual devices. */
function listsDisagree({ rootDevices, rootVirtualDevices, mfaOn }: Facts): boolean {
  if (!rootVirtualDevices) return false;
  if (!rootDevices) return mfaOn === false && rootVirtualDevices.length > 0;
  const serials = new Set(rootDevices.virtual.map(({ serialNumber }) => serialNumber));
  return (
    serials.size !== new Set(rootVirtualDevices).size ||
    rootVirtualDevices.some((serial) => !serials.has(serial))
  );
}
