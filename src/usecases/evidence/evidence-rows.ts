import { auditSentence } from '../../domain/audit-sentence.ts';
import { controlResult, type EvidenceControl } from '../../domain/evidence-pack/control-results.ts';
import type { StateInterval } from '../../domain/evidence-pack/intervals.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { RecoveryWindow } from '../../domain/recovery-window.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import type { ControlFinding } from '../../reports/control-finding.ts';
import type {
  EvidenceAuditRow,
  ExemptionRow,
  IntervalRow,
  RecoveryWindowRow,
  ScanRow,
  TokenRequestRow,
} from '../../reports/evidence-pack/files.ts';
import type { ChainedEntry } from '../../store/audit-chain.ts';
import { inForce } from '../../store/evidence-period.ts';
import type { ScanResult } from '../../store/scans.ts';
import type { AccountEvidence } from './read-evidence.ts';
import type { Redactor } from './redactor.ts';

/** Returns the rows of one account, an interval each. */
export function intervalRows(
  { account, owner, requirement, intervals, gaps }: AccountEvidence,
  looks: readonly Date[],
  redactor: Redactor,
): IntervalRow[] {
  const isRead = (at: Date) =>
    !gaps.some(({ since, until }) => at >= since && (until === null || at < until));
  return intervals.map((interval) => {
    const seen = looks.filter((at) => at >= interval.from && at < interval.to && isRead(at));
    return {
      accountId: account.id,
      accountName: account.name,
      partition: account.partition,
      managementAccount: account.managementAccount,
      orgUnit: account.orgUnit,
      owner: owner && redactor.person(owner.identifier),
      requiredLevel: requirement.level,
      from: interval.from.toISOString(),
      to: interval.to.toISOString(),
      state: interval.state,
      level1: interval.level1,
      level2: interval.level2,
      rootCredentials: interval.rootCredentials,
      evidence: evidenceText(interval),
      confidence: interval.verdict?.confidence ?? 'none',
      firstLookAt: interval.verdict ? (seen[0]?.toISOString() ?? null) : null,
      lastLookAt: interval.verdict ? (seen.at(-1)?.toISOString() ?? null) : null,
      exemptionId: interval.exemptionId,
    };
  });
}

/** Returns how an account met each control at the last moment of the period; none if it had left by then. */
export function findingsAtEnd(
  { account, owner, intervals }: AccountEvidence,
  controls: readonly EvidenceControl[],
  redactor: Redactor,
): readonly ControlFinding[] {
  const last = intervals.at(-1);
  if (!last || last.state === 'not_a_member') return [];
  return controls.map((control) => ({
    accountId: account.id,
    accountName: account.name,
    partition: account.partition,
    owner: owner && redactor.person(owner.identifier),
    control,
    result: controlResult(control, last),
    evidence:
      control === 'no-root-credentials' && last.verdict
        ? last.verdict.rootCredentialsWhy
        : evidenceText(last),
    confidence: last.verdict?.confidence ?? 'none',
    since: last.from,
    at: new Date(last.to.getTime() - 1),
  }));
}

/** Returns what was seen in an interval, in a sentence. */
export function evidenceText({ state, verdict }: StateInterval): string {
  if (verdict) return verdict.why;
  return state === 'not_a_member'
    ? 'Not an account of the organization.'
    : 'Not observed: no successful check in the 48 hours before.';
}

/** Returns a scan as a row. */
export function scanRow(scan: ScanResult<unknown>, redactor: Redactor): ScanRow {
  return {
    id: scan.id,
    startedAt: scan.startedAt.toISOString(),
    finishedAt: scan.finishedAt.toISOString(),
    startedBy: redactor.person(scan.startedBy),
    accounts: scan.accounts,
    notRead: scan.unread,
    centralRootAccess: scan.centralRootAccess,
  };
}

/** Returns an exemption as a row, with the time for which it was in force. */
export function exemptionRow(exemption: Exemption, accountName: string, redactor: Redactor): ExemptionRow {
  const decided = 'decidedBy' in exemption ? exemption : null;
  const force = inForce(exemption);
  return {
    id: exemption.id,
    accountId: exemption.accountId,
    accountName,
    state: exemption.state === 'asked' ? 'requested' : exemption.state,
    requestedBy: redactor.person(exemption.askedBy),
    requestedAt: exemption.askedAt.toISOString(),
    reason: redactor.text(exemption.reason),
    compensatingControl: exemption.compensatingControl && redactor.text(exemption.compensatingControl),
    approvedBy: decided && redactor.person(decided.decidedBy),
    decidedAt: decided?.decidedAt.toISOString() ?? null,
    decisionNote: decided?.decisionNote ? redactor.text(decided.decisionNote) : null,
    inForceFrom: force?.from.toISOString() ?? null,
    inForceTo: force?.to.toISOString() ?? null,
  };
}

/** Returns a recovery window as a row, with the time for which it was open. */
export function recoveryWindowRow(
  window: RecoveryWindow,
  accountName: string,
  redactor: Redactor,
): RecoveryWindowRow {
  const decided = 'decidedBy' in window ? window : null;
  const opened = 'credentialsSeenAt' in window ? window : null;
  const closedAt = 'closedAt' in window ? window.closedAt : null;
  const openTo = opened && (closedAt !== null && closedAt < window.endsAt ? closedAt : window.endsAt);
  return {
    id: window.id,
    accountId: window.accountId,
    accountName,
    state: window.state === 'asked' ? 'requested' : window.state,
    requestedBy: redactor.person(window.askedBy),
    requestedAt: window.askedAt.toISOString(),
    reason: redactor.text(window.reason),
    ticket: window.ticket,
    decidedBy: decided && redactor.person(decided.decidedBy),
    decidedAt: decided?.decidedAt.toISOString() ?? null,
    decisionNote: decided?.decisionNote ? redactor.text(decided.decisionNote) : null,
    openFrom: opened?.decidedAt.toISOString() ?? null,
    openTo: openTo?.toISOString() ?? null,
    credentialsSeenAt: opened?.credentialsSeenAt?.toISOString() ?? null,
    closedBy: 'closedBy' in window ? redactor.person(window.closedBy) : null,
    closedAt: closedAt?.toISOString() ?? null,
  };
}

/** Returns an entry of the audit log as a row. */
export function auditRow({ position, entry }: ChainedEntry, redactor: Redactor): EvidenceAuditRow {
  return {
    position,
    at: entry.at.toISOString(),
    actor: redactor.person(entry.actor),
    kind: entry.kind,
    accountId: entry.accountId ?? null,
    what: redactor.text(auditSentence(withoutOperator(entry, redactor))),
  };
}

/** The name of someone at a command line is no name that the bot knows. */
function withoutOperator(entry: ChainedEntry['entry'], redactor: Redactor): ChainedEntry['entry'] {
  if (entry.kind !== 'evidence-exported' || entry.detail.operator === undefined) return entry;
  return { ...entry, detail: { ...entry.detail, operator: redactor.person(entry.detail.operator) } };
}

/** Returns a request for hardware keys as a row. */
export function tokenRequestRow(request: TokenRequest, redactor: Redactor): TokenRequestRow {
  const at = (date: Date | null | undefined) => date?.toISOString() ?? null;
  return {
    id: request.id,
    state: request.state,
    accounts: request.accounts.map(({ id }) => id).join(' '),
    kind: request.kind,
    quantity: request.quantity,
    ticket: request.ticket,
    requestedBy: redactor.person(request.requestedBy),
    requestedAt: request.requestedAt.toISOString(),
    decidedBy: 'decidedBy' in request && request.decidedBy ? redactor.person(request.decidedBy) : null,
    decidedAt: at('decidedAt' in request ? request.decidedAt : null),
    shippedAt: at('shippedAt' in request ? request.shippedAt : null),
    receivedAt: at('receivedAt' in request ? request.receivedAt : null),
    closedAt: at('closedAt' in request ? request.closedAt : null),
  };
}
