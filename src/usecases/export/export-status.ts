import { auditSentence } from '../../domain/audit.ts';
import { localDate } from '../../domain/calendar.ts';
import { coverageOf } from '../../domain/coverage.ts';
import type { Actor } from '../../domain/person.ts';
import {
  type AuditRow,
  auditAsCsv,
  type StatusReport,
  type StatusRow,
  statusAsCsv,
  statusAsJson,
} from '../../reports/status-export.ts';
import { type AuditEntry, auditLog, record } from '../../store/audit-log.ts';
import { breath, inBatches } from '../../store/batches.ts';
import { allPeople } from '../../store/people.ts';
import { lastScan } from '../../store/scans.ts';
import { type AccountView, accountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { outlookOf } from '../shared/read-accounts.ts';
import { statusRow } from './to-status-row.ts';

/** Who wants what as a file. */
export interface ExportWish {
  readonly by: Actor;
  readonly format: ExportFormat;
  /** Whether they may see an account. */
  readonly sees: (view: AccountView) => boolean;
}

export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportedFile {
  readonly name: string;
  readonly content: Buffer;
}

export type ExportOutcome =
  | {
      readonly kind: 'exported';
      readonly files: readonly ExportedFile[];
      readonly accounts: number;
      /** Lines of the audit log that are in it; `null`: it is not theirs to see. */
      readonly auditLines: number | null;
      /** When the last scan ended; `null` before the first. */
      readonly scannedAt: Date | null;
    }
  /** There is no account that they may see. */
  | { readonly kind: 'nothing-to-export' };

/** The newest lines of the audit log, so many at most. */
export const AUDIT_LINES = 10_000;
const AUDIT_PAGE = 500;

/**
 * Files of what is known about the accounts that somebody may see; for admins the audit log, too.
 *
 * It is recorded before anything is handed over: a file that did not arrive is on record, one that is not on record
 * never arrives.
 */
export async function exportStatus(ctx: Context, { by, format, sees }: ExportWish): Promise<ExportOutcome> {
  const at = ctx.now();
  const accounts = await rowsOf(ctx, sees, at);
  if (accounts.length === 0) return { kind: 'nothing-to-export' };

  const scan = await ctx.db.transaction(async (tx) => {
    await record(tx, at, by.id, { kind: 'exported', detail: { format, accounts: accounts.length } });
    return lastScan(tx);
  });
  const scannedAt = scan?.finishedAt ?? null;
  const audit = by.admin ? await auditRows(ctx) : undefined;
  const report: StatusReport = {
    version: 1,
    exportedAt: at.toISOString(),
    scannedAt: scannedAt?.toISOString() ?? null,
    cisVersion: ctx.config.policy.cis,
    totals: coverageOf(accounts),
    accounts,
    ...(audit && { audit }),
  };
  const files = await filesOf(report, format, localDate(at, ctx.config.schedule.timezone));
  return { kind: 'exported', files, accounts: accounts.length, auditLines: audit?.length ?? null, scannedAt };
}

async function rowsOf(ctx: Context, sees: ExportWish['sees'], at: Date): Promise<StatusRow[]> {
  const [accounts, outlook] = await Promise.all([ctx.book.accounts(), outlookOf(ctx)]);
  const rows: StatusRow[] = [];
  for await (const batch of inBatches(accounts)) {
    for (const account of batch) {
      if (account.closedAt !== null) continue;
      const view = accountView(account, outlook, at);
      if (sees(view)) rows.push(statusRow(view, outlook, at));
    }
  }
  return rows;
}

async function auditRows(ctx: Context): Promise<AuditRow[]> {
  const people = new Map((await allPeople(ctx.db)).map((person) => [person.slackId, person]));
  const names = new Map<string, string>((await ctx.book.accounts()).map(({ id, name }) => [id, name]));
  const rows: AuditRow[] = [];
  for await (const entries of pagesOf(ctx)) {
    for (const entry of entries) {
      const { id, at, actor, kind, accountId = null, detail } = entry;
      const person = people.get(actor);
      rows.push({
        id,
        at: at.toISOString(),
        actor,
        actorName: person?.name ?? null,
        actorEmail: person?.email ?? null,
        kind,
        accountId,
        accountName: accountId && (names.get(accountId) ?? null),
        what: auditSentence(entry),
        detail,
      });
    }
  }
  return rows;
}

async function* pagesOf({ db }: Context): AsyncGenerator<readonly AuditEntry[]> {
  let beforeId: number | undefined;
  for (let read = 0; read < AUDIT_LINES; read += AUDIT_PAGE) {
    const page = await auditLog(db, { limit: AUDIT_PAGE, ...(beforeId !== undefined && { beforeId }) });
    yield page;
    beforeId = page.at(-1)?.id;
    if (page.length < AUDIT_PAGE) return;
    await breath();
  }
}

async function filesOf(report: StatusReport, format: ExportFormat, date: string): Promise<ExportedFile[]> {
  const { accounts, audit } = report;
  if (format === 'json') return [await fileOf(`root-mfa-${date}.json`, statusAsJson(report))];
  return [
    await fileOf(`root-mfa-accounts-${date}.csv`, statusAsCsv(accounts)),
    ...(audit ? [await fileOf(`root-mfa-audit-log-${date}.csv`, auditAsCsv(audit))] : []),
  ];
}

async function fileOf(name: string, pieces: Iterable<string>): Promise<ExportedFile> {
  const written: Buffer[] = [];
  for (const piece of pieces) {
    written.push(Buffer.from(piece));
    await breath();
  }
  return { name, content: Buffer.concat(written) };
}
