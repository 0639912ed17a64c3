import type { AccountId } from '../../domain/account.ts';
import type { Actor } from '../../domain/person.ts';
import { type AuditEntry, listAuditEntries } from '../../store/audit-log.ts';
import type { Context } from '../shared/context.ts';
import { recordAccessDenied } from './record-access-denied.ts';

/** Which lines of the audit log. */
export interface AuditQuery {
  /** Of all accounts, and of what is about none, when it is `null`. */
  readonly accountId: AccountId | null;
  /** Only lines before this one; `null`: the newest. */
  readonly beforeId: number | null;
}

/** A line, and what its account is called now. */
export interface AuditLine {
  readonly entry: AuditEntry;
  readonly accountName: string | null;
}

export type AuditPage =
  | {
      readonly kind: 'page';
      readonly query: AuditQuery;
      /** What the account of the query is called; `null` where none is asked for, or none is known by that id. */
      readonly accountName: string | null;
      /** Newest first. */
      readonly lines: readonly AuditLine[];
      /** Whether there are older ones. */
      readonly hasMore: boolean;
    }
  | { readonly kind: 'not-an-admin' };

/** Lines on a page: each has a paragraph of its own, and a message has room for fifty blocks. */
export const AUDIT_PAGE_SIZE = 15;

/** Returns a page of the audit log to admins. An attempt by anyone else is recorded. */
export async function readAuditLog(ctx: Context, by: Actor, query: AuditQuery): Promise<AuditPage> {
  if (!by.admin) {
    await recordAccessDenied(ctx, by.id, 'the audit log');
    return { kind: 'not-an-admin' };
  }
  const entries = await listAuditEntries(ctx.db, {
    limit: AUDIT_PAGE_SIZE + 1,
    ...(query.accountId !== null && { accountId: query.accountId }),
    ...(query.beforeId !== null && { beforeId: query.beforeId }),
  });
  const names = new Map((await ctx.accounts.accounts()).map(({ id, name }) => [id, name]));
  const nameOf = (id: AccountId | null | undefined) => (id ? (names.get(id) ?? null) : null);

  return {
    kind: 'page',
    query,
    accountName: nameOf(query.accountId),
    lines: entries
      .slice(0, AUDIT_PAGE_SIZE)
      .map((entry) => ({ entry, accountName: nameOf(entry.accountId) })),
    hasMore: entries.length > AUDIT_PAGE_SIZE,
  };
}
