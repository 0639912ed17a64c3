import { type Column, csvChunks, toCsv } from '../csv.ts';

/** One account over one interval of constant state: half-open, in UTC. */
export interface IntervalRow {
  readonly accountId: string;
  readonly accountName: string;
  readonly partition: string;
  readonly managementAccount: boolean;
  readonly orgUnit: string | null;
  readonly owner: string | null;
  readonly requiredLevel: number;
  /** ISO 8601, included. */
  readonly from: string;
  /** ISO 8601, not included. */
  readonly to: string;
  readonly state: string;
  readonly level1: string;
  readonly level2: string;
  readonly rootCredentials: string;
  readonly evidence: string;
  readonly confidence: string;
  /** First and last successful look in the interval; `null` where there was none. */
  readonly firstLookAt: string | null;
  readonly lastLookAt: string | null;
  readonly exemptionId: string | null;
}

/** Returns accounts.csv: a row for each account and interval. */
export function intervalsAsCsv(rows: Iterable<IntervalRow>): Generator<string> {
  return csvChunks(INTERVAL_COLUMNS, rows);
}

const INTERVAL_COLUMNS: readonly Column<IntervalRow>[] = [
  ['accountId', (row) => row.accountId],
  ['accountName', (row) => row.accountName],
  ['partition', (row) => row.partition],
  ['managementAccount', (row) => row.managementAccount],
  ['orgUnit', (row) => row.orgUnit],
  ['owner', (row) => row.owner],
  ['requiredLevel', (row) => row.requiredLevel],
  ['from', (row) => row.from],
  ['to', (row) => row.to],
  ['state', (row) => row.state],
  ['level1', (row) => row.level1],
  ['level2', (row) => row.level2],
  ['rootCredentials', (row) => row.rootCredentials],
  ['evidence', (row) => row.evidence],
  ['confidence', (row) => row.confidence],
  ['firstLookAt', (row) => row.firstLookAt],
  ['lastLookAt', (row) => row.lastLookAt],
  ['exemptionId', (row) => row.exemptionId],
];

export interface ScanRow {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly startedBy: string;
  readonly accounts: number;
  readonly notRead: number;
  /** `null`: a scan of a former version. */
  readonly centralRootAccess: string | null;
}

/** Returns scans.csv. */
export function scansAsCsv(rows: readonly ScanRow[]): Generator<string> {
  return csvChunks(SCAN_COLUMNS, rows);
}

const SCAN_COLUMNS: readonly Column<ScanRow>[] = [
  ['id', (row) => row.id],
  ['startedAt', (row) => row.startedAt],
  ['finishedAt', (row) => row.finishedAt],
  ['startedBy', (row) => row.startedBy],
  ['accounts', (row) => row.accounts],
  ['notRead', (row) => row.notRead],
  ['centralRootAccess', (row) => row.centralRootAccess],
];

export interface ExemptionRow {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly state: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly reason: string;
  readonly compensatingControl: string | null;
  readonly approvedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionNote: string | null;
  readonly inForceFrom: string | null;
  readonly inForceTo: string | null;
}

/** Returns exemptions.csv. */
export function exemptionsAsCsv(rows: readonly ExemptionRow[]): Generator<string> {
  return csvChunks(EXEMPTION_COLUMNS, rows);
}

const EXEMPTION_COLUMNS: readonly Column<ExemptionRow>[] = [
  ['id', (row) => row.id],
  ['accountId', (row) => row.accountId],
  ['accountName', (row) => row.accountName],
  ['state', (row) => row.state],
  ['requestedBy', (row) => row.requestedBy],
  ['requestedAt', (row) => row.requestedAt],
  ['reason', (row) => row.reason],
  ['compensatingControl', (row) => row.compensatingControl],
  ['approvedBy', (row) => row.approvedBy],
  ['decidedAt', (row) => row.decidedAt],
  ['decisionNote', (row) => row.decisionNote],
  ['inForceFrom', (row) => row.inForceFrom],
  ['inForceTo', (row) => row.inForceTo],
];

/** One time in which root could have credentials although policy forbids them. */
export interface RecoveryWindowRow {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly state: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly decisionNote: string | null;
  /** When it was open; `null`: it never was. */
  readonly openFrom: string | null;
  readonly openTo: string | null;
  /** When root was first seen with credentials in it. */
  readonly credentialsSeenAt: string | null;
  readonly closedBy: string | null;
  readonly closedAt: string | null;
}

/** Returns recovery-windows.csv. */
export function recoveryWindowsAsCsv(rows: readonly RecoveryWindowRow[]): Generator<string> {
  return csvChunks(RECOVERY_WINDOW_COLUMNS, rows);
}

const RECOVERY_WINDOW_COLUMNS: readonly Column<RecoveryWindowRow>[] = [
  ['id', (row) => row.id],
  ['accountId', (row) => row.accountId],
  ['accountName', (row) => row.accountName],
  ['state', (row) => row.state],
  ['requestedBy', (row) => row.requestedBy],
  ['requestedAt', (row) => row.requestedAt],
  ['reason', (row) => row.reason],
  ['ticket', (row) => row.ticket],
  ['decidedBy', (row) => row.decidedBy],
  ['decidedAt', (row) => row.decidedAt],
  ['decisionNote', (row) => row.decisionNote],
  ['openFrom', (row) => row.openFrom],
  ['openTo', (row) => row.openTo],
  ['credentialsSeenAt', (row) => row.credentialsSeenAt],
  ['closedBy', (row) => row.closedBy],
  ['closedAt', (row) => row.closedAt],
];

/** One entry of the audit log. */
export interface EvidenceAuditRow {
  /** Place in the hash chain. */
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly kind: string;
  readonly accountId: string | null;
  readonly what: string;
}

/** Returns audit.csv, a page a chunk. */
export async function* evidenceAuditAsCsv(
  pages: AsyncIterable<readonly EvidenceAuditRow[]>,
): AsyncGenerator<string> {
  yield toCsv(AUDIT_COLUMNS, []);
  for await (const page of pages) if (page.length > 0) yield toCsv(AUDIT_COLUMNS, page, { header: false });
}

const AUDIT_COLUMNS: readonly Column<EvidenceAuditRow>[] = [
  ['position', (row) => row.position],
  ['at', (row) => row.at],
  ['actor', (row) => row.actor],
  ['kind', (row) => row.kind],
  ['accountId', (row) => row.accountId],
  ['what', (row) => row.what],
];

/** One link of the audit log's hash chain: `hash` is the SHA-256 of `previousHash` followed by `line`. */
export interface AuditChainLink {
  readonly position: number;
  /** What was hashed; `null` in a redacted pack, because it names people, and for entries of other times or accounts. */
  readonly line: string | null;
  readonly previousHash: string;
  readonly hash: string;
}

/** Returns audit-chain.jsonl: a link a line, a page a chunk. */
export async function* auditChainAsJsonLines(
  pages: AsyncIterable<readonly AuditChainLink[]>,
): AsyncGenerator<string> {
  for await (const page of pages) {
    yield page
      .map(
        ({ position, line, previousHash, hash }) =>
          `${JSON.stringify({ position, line, previousHash, hash })}\n`,
      )
      .join('');
  }
}

export interface TokenRequestRow {
  readonly id: string;
  readonly state: string;
  readonly accounts: string;
  readonly kind: string;
  readonly quantity: number;
  readonly ticket: string | null;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly shippedAt: string | null;
  readonly receivedAt: string | null;
  readonly closedAt: string | null;
}

/** Returns token-requests.csv. */
export function tokenRequestsAsCsv(rows: readonly TokenRequestRow[]): Generator<string> {
  return csvChunks(TOKEN_REQUEST_COLUMNS, rows);
}

const TOKEN_REQUEST_COLUMNS: readonly Column<TokenRequestRow>[] = [
  ['id', (row) => row.id],
  ['state', (row) => row.state],
  ['accounts', (row) => row.accounts],
  ['kind', (row) => row.kind],
  ['quantity', (row) => row.quantity],
  ['ticket', (row) => row.ticket],
  ['requestedBy', (row) => row.requestedBy],
  ['requestedAt', (row) => row.requestedAt],
  ['decidedBy', (row) => row.decidedBy],
  ['decidedAt', (row) => row.decidedAt],
  ['shippedAt', (row) => row.shippedAt],
  ['receivedAt', (row) => row.receivedAt],
  ['closedAt', (row) => row.closedAt],
];
