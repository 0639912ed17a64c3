import type { CisVersion } from '../domain/cis.ts';
import type { ControlResult, EvidenceControl } from '../domain/evidence-pack/control-results.ts';
import type { Confidence } from '../domain/verdict.ts';
import { type ControlFinding, cisNumberOf, controlTitle } from './control-finding.ts';

/** What every finding says of its source. */
export interface OcsfSource {
  readonly toolVersion: string;
  readonly cisVersion: CisVersion;
}

/** Returns OCSF 1.6.0 Compliance Findings (class 2003) as JSON, one a line. */
export function* findingsAsOcsf(findings: Iterable<ControlFinding>, source: OcsfSource): Generator<string> {
  for (const finding of findings) yield `${JSON.stringify(toOcsf(finding, source))}\n`;
}

function toOcsf(finding: ControlFinding, source: OcsfSource) {
  const { accountId, accountName, partition, owner, control, result, evidence, confidence } = finding;
  const time = finding.at.getTime();
  const uid = `${accountId}/${control}`;
  const title = controlTitle(control);
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2003,
    class_name: 'Compliance Finding',
    type_uid: 200301,
    type_name: 'Compliance Finding: Create',
    time,
    ...severityOf(control, result),
    ...FINDING_STATUS[result],
    ...CONFIDENCE[confidence],
    message: evidence,
    metadata: {
      version: '1.6.0',
      uid: `${uid}/${time}`,
      profiles: ['cloud'],
      product: { name: 'root-mfa-bot', vendor_name: 'root-mfa-bot', version: source.toolVersion },
    },
    cloud: {
      provider: 'AWS',
      account: { uid: accountId, name: accountName, type_id: 10, type: 'AWS Account' },
    },
    finding_info: {
      uid,
      title,
      desc: evidence,
      types: ['Root user MFA'],
      ...(finding.since && { first_seen_time: finding.since.getTime() }),
      last_seen_time: time,
    },
    compliance: complianceOf(finding, title, source.cisVersion),
    resources: [
      {
        uid: `arn:${partition}:iam::${accountId}:root`,
        name: accountName,
        type: 'AWS root user',
        cloud_partition: partition,
        ...(owner && { owner: { name: owner } }),
      },
    ],
    ...(result === 'fail' && { remediation: { desc: REMEDIATION[control] } }),
  };
}

function complianceOf({ control, result, evidence }: ControlFinding, title: string, version: CisVersion) {
  const status = COMPLIANCE_STATUS[result];
  const number = cisNumberOf(control, version);
  const standard = `CIS AWS Foundations Benchmark ${version}`;
  return {
    control,
    ...status,
    status_code: result,
    status_details: [evidence],
    ...(number && { standards: [standard] }),
    checks: [
      { uid: control, name: title, ...status },
      ...(number ? [{ uid: number, name: title, version, standards: [standard], ...status }] : []),
    ],
  };
}

const PASS = { status_id: 1, status: 'Pass' } as const;
/** The schema's word for a check without a result because information is missing. */
const WARNING = { status_id: 2, status: 'Warning' } as const;
const FAIL = { status_id: 3, status: 'Fail' } as const;

/** An exempt account fails the check; that it is excused is the status of the finding. */
const COMPLIANCE_STATUS = {
  pass: PASS,
  fail: FAIL,
  exempt: FAIL,
  unknown: WARNING,
  not_observed: WARNING,
  not_applicable: { status_id: 99, status: 'Not applicable' },
  not_a_member: { status_id: 99, status: 'Not in the organization' },
} as const satisfies Record<ControlResult, { readonly status_id: number; readonly status: string }>;

const NEW = { status_id: 1, status: 'New' } as const;

const FINDING_STATUS = {
  pass: { status_id: 4, status: 'Resolved' },
  fail: NEW,
  exempt: { status_id: 3, status: 'Suppressed' },
  unknown: NEW,
  not_observed: NEW,
  not_applicable: { status_id: 99, status: 'Not applicable' },
  not_a_member: { status_id: 99, status: 'Not in the organization' },
} as const satisfies Record<ControlResult, { readonly status_id: number; readonly status: string }>;

const CONFIDENCE = {
  observed: { confidence_id: 3, confidence: 'High' },
  inferred: { confidence_id: 2, confidence: 'Medium' },
  stale: { confidence_id: 1, confidence: 'Low' },
  conflict: { confidence_id: 1, confidence: 'Low' },
  none: { confidence_id: 0, confidence: 'Unknown' },
} as const satisfies Record<Confidence, { readonly confidence_id: number; readonly confidence: string }>;

/** Severity of a failure. AWS Security Hub rates its IAM.9 and IAM.6 critical; root credentials that have MFA are less. */
const SEVERITY_OF_FAILURE = {
  'root-mfa': { severity_id: 5, severity: 'Critical' },
  'root-hardware-mfa': { severity_id: 4, severity: 'High' },
  'no-root-credentials': { severity_id: 3, severity: 'Medium' },
} as const satisfies Record<EvidenceControl, { readonly severity_id: number; readonly severity: string }>;

function severityOf(control: EvidenceControl, result: ControlResult) {
  if (result === 'fail' || result === 'exempt') return SEVERITY_OF_FAILURE[control];
  if (result === 'unknown' || result === 'not_observed') return { severity_id: 0, severity: 'Unknown' };
  return { severity_id: 1, severity: 'Informational' };
}

const REMEDIATION = {
  'root-mfa':
    'Remove the root credentials of the member account, or register an MFA device for its root user.',
  'root-hardware-mfa':
    'Remove the root credentials of the member account, or register a hardware security key for its root user and remove the authenticator app.',
  'no-root-credentials': 'Delete the root credentials in IAM, under “Root access management”.',
} as const satisfies Record<EvidenceControl, string>;
