import type { Asked } from './policy.ts';
import { type LevelResult, level2Under, type Verdict } from './verdict.ts';

/** How an account stands against what is asked of it. */
export type Standing = 'met' | 'unmet' | 'exempt' | 'unknown' | 'not_applicable';

/** Worst first: the order of lists that somebody must act on. */
export const STANDINGS_WORST_FIRST = [
  'unmet',
  'unknown',
  'exempt',
  'met',
  'not_applicable',
] as const satisfies Standing[];

/** What else bears on a standing: leave to fall short, and the owner's word that the device is hardware. */
export interface Circumstances {
  /** End of the exemption in force, if there is one. */
  readonly exemptUntil?: Date | undefined;
  /** End of the owner's attestation that root uses hardware, if there is one. */
  readonly attestedUntil?: Date | undefined;
}

/** How an account stands: its verdict at the level asked, unless it is exempt today. */
export function standing(verdict: Verdict, asked: Asked, circumstances: Circumstances, now: Date): Standing {
  const result = resultAt(verdict, asked, circumstances, now);

  if (result === 'fail' && isAhead(circumstances.exemptUntil, now)) return 'exempt';
  return STANDING_OF[result];
}

/** The verdict's result at the level that is asked. */
export function resultAt(
  verdict: Verdict,
  { level, proof }: Asked,
  { attestedUntil }: Circumstances,
  now: Date,
): LevelResult {
  return level === 1 ? verdict.level1 : level2Under(proof, verdict, isAhead(attestedUntil, now));
}

const STANDING_OF: Record<LevelResult, Standing> = {
  pass: 'met',
  fail: 'unmet',
  not_applicable: 'not_applicable',
  unknown: 'unknown',
};

function isAhead(end: Date | undefined, now: Date): boolean {
  return end !== undefined && now < end;
}
