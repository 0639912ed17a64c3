import type { Patient } from './resources.ts';

/** How one prerequisite is. */
export interface Finding {
  /** `skipped`: it could not be looked at, and another finding says why. */
  readonly state: 'ok' | 'doubtful' | 'broken' | 'skipped';
  /** What is the case. */
  readonly says: string;
  /** More of it, a line each. */
  readonly details?: readonly string[];
  /** What to do. */
  readonly advice?: string;
}

/** One prerequisite, and how to look at it. A look sends nothing and changes nothing. */
export interface Check {
  readonly name: string;
  look(patient: Patient): Promise<Finding>;
}

/** What a check needs is not there; the check that looks at it says why. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

export const ok = (says: string, details?: readonly string[]): Finding => ({
  state: 'ok',
  says,
  ...(details && { details }),
});
export const doubtful = (says: string, advice: string, details?: readonly string[]): Finding => ({
  state: 'doubtful',
  says,
  advice,
  ...(details && { details }),
});
export const broken = (says: string, advice: string, details?: readonly string[]): Finding => ({
  state: 'broken',
  says,
  advice,
  ...(details && { details }),
});
export const skipped = (says: string, advice?: string): Finding => ({
  state: 'skipped',
  says,
  ...(advice && { advice }),
});
