import { CENTRAL_ROOT_ACCESS_TEXT } from '../../domain/central-root-access.ts';
import {
  type ControlCoverage,
  controlCoverage,
  controlResult,
  type EvidenceControl,
} from '../../domain/evidence-pack/control-results.ts';
import { durationByState, type EvidenceState } from '../../domain/evidence-pack/intervals.ts';
import { timeline } from '../../domain/evidence-pack/timeline.ts';
import { CONTROL_MAP } from '../../reports/evidence-pack/control-map.ts';
import type { ExemptionRow, TokenRequestRow } from '../../reports/evidence-pack/files.ts';
import type { EvidencePage, EvidenceSection } from '../../reports/evidence-pack/html.ts';
import type { RootEventRow } from '../../reports/root-event-export.ts';
import type { EvidencePackInput } from './evidence-pack-input.ts';
import type { AccountEvidence, Evidence } from './read-evidence.ts';

/** What the page shows beyond the accounts. */
export interface EvidenceLists {
  readonly exemptions: readonly ExemptionRow[];
  readonly tokenRequests: readonly TokenRequestRow[];
  readonly rootEvents: readonly RootEventRow[];
  readonly auditEntries: number;
}

const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;
const MAX_ROWS = 200;

/** Returns the page of an evidence pack. */
export function evidencePage(
  evidence: Evidence,
  lists: EvidenceLists,
  input: EvidencePackInput,
): EvidencePage {
  const { period, accounts } = evidence;
  const [from, to] = [day(period.from), day(new Date(period.to.getTime() - 1))];
  const coverages = input.controls.map((control) => controlCoverage(control, accounts));
  return {
    title: `Root user MFA: evidence for ${from} to ${to}`,
    summary: summaryText(accounts, coverages),
    facts: [
      ['Organization', input.organization ?? 'not named'],
      ['Contact', input.contact ?? 'not named'],
      ['Period', `${from} to ${to}, both included, in UTC`],
      ['Accounts in scope', String(accounts.length)],
      ['Scans in the period', String(evidence.scans.length)],
      ['Centralized root access (CIS 2.1.1)', centralRootAccessText(evidence)],
      ['Made', `${input.madeAt.toISOString()} by ${input.madeBy}`],
      ['Tool', `root-mfa-bot ${input.toolVersion}`],
      [
        'Audit log',
        evidence.auditHead
          ? `${evidence.auditHead.position} ${evidence.auditHead.position === 1 ? 'entry' : 'entries'}, head ${evidence.auditHead.hash}`
          : 'empty',
      ],
    ],
    chart: chartOf(evidence),
    sections: [
      scopeSection(),
      populationSection(evidence),
      ...coverages.map((coverage) => controlSection(coverage, evidence)),
      failuresSection(evidence, input.controls),
      notSeenSection(evidence),
      exemptionsSection(lists.exemptions),
      rootEventsSection(lists.rootEvents),
      tokenRequestsSection(lists.tokenRequests),
      methodSection(),
      verifySection(lists.auditEntries),
    ],
  };
}

/** Returns how many of the scans saw centralized root access on, and which state the last one saw. */
function centralRootAccessText({ scans }: Evidence): string {
  const seen = scans.flatMap(({ centralRootAccess }) => centralRootAccess ?? []);
  const last = seen.at(-1);
  if (last === undefined) return 'not observed';
  const on = seen.filter((access) => access === 'enabled').length;
  return `${CENTRAL_ROOT_ACCESS_TEXT[last]} at the last scan; on in ${on} of ${seen.length} scans`;
}

function summaryText(accounts: readonly AccountEvidence[], coverages: readonly ControlCoverage[]): string {
  if (accounts.length === 0) return 'No account was in scope in this period.';
  return coverages
    .map(
      ({ control, metThroughout, atEnd }) =>
        `${titleOf(control)}: ${metThroughout} of ${accounts.length} accounts throughout the period, ${atEnd.pass} at its end.`,
    )
    .join(' ');
}

function chartOf(evidence: Evidence): EvidencePage['chart'] {
  const order: readonly (readonly [EvidenceState, string])[] = [
    ['compliant', 'compliant'],
    ['exempt', 'exempt'],
    ['not_applicable', 'not applicable'],
    ['unknown', 'unknown'],
    ['not_observed', 'not observed'],
    ['noncompliant', 'non-compliant'],
  ];
  return {
    series: order.map(([, label], index) => ({ label, color: `s${index}` })),
    points: timeline(evidence.accounts, evidence.period).map(({ at, counts }) => ({
      label: day(at),
      values: order.map(([state]) => counts[state]),
    })),
  };
}

function scopeSection(): EvidenceSection {
  return {
    id: 'scope',
    title: 'Scope',
    paragraphs: [
      'The root user of every AWS account that the bot knew in the period, and whether it was protected as company policy requires. Times are in UTC and by the clock of the database.',
      'Compliance is judged by the policy in force when this pack was made, because earlier policies are not kept. The results of the controls do not depend on that policy, except for the proof of hardware.',
    ],
  };
}

function populationSection({ accounts, period }: Evidence): EvidenceSection {
  const atStart = accounts.filter(({ account }) => account.firstSeenAt <= period.from).length;
  const joined = accounts.filter(({ account }) => account.firstSeenAt > period.from);
  const left = accounts.filter(({ account }) => account.closedAt !== null && account.closedAt < period.to);
  return {
    id: 'population',
    title: 'Population',
    paragraphs: [
      `${atStart} accounts at the start, ${joined.length} joined, ${left.length} left, ${atStart + joined.length - left.length} at the end. accounts.csv lists all of them.`,
    ],
    table: {
      headings: ['Account', 'ID', 'Change', 'When'],
      ...limited(
        [
          ...joined.map(({ account }) => [account.name, account.id, 'joined', instant(account.firstSeenAt)]),
          ...left.map(({ account }) => [account.name, account.id, 'left', instant(account.closedAt)]),
        ],
        'accounts.csv',
      ),
      whenEmpty: 'No account joined or left.',
    },
  };
}

function controlSection(coverage: ControlCoverage, { cisNumbers }: Evidence): EvidenceSection {
  const { control, accountDays, atEnd } = coverage;
  const number = cisNumbers[control];
  const mapping = CONTROL_MAP.controls.find(({ id }) => id === control)?.mappings ?? [];
  return {
    id: control,
    title: titleOf(control),
    paragraphs: [
      `${coverage.metThroughout} of ${coverage.accounts} accounts met it, were exempt, or were not subject to it for all of the period.${number ? ` CIS AWS Foundations Benchmark recommendation ${number}.` : ''}`,
      `Mapped (not required) to: ${mapping.map(({ framework, ids, mappedBy }) => `${framework} ${ids.join(', ')} as mapped by ${mappedBy}`).join('; ')}.`,
    ],
    table: {
      headings: ['Result', 'Accounts at the end', 'Account-days'],
      rows: (Object.keys(accountDays) as (keyof typeof accountDays)[])
        .filter((result) => accountDays[result] > 0 || atEnd[result] > 0)
        .map((result) => [RESULT_TEXT[result], String(atEnd[result]), accountDays[result].toFixed(1)]),
      whenEmpty: 'No account in scope.',
    },
  };
}

function failuresSection({ accounts }: Evidence, controls: readonly EvidenceControl[]): EvidenceSection {
  const rows = controls.flatMap((control) =>
    accounts.flatMap(({ account, intervals }) =>
      intervals
        .filter((interval) => controlResult(control, interval) === 'fail')
        .map((interval) => [
          account.name,
          account.id,
          titleOf(control),
          instant(interval.from),
          instant(interval.to),
          interval.verdict?.why ?? '',
        ]),
    ),
  );
  return {
    id: 'failures',
    title: 'When a control was not met',
    paragraphs: [
      'Each time an account failed a control without an exemption, from the look that saw it to the look that saw it fixed.',
    ],
    table: {
      headings: ['Account', 'ID', 'Control', 'From', 'To', 'Evidence'],
      ...limited(rows, 'accounts.csv'),
      whenEmpty: 'No account failed a control.',
    },
  };
}

function notSeenSection({ accounts, period }: Evidence): EvidenceSection {
  const rows = accounts
    .map(({ account, intervals, gaps }) => ({
      account,
      hours: (durationByState(intervals).not_observed + durationByState(intervals).unknown) / HOUR_MS,
      reason: gaps[0]?.errors[0],
    }))
    .filter(({ hours }) => hours > 0)
    .sort((a, b) => b.hours - a.hours)
    .map(({ account, hours, reason }) => [
      account.name,
      account.id,
      hours.toFixed(0),
      reason
        ? `${reason.call} ${reason.code}: ${reason.message}`
        : 'no successful look within 48 hours, or an unclear answer',
    ]);
  const total = ((period.to.getTime() - period.from.getTime()) / DAY_MS) * accounts.length;
  const missing = rows.reduce((sum, [, , hours]) => sum + Number(hours), 0) / 24;
  return {
    id: 'not-seen',
    title: 'What could not be seen',
    paragraphs: [
      `${missing.toFixed(1)} of ${total.toFixed(1)} account-days have no usable look. They count as unknown or not observed, never as a pass.`,
    ],
    table: {
      headings: ['Account', 'ID', 'Hours', 'First reason'],
      ...limited(rows, 'accounts.csv'),
      whenEmpty: 'Every account was seen for all of the period.',
    },
  };
}

function exemptionsSection(exemptions: readonly ExemptionRow[]): EvidenceSection {
  return {
    id: 'exceptions',
    title: 'Exceptions',
    paragraphs: ['An exemption is requested by one person, granted by another, and ends by itself.'],
    table: {
      headings: [
        'Account',
        'State',
        'Requested by',
        'Decided by',
        'Reason',
        'Compensating control',
        'From',
        'To',
      ],
      ...limited(
        exemptions.map((row) => [
          `${row.accountName} (${row.accountId})`,
          row.state,
          row.requestedBy,
          row.approvedBy ?? '',
          row.reason,
          row.compensatingControl ?? 'none named',
          row.inForceFrom ?? '',
          row.inForceTo ?? '',
        ]),
        'exemptions.csv',
      ),
      whenEmpty: 'No exemption was requested or in force.',
    },
  };
}

function rootEventsSection(events: readonly RootEventRow[]): EvidenceSection {
  return {
    id: 'root-events',
    title: 'Use of root',
    paragraphs: ['What CloudTrail reported of root users, and how each use was explained.'],
    table: {
      headings: ['When', 'Account', 'Event', 'MFA used', 'State', 'Answered by', 'Reason'],
      ...limited(
        events.map((row) => [
          row.at,
          `${row.accountName} (${row.accountId})`,
          row.event,
          row.mfaUsed === null ? 'unknown' : row.mfaUsed ? 'yes' : 'no',
          row.state,
          row.answeredBy ?? '',
          row.reason ?? '',
        ]),
        'root-events.csv',
      ),
      whenEmpty: 'No root event was received. Root events are received only if the bot has an event queue.',
    },
  };
}

function tokenRequestsSection(requests: readonly TokenRequestRow[]): EvidenceSection {
  return {
    id: 'keys',
    title: 'Hardware keys',
    paragraphs: ['Requests for hardware keys that were open in the period.'],
    table: {
      headings: ['Accounts', 'State', 'Kind', 'Requested by', 'Requested', 'Decided by', 'Closed'],
      ...limited(
        requests.map((row) => [
          row.accounts,
          row.state,
          row.kind,
          row.requestedBy,
          row.requestedAt,
          row.decidedBy ?? '',
          row.closedAt ?? 'open',
        ]),
        'token-requests.csv',
      ),
      whenEmpty: 'No key was requested.',
    },
  };
}

function methodSection(): EvidenceSection {
  return {
    id: 'method',
    title: 'How a verdict is made',
    paragraphs: [
      'The bot reads each account with the AWS APIs through a root session that can only audit, or through a read-only role. A pass and a fail both need positive evidence. What could not be read is unknown, never a pass.',
      'A look holds until the next one, for at most 48 hours. Between two looks the state is taken to be what the earlier one saw; a change is dated to the look that saw it first.',
      'Level 1 is any MFA device on the root user, Level 2 a hardware device. AWS does not tell a hardware security key from a synced passkey; with the proof `benchmark` both count, as in the CIS steps.',
    ],
  };
}

function verifySection(auditEntries: number): EvidenceSection {
  return {
    id: 'verify',
    title: 'How to verify this pack',
    paragraphs: [
      'manifest.json lists the SHA-256 of every file. `npm run evidence -- verify DIRECTORY` compares them and says what was altered or is missing.',
      `audit.csv has the ${auditEntries} audit log entries of the period, audit-chain.jsonl their hash chain: each hash is the SHA-256 of the hash before it followed by the line. The same command follows the chain; manifest.json has its head, so that a later pack shows whether the log was rewritten.`,
    ],
  };
}

function limited(rows: readonly (readonly string[])[], file: string) {
  return { rows: rows.slice(0, MAX_ROWS), moreInFile: { count: Math.max(0, rows.length - MAX_ROWS), file } };
}

const RESULT_TEXT = {
  pass: 'pass',
  fail: 'fail',
  exempt: 'exempt',
  unknown: 'unknown',
  not_applicable: 'not applicable',
  not_observed: 'not observed',
  not_a_member: 'not in the organization',
} as const;

function titleOf(control: EvidenceControl): string {
  return CONTROL_MAP.controls.find(({ id }) => id === control)?.title ?? control;
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function instant(at: Date | null): string {
  return at ? `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` : '';
}
