import type { StateInterval } from './intervals.ts';

/** A control that a pack is evidence for. */
export const EVIDENCE_CONTROLS = ['root-mfa', 'root-hardware-mfa', 'no-root-credentials'] as const;
export type EvidenceControl = (typeof EVIDENCE_CONTROLS)[number];

/** `exempt`: it fails, and an approved exemption was in force. `not_a_member`: not an account of the organization. */
export type ControlResult =
  | 'pass'
  | 'fail'
  | 'exempt'
  | 'unknown'
  | 'not_applicable'
  | 'not_observed'
  | 'not_a_member';

/** What a control is judged by. */
export type ControlFacts = Pick<StateInterval, 'state' | 'level1' | 'level2' | 'rootCredentials'>;

/** Returns how one account met a control in an interval. Unknown and not observed are never a pass. */
export function controlResult(control: EvidenceControl, interval: ControlFacts): ControlResult {
  switch (control) {
    case 'root-mfa':
      return exempted(interval.level1, interval);
    case 'root-hardware-mfa':
      return exempted(interval.level2, interval);
    case 'no-root-credentials':
      return CREDENTIALS_RESULT[interval.rootCredentials];
  }
}

const CREDENTIALS_RESULT = {
  absent: 'pass',
  present: 'fail',
  unknown: 'unknown',
  not_applicable: 'not_applicable',
  not_observed: 'not_observed',
  not_a_member: 'not_a_member',
} as const satisfies Record<StateInterval['rootCredentials'], ControlResult>;

function exempted(result: StateInterval['level1'], { state }: ControlFacts): ControlResult {
  return result === 'fail' && state === 'exempt' ? 'exempt' : result;
}

/** How long each result lasted, and how many accounts had it at the end of the period. */
export interface ControlCoverage {
  readonly control: EvidenceControl;
  /** Account-days by result, over the whole period. */
  readonly accountDays: Readonly<Record<ControlResult, number>>;
  /** Accounts by result at the last moment of the period. */
  readonly atEnd: Readonly<Record<ControlResult, number>>;
  /** Accounts that passed, were exempt or not applicable for as long as they were in the organization. */
  readonly metThroughout: number;
  readonly accounts: number;
}

const DAY_MS = 24 * 60 * 60_000;
const FINE: ReadonlySet<ControlResult> = new Set(['pass', 'exempt', 'not_applicable', 'not_a_member']);
const zero = (): Record<ControlResult, number> => ({
  pass: 0,
  fail: 0,
  exempt: 0,
  unknown: 0,
  not_applicable: 0,
  not_observed: 0,
  not_a_member: 0,
});

/** Returns the coverage of a control by accounts and by account-days. */
export function controlCoverage(
  control: EvidenceControl,
  accounts: readonly { readonly intervals: readonly StateInterval[] }[],
): ControlCoverage {
  const accountDays = zero();
  const atEnd = zero();
  let metThroughout = 0;
  for (const { intervals } of accounts) {
    let met = true;
    for (const interval of intervals) {
      const result = controlResult(control, interval);
      accountDays[result] += (interval.to.getTime() - interval.from.getTime()) / DAY_MS;
      met &&= FINE.has(result);
    }
    const last = intervals.at(-1);
    if (last) atEnd[controlResult(control, last)] += 1;
    if (met) metThroughout += 1;
  }
  return { control, accountDays, atEnd, metThroughout, accounts: accounts.length };
}
