import type { DoctorResources } from './resources.ts';

/** The result of one check. */
export interface CheckResult {
  /** `skipped`: it could not be checked; another result says why. */
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found. */
  readonly message: string;
  /** More detail, one line each. */
  readonly details?: readonly string[];
  /** What to do. */
  readonly advice?: string;
}

/** One prerequisite and how to check it. A check changes nothing, and sends nothing unless it is asked to. */
export interface Check {
  readonly name: string;
  run(resources: DoctorResources): Promise<CheckResult>;
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
