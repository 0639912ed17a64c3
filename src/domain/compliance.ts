import type { Requirement } from './policy.ts';
import { type LevelResult, level2Under, type RootCredentials, type Verdict } from './verdict.ts';

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

/** Returns the compliance of an account: whether its verdict meets the requirement, unless it is exempt today. */
export function complianceOf(
  verdict: Verdict,
  required: Requirement,
  inputs: ComplianceInputs,
  now: Date,
): Compliance {
  const result = requirementResult(verdict, required, isInFuture(inputs.attestedUntil, now));

  if (result === 'fail' && isInFuture(inputs.exemptUntil, now)) return 'exempt';
  return COMPLIANCE_BY_RESULT[result];
}

/**
 * Returns whether a verdict meets the requirement. Where policy forbids root credentials, MFA cannot make up for them,
 * and an account without any needs nothing else.
 */
export function requirementResult(
  verdict: Verdict,
  { level, proof, rootCredentials }: Requirement,
  hardwareAttested = false,
): LevelResult {
  const levelResult = level === 1 ? verdict.level1 : level2Under(proof, verdict, hardwareAttested);
  if (rootCredentials === 'allowed') return levelResult;
  // A failed level is a root user who signs in, even if the kinds of credential could not all be read.
  return levelResult === 'fail' ? 'fail' : RESULT_WHERE_FORBIDDEN[verdict.rootCredentials];
}

const RESULT_WHERE_FORBIDDEN: Record<RootCredentials, LevelResult> = {
  absent: 'pass',
  present: 'fail',
  unknown: 'unknown',
  not_applicable: 'not_applicable',
};

const COMPLIANCE_BY_RESULT: Record<LevelResult, Compliance> = {
  pass: 'compliant',
  fail: 'noncompliant',
  not_applicable: 'not_applicable',
  unknown: 'unknown',
};

function isInFuture(end: Date | undefined, now: Date): boolean {
  return end !== undefined && now < end;
}
