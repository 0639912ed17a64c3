import type { Account, DirectoryEntry } from './account.ts';
import type { CallError } from './evidence.ts';
import type { RootDeviceCounts } from './root-devices.ts';
import type { RootLastUse } from './root-last-use.ts';
import type { Verdict } from './verdict.ts';

/** One account as one scan saw it. */
export interface AccountObservation {
  readonly account: Account;
  readonly verdict: Verdict;
  /** Root's MFA devices by kind; left out where no session listed them. */
  readonly rootDevices?: RootDeviceCounts | undefined;
  /** When root was last used; left out where no credential report was read. */
  readonly rootLastUse?: RootLastUse | undefined;
  /** Why something is not known; empty when everything asked was answered. */
  readonly errors: readonly CallError[];
  readonly checkedAt: Date;
}

/** One account as it is remembered: the last verdict that could be read, and what has happened since. */
export interface KnownAccount extends Account, DirectoryEntry {
  /** The last verdict that was really read; `null` until the first one. */
  readonly verdict: Verdict | null;
  /** Root's MFA devices by kind, as last listed; left out where they never were for this kind of MFA. */
  readonly rootDevices?: RootDeviceCounts | undefined;
  /** When root was last used, as the last credential report that was read says. */
  readonly rootLastUse?: RootLastUse | undefined;
  /** Since when the verdict has been what it is. */
  readonly since: Date | null;
  /** When the verdict was last read from AWS. */
  readonly checkedAt: Date | null;
  /** Later scans without a result: the verdict is no longer current. */
  readonly readFailure: { readonly since: Date; readonly errors: readonly CallError[] } | null;
  readonly firstSeenAt: Date;
  /** When the organization stopped listing it; closed accounts are kept, not shown. */
  readonly closedAt: Date | null;
  /** When names, tags and contacts were last read; `null`: never. */
  readonly directoryReadAt: Date | null;
  /** When service control policies were last read; `null`: never. */
  readonly guardrailsReadAt: Date | null;
}

/** A stored scan of all accounts. */
export interface Scan {
  readonly id: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** `schedule`, or the Slack id of the person who asked. */
  readonly startedBy: string;
  readonly accounts: number;
  readonly unread: number;
}

/** Returns whether an observation has no result: the last verdict stays, but is no longer current. */
export function hasNoData(observation: Pick<AccountObservation, 'verdict'>): boolean {
  return observation.verdict.level1 === 'unknown';
}
