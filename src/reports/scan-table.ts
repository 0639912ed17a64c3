import Table from 'cli-table3';
import colors from 'picocolors';
import { byNameThenId } from '../domain/account.ts';
import { cisNumber } from '../domain/cis.ts';
import { COMPLIANCE_WORST_FIRST, type Compliance } from '../domain/compliance.ts';
import { type Coverage, noRootCredentials, percent, shareOf } from '../domain/coverage.ts';
import type { Flag, LevelResult, Mfa } from '../domain/verdict.ts';
import type { AccountRow, ScanReport } from './account-row.ts';

export interface TableOptions {
  readonly color: boolean;
  /** Columns of the terminal; undefined: unlimited. */
  readonly width?: number | undefined;
}

/** Returns the report for a person at a terminal: worst first, the totals, and what to do next. */
export function reportAsTable(report: ScanReport, { color, width }: TableOptions): string {
  const paint = colors.createColors(color);
  if (report.accounts.length === 0) return 'There are no accounts.\n';

  const idWidth = 14;
  const fixed = 14 + idWidth + 25 + 9 + 9;
  const flexible = Math.max(48, Math.min(width ?? 180, 180) - fixed - 8);
  const nameWidth = Math.min(
    Math.max(...report.accounts.map(({ name }) => printable(name).length), 7) + 2,
    Math.floor(flexible * 0.45),
  );
  const table = new Table({
    head: ['Compliance', 'Account', 'Id', 'Root sign-in', 'Level 1', 'Level 2', 'Why'],
    colWidths: [14, nameWidth, idWidth, 25, 9, 9, flexible - nameWidth],
    wordWrap: true,
    style: { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  const complianceColor: Record<Compliance, (text: string) => string> = {
    noncompliant: paint.red,
    unknown: paint.yellow,
    exempt: paint.cyan,
    compliant: paint.green,
    not_applicable: paint.gray,
  };
  const resultColor: Record<LevelResult, (text: string) => string> = {
    pass: paint.green,
    fail: paint.red,
    unknown: paint.yellow,
    not_applicable: paint.gray,
  };

  for (const row of [...report.accounts].sort(worstFirst)) {
    table.push([
      complianceColor[row.compliance](COMPLIANCE_TEXT[row.compliance]),
      printable(row.name),
      row.accountId,
      MFA_TEXT[row.mfa],
      resultColor[row.level1](RESULT_TEXT[row.level1]),
      resultColor[row.level2](RESULT_TEXT[row.level2]) + (row.requiredLevel === 2 ? ' *' : ''),
      [row.why, ...notesOf(row)].join(' '),
    ]);
  }

  const footnotes = report.accounts.some(({ requiredLevel }) => requiredLevel === 2)
    ? ['* requires hardware MFA']
    : [];
  return [
    table.toString(),
    ...footnotes,
    '',
    ...summary(report, paint.bold),
    '',
    ...nextSteps(report),
    '',
  ].join('\n');
}

const COMPLIANCE_TEXT: Record<Compliance, string> = {
  noncompliant: 'non-compliant',
  unknown: 'unknown',
  exempt: 'exempt',
  compliant: 'compliant',
  not_applicable: 'n/a',
};

const RESULT_TEXT: Record<LevelResult, string> = {
  pass: 'pass',
  fail: 'FAIL',
  unknown: '?',
  not_applicable: 'n/a',
};

const MFA_TEXT: Record<Mfa, string> = {
  none: 'no MFA',
  virtual: 'authenticator app',
  mixed: 'hardware and an app',
  non_virtual: 'not an app',
  fido: 'passkey or security key',
  hardware: 'hardware token',
  no_credentials: 'no credentials',
  no_password: 'no password',
  not_applicable: 'not applicable',
  unknown: 'unknown',
};

/** Returns findings beside the verdict; flags about how we know are only in the JSON. */
function notesOf({ why, flags, compliance }: AccountRow): string[] {
  const notes: Partial<Record<Flag, string>> = {
    root_access_key_present: /access key exists/.test(why) ? '' : 'A root access key exists.',
    root_signing_certificate_present: /certificate exists/.test(why)
      ? ''
      : 'A root signing certificate exists.',
    root_credentials_removable:
      compliance === 'noncompliant' ? 'Its root credentials can be removed centrally.' : '',
  };
  return flags.flatMap((flag) => notes[flag] || []);
}

function worstFirst(a: AccountRow, b: AccountRow): number {
  const rank = (row: AccountRow) =>
    COMPLIANCE_WORST_FIRST.indexOf(row.compliance) * 10 + (row.level1 === 'fail' ? 0 : 1);
  return (
    rank(a) - rank(b) ||
    byNameThenId({ name: a.name, id: a.accountId as never }, { name: b.name, id: b.accountId as never })
  );
}

function summary({ totals, cisVersion, accounts }: ScanReport, bold: (text: string) => string): string[] {
  const level = (name: string, results: Coverage['level1'], control: 'root-mfa' | 'root-hardware-mfa') => {
    const applicable = results.pass + results.fail + results.unknown;
    const number = cisNumber(control, cisVersion);
    return `${bold(`${name}: ${percent(shareOf(results))}`)} (${results.pass} of ${applicable} pass; CIS ${cisVersion} ${number})`;
  };
  const { compliance } = totals;
  const noun = accounts.length === 1 ? 'account' : 'accounts';
  const parts = [
    `${compliance.compliant} compliant`,
    `${compliance.noncompliant} non-compliant`,
    `${compliance.unknown} unknown`,
    ...(compliance.exempt > 0 ? [`${compliance.exempt} exempt`] : []),
    `${compliance.not_applicable} not applicable`,
  ];
  return [
    `${level('Level 1, any MFA', totals.level1, 'root-mfa')}   ${level('Level 2, hardware MFA', totals.level2, 'root-hardware-mfa')}`,
    rootCredentialsLine(totals, bold),
    `${accounts.length} ${noun}: ${parts.join(', ')}.`,
  ];
}

function rootCredentialsLine(totals: Coverage, bold: (text: string) => string): string {
  const results = noRootCredentials(totals);
  const { pass, fail, unknown } = results;
  return `${bold(`No root credentials: ${percent(shareOf(results))}`)} (${pass} of ${pass + fail + unknown} member accounts${
    unknown > 0 ? `, ${unknown} unknown` : ''
  })`;
}

function nextSteps({ accounts }: ScanReport): string[] {
  const count = (test: (row: AccountRow) => boolean) => accounts.filter(test).length;
  const removable = count(
    (row) => row.compliance === 'noncompliant' && row.flags.includes('root_credentials_removable'),
  );
  const none = count((row) => row.compliance === 'noncompliant' && row.mfa === 'none');
  const app = count(
    (row) => row.compliance === 'noncompliant' && (row.mfa === 'virtual' || row.mfa === 'mixed'),
  );
  const keys = count((row) => row.flags.includes('root_access_key_present'));
  const unknown = count((row) => row.compliance === 'unknown');
  const steps = [
    [
      removable,
      'member account(s) non-compliant and in no need of a root user: delete their root credentials (IAM, "Root access management").',
    ],
    [
      none,
      'account(s) have no root MFA: sign in as root, "Security credentials", "Assign MFA device", "Passkey or security key".',
    ],
    [
      app,
      'account(s) still use an authenticator app where hardware is required: register a security key, then remove the app.',
    ],
    [keys, 'account(s) have a root access key: delete it.'],
    [unknown, 'account(s) unknown: see "Why", or the errors in --format json.'],
  ] as const;
  const due = steps.filter(([many]) => many > 0);
  if (due.length === 0) return ['Nothing to do: every account is compliant.'];
  return [
    'What to do next:',
    ...due.map(
      ([many, step]) => `  ${String(many).padStart(4)} ${step.replaceAll('(s)', many === 1 ? '' : 's')}`,
    ),
  ];
}

/** Account names are untrusted: a terminal must not obey control characters in them. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
