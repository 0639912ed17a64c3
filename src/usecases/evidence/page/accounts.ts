import {
  type ControlResult,
  controlResult,
  type EvidenceControl,
} from '../../../domain/evidence-pack/control-results.ts';
import { durationByState, type StateInterval } from '../../../domain/evidence-pack/intervals.ts';
import type { RecoveryWindowRow } from '../../../reports/evidence-pack/files.ts';
import type { EvidenceSection } from '../../../reports/evidence-pack/html.ts';
import { evidenceText } from '../evidence-rows.ts';
import type { AccountEvidence, Evidence } from '../read-evidence.ts';
import { requires } from './controls.ts';
import { accountText, controlTitle, count, DAY_MS, HOUR_MS, limited, moment, STATE_TEXT } from './wording.ts';

/** Room for every account of a company of some hundreds; a larger one has its file. */
const MAX_ACCOUNT_ROWS = 600;

/** Returns how many accounts there were at both ends of the period, and which joined or left in it. */
export function populationSection({ accounts }: Evidence): EvidenceSection {
  const isMember = (interval: StateInterval | undefined) => interval?.state !== 'not_a_member';
  const atStart = accounts.filter(({ intervals }) => isMember(intervals[0])).length;
  const atEnd = accounts.filter(({ intervals }) => isMember(intervals.at(-1))).length;
  const joined = accounts.flatMap(({ account, intervals: [first] }) =>
    first && !isMember(first) ? [{ account, at: first.to }] : [],
  );
  const left = accounts.flatMap(({ account, intervals }) => {
    const last = intervals.at(-1);
    return last && !isMember(last) ? [{ account, at: last.from }] : [];
  });
  return {
    id: 'population',
    title: 'Population: which accounts joined and left',
    paragraphs: [
      `${count(atStart, 'account')} at the start, ${joined.length} joined, ${left.length} left, ${atEnd} at the end. accounts.csv lists all of them.`,
      'The list comes from AWS Organizations, read at every scan; an account is dated to the scan that first listed it or first missed it. An account that the very first scan listed counts as a member, not observed, before that scan.',
    ],
    tables: [
      {
        headings: ['Account', 'ID', 'Change', 'When'],
        ...limited(
          [
            ...joined.map(({ account, at }) => [account.name, account.id, 'joined', moment(at)]),
            ...left.map(({ account, at }) => [account.name, account.id, 'left', moment(at)]),
          ],
          'accounts.csv',
        ),
        whenEmpty: 'No account joined or left.',
      },
    ],
  };
}

/** Returns every time in which an account failed a control. */
export function failuresSection(
  { accounts, period }: Evidence,
  controls: readonly EvidenceControl[],
  recoveryWindows: readonly RecoveryWindowRow[],
): EvidenceSection {
  const failures = controls.flatMap((control) =>
    accounts.flatMap(({ account, requirement, intervals }) =>
      intervals.flatMap((interval, index) =>
        controlResult(control, interval) === 'fail'
          ? [
              {
                account,
                control,
                interval,
                next: intervals[index + 1],
                isRequired: requires(requirement, control),
              },
            ]
          : [],
      ),
    ),
  );
  const byRequired = [...failures].sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const rows = byRequired.map(({ account, control, interval, next, isRequired }) => [
    accountText(account),
    controlTitle(control),
    isRequired ? 'yes' : 'no',
    moment(interval.from),
    next && interval.to < period.to
      ? `${moment(interval.to)}: ${END_TEXT[controlResult(control, next)]}`
      : 'end of the period',
    `${failureText(control, interval)}${windowText(account.id, interval, recoveryWindows)}`,
  ]);
  return {
    id: 'failures',
    title: 'When a control was not met',
    paragraphs: [
      'Each time an account failed a control without an exemption. It begins with the check that found the failure, with the end of an exemption, or with the period; To says what ended it. What company policy requires of the account comes first.',
    ],
    tables: [
      {
        headings: ['Account', 'Control', 'Required by policy', 'From', 'To', 'Evidence'],
        ...limited(rows, 'accounts.csv'),
        whenEmpty: 'No account failed a control.',
      },
    ],
  };
}

/** What ended a failure, by the result that came next. */
const END_TEXT = {
  pass: 'met',
  fail: 'the evidence changed',
  exempt: 'an exemption began',
  unknown: 'the answer was not clear',
  not_applicable: 'it no longer applied',
  not_observed: 'no longer observed',
  not_a_member: 'no longer in the organization',
} as const satisfies Record<ControlResult, string>;

/** Returns that a second person had allowed it, where a recovery window was open. */
function windowText(
  accountId: string,
  { from }: StateInterval,
  windows: readonly RecoveryWindowRow[],
): string {
  const at = from.toISOString();
  const isAllowed = windows.some(
    (window) =>
      window.accountId === accountId &&
      window.openFrom !== null &&
      window.openFrom <= at &&
      (window.openTo ?? '') > at,
  );
  return isAllowed ? ' An approved recovery window was open.' : '';
}

function failureText(control: EvidenceControl, { verdict }: StateInterval): string {
  if (!verdict) return '';
  return control === 'no-root-credentials' ? verdict.rootCredentialsWhy : verdict.why;
}

/** Returns which accounts could not be seen, for how long, and why. */
export function notSeenSection({ accounts, scans, period }: Evidence): EvidenceSection {
  const unseen = accounts
    .map((account) => ({ account, ...hoursOf(account) }))
    .filter(({ notObserved, unknown }) => notObserved + unknown > 0)
    .sort((a, b) => b.notObserved + b.unknown - (a.notObserved + a.unknown));
  const never = unseen.filter(({ member, notObserved }) => notObserved === member).length;
  const sum = (pick: (hours: Hours) => number) =>
    accounts.reduce((total, account) => total + pick(hoursOf(account)), 0) / 24;
  return {
    id: 'not-seen',
    title: 'What could not be seen',
    paragraphs: [
      `${sum(({ notObserved }) => notObserved).toFixed(1)} of ${sum(({ member }) => member).toFixed(1)} account-days were not observed, and ${sum(({ unknown }) => unknown).toFixed(1)} were observed with an unclear answer (unknown), as company policy reads them. A single control can be unknown for longer: its table has the account-days. Neither ever counts as a pass.`,
      `${never === 0 ? 'No account was' : `${count(never, 'account')} ${never === 1 ? 'was' : 'were'}`} never observed in the period. ${longestPauseText(scans, period)}`,
    ],
    tables: [
      {
        headings: ['Account', 'Not observed (hours)', 'Unknown (hours)', 'Observed', 'First reason'],
        ...limited(
          unseen.map(({ account, notObserved, unknown, member }) => [
            accountText(account.account),
            notObserved.toFixed(0),
            unknown.toFixed(0),
            notObserved === member ? 'never' : 'at times',
            reasonText(account, unknown > 0),
          ]),
          'accounts.csv',
        ),
        whenEmpty: 'Every account was observed, with a clear answer, for the whole period.',
      },
    ],
  };
}

interface Hours {
  readonly notObserved: number;
  readonly unknown: number;
  /** As an account of the organization. */
  readonly member: number;
}

function hoursOf({ intervals }: AccountEvidence): Hours {
  const { not_observed, unknown, not_a_member, ...others } = durationByState(intervals);
  const rest = Object.values(others).reduce((sum, part) => sum + part, 0);
  return {
    notObserved: not_observed / HOUR_MS,
    unknown: unknown / HOUR_MS,
    member: (not_observed + unknown + rest) / HOUR_MS,
  };
}

function reasonText({ gaps, intervals }: AccountEvidence, isUnclear: boolean): string {
  const error = gaps[0]?.errors[0];
  if (error) return `${error.call} ${error.code}: ${error.message}`;
  if (gaps.length > 0) return 'No call failed, but too little was returned for any verdict.';
  const unclear = intervals.find(({ state }) => state === 'unknown')?.verdict?.why;
  if (isUnclear && unclear) return unclear;
  return 'No scan in the 48 hours before.';
}

function longestPauseText(scans: Evidence['scans'], period: Evidence['period']): string {
  const times = [period.from, ...scans.map(({ startedAt }) => startedAt), period.to];
  const pauses = times.slice(1).map((at, index) => at.getTime() - (times[index] ?? at).getTime());
  const longest = Math.max(...pauses);
  if (scans.length === 0) return 'No scan ran in the period.';
  const hours = longest / HOUR_MS;
  const text = hours < 72 ? count(Math.round(hours), 'hour') : count(Math.round(longest / DAY_MS), 'day');
  return `${count(scans.length, 'scan')} ran in the period; the longest time without one was ${text}.`;
}

/** Returns the states of each account over the period, so that a reader can look up one account on one day. */
export function accountsSection({ accounts }: Evidence): EvidenceSection {
  const rows = accounts.flatMap(({ account, intervals }) =>
    intervals.map((interval) => [
      accountText(account),
      moment(interval.from),
      moment(interval.to),
      STATE_TEXT[interval.state],
      interval.verdict
        ? `MFA ${word(interval.level1)}; hardware ${word(interval.level2)}; credentials ${word(interval.rootCredentials)}`
        : '',
      evidenceText(interval),
    ]),
  );
  return {
    id: 'accounts',
    title: 'Each account over the period',
    paragraphs: [
      'To see how an account was protected at a given time, find its row whose From is at or before that time and whose To is after it. accounts.csv has the same rows for every account, with the first and last check of each.',
    ],
    tables: [
      {
        headings: ['Account', 'From', 'To', 'State', 'Results', 'Evidence'],
        ...limited(rows, 'accounts.csv', MAX_ACCOUNT_ROWS),
        whenEmpty: 'No account in scope.',
      },
    ],
  };
}

function word(result: string): string {
  return result.replaceAll('_', ' ');
}
