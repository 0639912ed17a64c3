import type { DoctorResources } from './resources.ts';

/** How one prerequisite is. */
export interface CheckResult {
  /** `skipped`: it could not be looked at, and another finding says why. */
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What is the case. */
  readonly message: string;
  /** More of it, a line each. */
  readonly details?: readonly string[];
  /** What to do. */
  readonly advice?: string;
}

/** One prerequisite, and how to look at it. A look sends nothing and changes nothing. */
export interface Check {
  readonly name: string;
  run(resources: DoctorResources): Promise<CheckResult>;
}

/** What a check needs is not there; the check that looks at it says why. */
export class MissingResourceError extends Error {
  override readonly name = 'MissingResourceError';
}

export const ok = (message: string, details?: readonly string[]): CheckResult => ({
  state: 'ok',
  message,
  ...(details && { details }),
});
export const warn = (message: string, advice: string, details?: readonly string[]): CheckResult => ({
  state: 'warning',
  message,
  advice,
  ...(details && { details }),
});
export const fail = (message: string, advice: string, details?: readonly string[]): CheckResult => ({
  state: 'failed',
  message,
  advice,
  ...(details && { details }),
});
export const skip = (message: string, advice?: string): CheckResult => ({
  state: 'skipped',
  message,
  ...(advice && { advice }),
});
