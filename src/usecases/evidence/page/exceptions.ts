import type { ExemptionRow, RecoveryWindowRow } from '../../../reports/evidence-pack/files.ts';
import type { EvidenceSection } from '../../../reports/evidence-pack/html.ts';
import type { EvidenceLists } from './lists.ts';
import { accountText, limited, moment, personText } from './wording.ts';

type Names = EvidenceLists['names'];

/** Returns the exemptions: who requested and who decided them, why, until when, with which compensating control. */
export function exemptionsSection({ exemptions, names }: EvidenceLists): EvidenceSection {
  return {
    id: 'exceptions',
    title: 'Exceptions',
    paragraphs: [
      'An exemption excuses a failure for a limited time. One person requests it, an admin other than that person decides, and it ends by itself. An exempt account still fails the control: it is counted as exempt, never as a pass.',
    ],
    tables: [
      {
        headings: ['Account', 'Requested', 'Reason', 'Compensating control', 'Decision', 'In force'],
        ...limited(
          exemptions.map((row) => [
            accountText({ name: row.accountName, id: row.accountId }),
            requestText(row, names),
            row.reason,
            row.compensatingControl ?? 'none named',
            decisionText({ ...row, decidedBy: row.approvedBy }, EXEMPTION_STATE, names),
            row.inForceFrom ? `${moment(row.inForceFrom)} to ${moment(row.inForceTo)}` : 'never',
          ]),
          'exemptions.csv',
        ),
        whenEmpty: 'No exemption was requested or in force.',
      },
    ],
  };
}

/** Returns the recovery windows: when root could have credentials although policy forbids them, and who allowed it. */
export function recoveryWindowsSection({ recoveryWindows, names }: EvidenceLists): EvidenceSection {
  return {
    id: 'recovery-windows',
    title: 'Recovery windows (break-glass use of root)',
    paragraphs: [
      'Where policy forbids root credentials, a recovery window allows them for at most 72 hours. One person requests it, an admin other than that person decides. It closes when a check finds that the credentials are gone, or at its end.',
    ],
    tables: [
      {
        headings: ['Account', 'Requested', 'Reason', 'Ticket', 'Decision', 'Open', 'Credentials first seen'],
        ...limited(
          recoveryWindows.map((row) => [
            accountText({ name: row.accountName, id: row.accountId }),
            requestText(row, names),
            row.reason,
            row.ticket ?? '',
            decisionText(row, RECOVERY_STATE, names),
            row.openFrom ? `${moment(row.openFrom)} to ${moment(row.openTo)}` : 'never',
            moment(row.credentialsSeenAt),
          ]),
          'recovery-windows.csv',
        ),
        whenEmpty: 'No recovery window was requested or open.',
      },
    ],
  };
}

function requestText({ requestedBy, requestedAt }: ExemptionRow | RecoveryWindowRow, names: Names): string {
  return `${personText(requestedBy, names)}, ${moment(requestedAt)}`;
}

interface Decided {
  readonly state: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionNote: string | null;
}

function decisionText(
  { state, decidedBy, decidedAt, decisionNote }: Decided,
  states: Readonly<Record<string, string>>,
  names: Names,
): string {
  const what = states[state] ?? state;
  const by = decidedBy ? ` by ${personText(decidedBy, names)}, ${moment(decidedAt)}` : '';
  const [verb = '', after = ''] = what.split('; ');
  return `${verb}${by}${decisionNote ? `: “${decisionNote}”` : ''}${after && `; ${after}`}`;
}

const EXEMPTION_STATE: Readonly<Record<string, string>> = {
  requested: 'not decided',
  withdrawn: 'withdrawn by the requester',
  declined: 'declined',
  granted: 'approved',
  ended: 'approved; ended',
  revoked: 'approved; revoked early',
};

const RECOVERY_STATE: Readonly<Record<string, string>> = {
  ...EXEMPTION_STATE,
  ended: 'approved; ended on time',
  completed: 'approved; closed when the credentials were gone',
};
