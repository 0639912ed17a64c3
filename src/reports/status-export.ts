import type { CentralRootAccess } from '../domain/central-root-access.ts';
import type { CisVersion } from '../domain/cis.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { Owner } from '../domain/owner.ts';
import { ACCOUNT_COLUMNS, type ExportedAccountRow } from './account-export.ts';
import { type Column, csvChunks, ROWS_PER_CHUNK, toCsv } from './csv.ts';
import type { KeyRow } from './key-export.ts';
import type { RootEventRow } from './root-event-export.ts';

/** One account as auditors get it: the row of a scan, and what people decided about it. */
export interface StatusRow extends ExportedAccountRow {
  /** Since when it has been non-compliant, exempt or not. ISO 8601, UTC. */
  readonly noncompliantSince: string | null;
  /** In days of the company's calendar. */
  readonly noncompliantDays: number | null;
  /** The hardware key on its way. */
  readonly tokenRequest: {
    readonly id: string;
    readonly state: string;
    readonly ticket: string | null;
  } | null;
  /** Until the end of a day such as `2026-12-31`. */
  readonly exemption: { readonly state: string; readonly until: string; readonly reason: string } | null;
  /** Where the owner is named: `assigned` in Slack, `config`, `tag`, `security-contact` or `fallback`. */
  readonly ownerSource: Owner['source'] | null;
  /** Which tag or setting still names another owner. */
  readonly ownerCorrection: string | null;
}

/** One line of the audit log as auditors get it. */
export interface AuditRow {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A Slack user id, or `bot`. */
  readonly actor: string;
  readonly actorName: string | null;
  readonly actorEmail: string | null;
  readonly kind: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  /** The same in a sentence. */
  readonly what: string;
  readonly detail: unknown;
}

/** What is known, at the moment of the export; `version` changes when a key changes its meaning. */
export interface StatusReport {
  readonly version: 2;
  readonly exportedAt: string;
  /** When the last scan ended; `null` before the first. */
  readonly scannedAt: string | null;
  readonly cisVersion: CisVersion;
  readonly totals: Coverage;
  /** CIS 2.1.1, judged for the organization by the last scan; `null` before one. */
  readonly centralRootAccess?: CentralRootAccess | null;
  readonly accounts: readonly StatusRow[];
  /** Newest first. Only for those who may read the log. */
  readonly audit?: readonly AuditRow[];
  /** The key register. Only for admins. */
  readonly keys?: readonly KeyRow[];
  /** Oldest first. Only where root events reach the bot, of accounts whose events the reader may see. */
  readonly rootEvents?: readonly RootEventRow[];
}

/** The audit log page by page: all of it at once would take much memory. */
export type AuditPages = AsyncIterable<readonly AuditRow[]>;

/** Returns the report as JSON, one account and one audit entry a line, in chunks. */
export async function* statusAsJson(
  { accounts, keys, rootEvents, ...head }: Omit<StatusReport, 'audit'>,
  audit?: AuditPages,
): AsyncGenerator<string> {
  yield JSON.stringify(head).slice(0, -1);
  yield* jsonList('accounts', accounts);
  if (audit) yield* jsonPages('audit', audit);
  if (keys) yield* jsonList('keys', keys);
  if (rootEvents) yield* jsonList('rootEvents', rootEvents);
  yield '}\n';
}

/** Returns the accounts as CSV, in chunks. */
export function statusAsCsv(accounts: readonly StatusRow[]): Generator<string> {
  return csvChunks(STATUS_COLUMNS, accounts);
}

/** Returns the audit log as CSV, in chunks. */
export async function* auditAsCsv(audit: AuditPages): AsyncGenerator<string> {
  yield toCsv(AUDIT_COLUMNS, []);
  for await (const page of audit) if (page.length > 0) yield toCsv(AUDIT_COLUMNS, page, { header: false });
}

const STATUS_COLUMNS: readonly Column<StatusRow>[] = [
  ...ACCOUNT_COLUMNS,
  ['noncompliantSince', (row) => row.noncompliantSince],
  ['noncompliantDays', (row) => row.noncompliantDays],
  ['tokenRequestId', (row) => row.tokenRequest?.id ?? null],
  ['tokenRequestState', (row) => row.tokenRequest?.state ?? null],
  ['tokenRequestTicket', (row) => row.tokenRequest?.ticket ?? null],
  ['exemptionState', (row) => row.exemption?.state ?? null],
  ['exemptionUntil', (row) => row.exemption?.until ?? null],
  ['exemptionReason', (row) => row.exemption?.reason ?? null],
  ['ownerSource', (row) => row.ownerSource],
  ['ownerCorrection', (row) => row.ownerCorrection],
];

const AUDIT_COLUMNS: readonly Column<AuditRow>[] = [
  ['id', (row) => row.id],
  ['at', (row) => row.at],
  ['actor', (row) => row.actor],
  ['actorName', (row) => row.actorName],
  ['actorEmail', (row) => row.actorEmail],
  ['kind', (row) => row.kind],
  ['accountId', (row) => row.accountId],
  ['accountName', (row) => row.accountName],
  ['what', (row) => row.what],
  ['detail', (row) => JSON.stringify(row.detail)],
];

async function* jsonPages(key: string, pages: AuditPages): AsyncGenerator<string> {
  yield `,"${key}":[`;
  let separator = '\n';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield `${separator}${page.map((row) => JSON.stringify(row)).join(',\n')}`;
    separator = ',\n';
  }
  yield separator === '\n' ? ']' : '\n]';
}

function* jsonList(key: string, rows: readonly unknown[]): Generator<string> {
  yield `,"${key}":[`;
  for (let start = 0; start < rows.length; start += ROWS_PER_CHUNK) {
    const chunk = rows.slice(start, start + ROWS_PER_CHUNK).map((row) => JSON.stringify(row));
    yield `${start > 0 ? ',' : ''}\n${chunk.join(',\n')}`;
  }
  yield rows.length > 0 ? '\n]' : ']';
}
