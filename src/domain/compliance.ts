import type { Requirement } from './policy.ts';
import { type LevelResult, level2Under, type Verdict } from './verdict.ts';

/** Whether an account meets what policy requires of it. */
export type Compliance = 'compliant' | 'noncompliant' | 'exempt' | 'unknown' | 'not_applicable';

/** Worst first: the order of lists that call for action. */
export const COMPLIANCE_WORST_FIRST = [
  'noncompliant',
  'unknown',
  'exempt',
  'compliant',
  'not_applicable',
] as const satisfies Compliance[];

/** What bears on compliance besides the verdict: an exemption, and the owner's statement that the device is hardware. */
export interface ComplianceInputs {
  /** End of the exemption in force, if there is one. */
  readonly exemptUntil?: Date | undefined;
  /** End of the owner's attestation that root uses hardware, if there is one. */
  readonly attestedUntil?: Date | undefined;
}

/** Returns the compliance of an account: its verdict at the required level, unless it is exempt today. */
export function complianceOf(
  verdict: Verdict,
  required: Requirement,
  inputs: ComplianceInputs,
  now: Date,
): Compliance {
  const result = requiredLevelResult(verdict, required, inputs, now);

  if (result === 'fail' && isInFuture(inputs.exemptUntil, now)) return 'exempt';
  return COMPLIANCE_BY_RESULT[result];
}

/** Returns the verdict's result at the required level. */
export function requiredLevelResult(
  verdict: Verdict,
  { level, proof }: Requirement,
  { attestedUntil }: ComplianceInputs,
  now: Date,
): LevelResult {
  return level === 1 ? verdict.level1 : level2Under(proof, verdict, isInFuture(attestedUntil, now));
}

const COMPLIANCE_BY_RESULT: Record<LevelResult, Compliance> = {
  pass: 'compliant',
  fail: 'noncompliant',
  not_applicable: 'not_applicable',
  unknown: 'unknown',
};

function isInFuture(end: Date | undefined, now: Date): boolean {
  return end !== undefined && now < end;
}
