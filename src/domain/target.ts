import type { Account, DirectoryEntry } from './account.ts';
import { daysBetween, endOfDate } from './calendar.ts';
import type { Compliance } from './compliance.ts';
import { type Level, matchRule, type PolicyMatch } from './policy.ts';
import type { ReminderPolicy } from './reminder.ts';
import type { LevelResult, RootCredentials, Verdict } from './verdict.ts';

/** A date by which some accounts reach a level or lose their root credentials. It does not change what policy requires. */
export interface Target extends TargetGoal {
  readonly name: string;
  readonly match: PolicyMatch;
  /** The last day that counts: `2027-03-31`. */
  readonly by: string;
}

/** What a target asks of its accounts: one of the two. */
export interface TargetGoal {
  readonly level?: Level | undefined;
  readonly rootCredentials?: 'forbidden' | undefined;
}

/** What a target counts of one account. */
export interface TargetAccount {
  readonly account: Pick<Account, 'id' | 'managementAccount'> &
    Pick<DirectoryEntry, 'orgUnit' | 'tags'> & { readonly verdict: Pick<Verdict, 'mfa'> | null };
  readonly level1: LevelResult;
  readonly level2: LevelResult;
  readonly rootCredentials: RootCredentials;
  readonly compliance: Compliance;
}

/** How many accounts of a target are done, as a digest reported it. */
export interface TargetCount {
  readonly total: number;
  readonly done: number;
}

/** The count of a target that was reported on a day. */
export interface TargetSample extends TargetCount {
  readonly at: Date;
}

/** The accounts of a target, counted. */
export interface TargetCounts extends TargetCount {
  /** To go because they could not be checked. */
  readonly unknown: number;
  /** To go and exempt from policy until a later day. */
  readonly exempt: number;
  /** To go although they are compliant: policy requires less, so that no reminders ask for it. */
  readonly notRequired: number;
  /** Left out because their org unit or tags could not be read. */
  readonly unplaced: number;
}

/** How far a target is, as JSON. */
export interface TargetProgress extends TargetCounts {
  readonly name: string;
  readonly goal: 'any-mfa' | 'hardware-mfa' | 'no-root-credentials';
  readonly by: string;
  readonly state: 'empty' | 'reached' | 'overdue' | 'open';
  readonly toGo: number;
  /** `0`: today is the last day; negative: it has passed. */
  readonly daysLeft: number;
  /** Accounts a week from now on; `null`: less than a week is left, or nothing to do. */
  readonly neededPerWeek: number | null;
  /** Accounts a week over the last weeks, with one decimal; `null`: only one week was reported. */
  readonly achievedPerWeek: number | null;
}

/** The last weeks, over which the pace of a target is measured. */
export const PACE_WEEKS = 4;

const DAY_MS = 24 * 60 * 60_000;
const DAYS_PER_WEEK = 7;

/**
 * Counts the accounts of a target. One that could not be checked is to go; one without any root sign-in has reached every
 * level.
 */
export function countTarget(target: Target, accounts: Iterable<TargetAccount>): TargetCounts {
  const counts = { total: 0, done: 0, unknown: 0, exempt: 0, notRequired: 0, unplaced: 0 };
  for (const one of accounts) {
    const matches = matchRule(target.match, one.account, one.account);
    const result = matches === 'no' ? 'not_applicable' : resultFor(target, one);
    if (result === 'not_applicable') continue;
    if (matches === 'maybe') {
      counts.unplaced += 1;
      continue;
    }
    counts.total += 1;
    if (result === 'pass') counts.done += 1;
    else if (result === 'unknown') counts.unknown += 1;
    else if (one.compliance === 'exempt') counts.exempt += 1;
    else if (one.compliance === 'compliant') counts.notRequired += 1;
  }
  return counts;
}

/** Returns how far a target is. `samples` are what digests reported, oldest first. */
export function targetProgress(
  { name, by, level, rootCredentials }: Target,
  counts: TargetCounts,
  {
    samples,
    zone,
    now,
  }: { readonly samples: readonly TargetSample[]; readonly zone: string; readonly now: Date },
): TargetProgress {
  const toGo = counts.total - counts.done;
  const daysLeft = daysUntil({ by }, zone, now);
  return {
    name,
    by,
    goal: rootCredentials === 'forbidden' ? 'no-root-credentials' : level === 2 ? 'hardware-mfa' : 'any-mfa',
    state: counts.total === 0 ? 'empty' : toGo === 0 ? 'reached' : daysLeft < 0 ? 'overdue' : 'open',
    ...counts,
    toGo,
    daysLeft,
    neededPerWeek: neededPerWeek(toGo, daysLeft),
    achievedPerWeek: paceOf(samples),
  };
}

/** Returns what a target asks of which accounts, as text: counts of another definition do not compare. */
export function targetDefinition({ match, level, rootCredentials }: Target): string {
  const { accounts, orgUnits, tags } = match;
  const sortedTags = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([level ?? rootCredentials, [...accounts].sort(), [...orgUnits].sort(), sortedTags]);
}

/** Returns whether an account has reached a target; `not_applicable`: the target is not about it. */
function resultFor(
  { level, rootCredentials }: TargetGoal,
  { account, ...results }: TargetAccount,
): LevelResult {
  if (account.verdict?.mfa === 'not_applicable') return 'not_applicable';
  if (rootCredentials === 'forbidden') {
    // AWS cannot remove the root credentials of the management account.
    if (account.managementAccount) return 'not_applicable';
    return RESULT_OF_CREDENTIALS[results.rootCredentials];
  }
  const result = level === 2 ? results.level2 : results.level1;
  return result === 'not_applicable' ? 'pass' : result;
}

const RESULT_OF_CREDENTIALS: Record<RootCredentials, LevelResult> = {
  absent: 'pass',
  present: 'fail',
  unknown: 'unknown',
  not_applicable: 'not_applicable',
};

/** Returns whether a target is about an account that has not reached it, or that could not be checked. */
export function isToGo(target: Target, one: TargetAccount): boolean {
  const isOpen = ['fail', 'unknown'].includes(resultFor(target, one));
  return isOpen && matchRule(target.match, one.account, one.account) === 'yes';
}

/** Returns the target that an account must reach next: the earliest, on one day the strictest; undefined if none is left. */
export function nextTargetOf<T extends Target>(targets: readonly T[], account: TargetAccount): T | undefined {
  return targets
    .filter((target) => isToGo(target, account))
    .sort((a, b) => (a.by === b.by ? strictness(b) - strictness(a) : a.by < b.by ? -1 : 1))[0];
}

function strictness({ level, rootCredentials }: TargetGoal): number {
  return rootCredentials === 'forbidden' ? 3 : (level ?? 0);
}

/** Returns in how many days the last day of a target is, by the company's calendar; negative once it has passed. */
export function daysUntil({ by }: Pick<Target, 'by'>, zone: string, now: Date): number {
  const end = endOfDate(by, zone);
  // The configuration accepts calendar days only.
  if (!end) throw new RangeError(`Cannot read ${JSON.stringify(by)} as a day: expected "2027-03-31"`);
  return daysBetween(now, end, zone) - 1;
}

/** Rounded up, so that the pace suffices. */
function neededPerWeek(toGo: number, daysLeft: number): number | null {
  const days = daysLeft + 1;
  return toGo === 0 || days < DAYS_PER_WEEK ? null : Math.ceil((toGo * DAYS_PER_WEEK) / days);
}

function paceOf(samples: readonly TargetSample[]): number | null {
  const latest = samples.at(-1);
  const first = latest && samples.find(({ at }) => weeksBetween(at, latest.at) <= PACE_WEEKS);
  if (!latest || !first || first === latest) return null;
  const perWeek = (latest.done - first.done) / Math.max(1, weeksBetween(first.at, latest.at));
  return Math.max(0, Math.round(perWeek * 10) / 10);
}

/** Digests of two weeks are hours early or late, not days. */
function weeksBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / (DAYS_PER_WEEK * DAY_MS));
}

/** In the last weeks before its day, an account of a target is reminded more often. */
const CADENCE: readonly { readonly withinDays: number; readonly factor: number }[] = [
  { withinDays: 7, factor: 4 },
  { withinDays: 28, factor: 2 },
];

/**
 * Returns how an account is reminded whose target is due on that day: more often as it nears, with no snooze beyond it;
 * once it has passed, one reminder without an answer is enough to escalate.
 */
export function reminderPolicyUntil(policy: ReminderPolicy, daysLeft: number): ReminderPolicy {
  const factor = CADENCE.find(({ withinDays }) => daysLeft <= withinDays)?.factor ?? 1;
  return {
    ...policy,
    everyDays: Math.ceil(policy.everyDays / factor),
    snoozeDays: Math.max(1, Math.min(policy.snoozeDays, daysLeft)),
    escalateAfter: daysLeft < 0 ? 1 : policy.escalateAfter,
  };
}
