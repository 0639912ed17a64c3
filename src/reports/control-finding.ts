import { type CisVersion, cisNumber } from '../domain/cis.ts';
import {
  type ControlResult,
  controlResult,
  EVIDENCE_CONTROLS,
  type EvidenceControl,
} from '../domain/evidence-pack/control-results.ts';
import type { Confidence } from '../domain/verdict.ts';
import type { AccountRow } from './account-row.ts';
import { CONTROL_MAP } from './evidence-pack/control-map.ts';

/** How one account met one control at one moment. */
export interface ControlFinding {
  readonly accountId: string;
  /** Untrusted text. */
  readonly accountName: string;
  readonly partition: string;
  readonly owner: string | null;
  readonly control: EvidenceControl;
  readonly result: ControlResult;
  /** What was seen, in a sentence. */
  readonly evidence: string;
  readonly confidence: Confidence;
  /** For how long it has been so; `null`: not known. */
  readonly since: Date | null;
  readonly at: Date;
}

/** Returns what a control demands, in a few words. */
export function controlTitle(control: EvidenceControl): string {
  return CONTROL_MAP.controls.find(({ id }) => id === control)?.title ?? control;
}

/** Returns the number of a control in a version of the CIS AWS Foundations Benchmark; undefined if that version lacks it. */
export function cisNumberOf(control: EvidenceControl, version: CisVersion): string | undefined {
  return cisNumber(control === 'no-root-credentials' ? 'central-root-access' : control, version);
}

/** Returns how an account of a scan meets each control. */
export function rowFindings(row: AccountRow): readonly ControlFinding[] {
  return EVIDENCE_CONTROLS.map((control) => ({
    accountId: row.accountId,
    accountName: row.name,
    partition: row.partition,
    owner: row.owner,
    control,
    result: controlResult(control, { ...row, state: row.compliance }),
    evidence: control === 'no-root-credentials' ? row.rootCredentialsWhy : row.why,
    confidence: row.confidence,
    since: null,
    at: new Date(row.checkedAt),
  }));
}
