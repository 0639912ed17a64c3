import type { AccountId } from '../../domain/account.ts';
import { auditSentence } from '../../domain/audit-sentence.ts';
import { localDate } from '../../domain/calendar.ts';
import { coverageOf } from '../../domain/coverage.ts';
import type { Actor } from '../../domain/person.ts';
import { type KeyRow, keysAsCsv } from '../../reports/key-export.ts';
import { rootEventsAsCsv } from '../../reports/root-event-export.ts';
import {
  type AuditPages,
  type AuditRow,
  auditAsCsv,
  type StatusReport,
  type StatusRow,
  statusAsCsv,
  statusAsJson,
} from '../../reports/status-export.ts';
import { type AuditEntry, listAuditEntries, recordAuditEvent } from '../../store/audit-log.ts';
import { inBatches, yieldToEventLoop } from '../../store/batches.ts';
import { listPeople } from '../../store/people.ts';
import { lastScan } from '../../store/scans.ts';
import { NO_REDACTION } from '../evidence/redactor.ts';
import { readAccountKeys } from '../keys/read-key-register.ts';
import { toKeyRows } from '../keys/to-key-rows.ts';
import { readRootEventRows } from '../root-events/export-root-events.ts';
import { type AccountView, accountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readViewInputs } from '../shared/read-accounts.ts';
import { toStatusRow } from './to-status-row.ts';

/** Who wants what as a file. */
export interface ExportStatusInput {
  readonly by: Actor;
  readonly format: ExportFormat;
  /** Whether they may see an account. */
  readonly canSee: (view: AccountView) => boolean;
  /** Whether they answer for an account: only then, or as admins, they get its root events. */
  readonly isOwner?: (view: AccountView) => boolean;
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

const AUDIT_BATCH_SIZE = 500;

/**
 * Writes files with the accounts that a person can see; for admins the audit log, too.
 *
 * It is recorded before anything is handed over: a file that did not arrive is on record, one that is not on record
 * never arrives.
 */
export async function exportStatus(
  ctx: Context,
  { by, format, canSee, isOwner = () => false }: ExportStatusInput,
): Promise<ExportOutcome> {
  const at = ctx.now();
  const own = new Set<AccountId>();
  const accounts = await readStatusRows(
    ctx,
    (view) => {
      if (isOwner(view)) own.add(view.account.id);
      return canSee(view);
    },
    at,
  );
  if (accounts.length === 0) return { kind: 'nothing-to-export' };

  const keys = by.admin ? await readKeyRows(ctx) : [];
  const scan = await ctx.db.transaction(async (tx) => {
    await recordAuditEvent(tx, at, by.id, {
      kind: 'exported',
      detail: { format, accounts: accounts.length, ...(keys.length > 0 && { keyRegister: true }) },
    });
    return lastScan(tx);
  });
  const scannedAt = scan?.finishedAt ?? null;
  let auditLines = 0;
  const audit = by.admin ? readAuditRows(ctx, (lines) => (auditLines += lines)) : undefined;
  const report: Omit<StatusReport, 'audit'> = {
    version: 2,
    exportedAt: at.toISOString(),
    scannedAt: scannedAt?.toISOString() ?? null,
    centralRootAccess: scan?.centralRootAccess ?? null,
    cisVersion: ctx.config.policy.cis,
    totals: coverageOf(accounts),
    accounts,
    ...(keys.length > 0 && { keys }),
    ...(await readOwnRootEvents(ctx, by.admin ? null : [...own])),
  };
  const date = localDate(at, ctx.config.schedule.timezone);
  const files = await buildFiles({ report, audit }, format, date);
  return {
    kind: 'exported',
    files,
    accounts: accounts.length,
    auditLines: audit ? auditLines : null,
    scannedAt,
  };
}

async function readKeyRows(ctx: Context): Promise<KeyRow[]> {
  const accounts = (await ctx.accounts.accounts()).filter(({ closedAt }) => closedAt === null);
  return (await readAccountKeys(ctx, accounts)).flatMap((account) => toKeyRows(account, NO_REDACTION));
}

/** A year and a month of them: as long as verdicts can be looked back on. */
const ROOT_EVENT_DAYS = 400;

async function readOwnRootEvents(
  ctx: Context,
  accountIds: readonly AccountId[] | null,
): Promise<Pick<StatusReport, 'rootEvents'>> {
  if (ctx.config.rootEvents.queueUrl === undefined) return {};
  const since = new Date(ctx.now().getTime() - ROOT_EVENT_DAYS * 24 * 60 * 60_000);
  return { rootEvents: await readRootEventRows(ctx, { since, accountIds }) };
}

async function readStatusRows(
  ctx: Context,
  sees: ExportStatusInput['canSee'],
  at: Date,
): Promise<StatusRow[]> {
  const [accounts, outlook] = await Promise.all([ctx.accounts.accounts(), readViewInputs(ctx)]);
  const rows: StatusRow[] = [];
  for await (const batch of inBatches(accounts)) {
    for (const account of batch) {
      if (account.closedAt !== null) continue;
      const view = accountView(account, outlook, at);
      if (sees(view)) rows.push(toStatusRow(view, outlook, at));
    }
  }
  return rows;
}

/** Reads the audit log with names, and reports how many lines each page has. */
async function* readAuditRows(
  ctx: Context,
  onPage: (lines: number) => void,
): AsyncGenerator<readonly AuditRow[]> {
  const people = new Map((await listPeople(ctx.db)).map((person) => [person.slackId, person]));
  const names = new Map<string, string>((await ctx.accounts.accounts()).map(({ id, name }) => [id, name]));
  for await (const entries of readAuditPages(ctx)) {
    onPage(entries.length);
    yield entries.map((entry) => {
      const { id, at, actor, kind, accountId = null, detail } = entry;
      const person = people.get(actor);
      return {
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
      };
    });
  }
}

async function* readAuditPages({ db }: Context): AsyncGenerator<readonly AuditEntry[]> {
  let beforeId: number | undefined;
  for (;;) {
    const page = await listAuditEntries(db, {
      limit: AUDIT_BATCH_SIZE,
      ...(beforeId !== undefined && { beforeId }),
    });
    yield page;
    beforeId = page.at(-1)?.id;
    if (page.length < AUDIT_BATCH_SIZE) return;
    await yieldToEventLoop();
  }
}

async function buildFiles(
  { report, audit }: { readonly report: Omit<StatusReport, 'audit'>; readonly audit: AuditPages | undefined },
  format: ExportFormat,
  date: string,
): Promise<ExportedFile[]> {
  const { accounts, keys = [], rootEvents = [] } = report;
  if (format === 'json') return [await buildFile(`root-mfa-${date}.json`, statusAsJson(report, audit))];
  return [
    await buildFile(`root-mfa-accounts-${date}.csv`, statusAsCsv(accounts)),
    ...(audit ? [await buildFile(`root-mfa-audit-log-${date}.csv`, auditAsCsv(audit))] : []),
    ...(keys.length > 0 ? [await buildFile(`root-mfa-keys-${date}.csv`, keysAsCsv(keys))] : []),
    ...(rootEvents.length > 0
      ? [await buildFile(`root-mfa-root-events-${date}.csv`, rootEventsAsCsv(rootEvents))]
      : []),
  ];
}

async function buildFile(
  name: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<ExportedFile> {
  const buffers: Buffer[] = [];
  for await (const chunk of chunks) {
    buffers.push(Buffer.from(chunk));
    await yieldToEventLoop();
  }
  return { name, content: Buffer.concat(buffers) };
}
