import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import type { Actor } from '../../domain/person.ts';
import { type AnnouncedUse, MAX_ANNOUNCED_HOURS } from '../../domain/root-events/announced-use.ts';
import {
  createAnnouncedUse,
  endAnnouncedUse,
  findAnnouncedUsesById,
} from '../../store/announced-root-uses.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';

export type AnnounceOutcome =
  | { readonly kind: 'announced'; readonly use: AnnouncedUse }
  | { readonly kind: 'no-such-account' }
  | { readonly kind: 'not-yours' }
  | { readonly kind: 'too-long'; readonly maxHours: number };

/** Records that someone is about to use root, so that no one is asked about it. */
export async function announceRootUse(
  ctx: Context,
  form: {
    readonly accountId: AccountId;
    readonly reason: string;
    readonly ticket: string | null;
    readonly hours: number;
  },
  by: Actor,
): Promise<AnnounceOutcome> {
  const { accountId, reason, ticket, hours } = form;
  if (!(hours > 0 && hours <= MAX_ANNOUNCED_HOURS))
    return { kind: 'too-long', maxHours: MAX_ANNOUNCED_HOURS };
  const view = await readAccount(ctx, accountId);
  if (!view) return { kind: 'no-such-account' };
  if (!by.admin && (await resolveOwnerId(ctx, view)) !== by.id) return { kind: 'not-yours' };

  const now = ctx.now();
  const endsAt = new Date(now.getTime() + hours * 60 * 60_000);
  const use: AnnouncedUse = {
    id: randomUUID(),
    accountId,
    announcedBy: by.id,
    announcedAt: now,
    reason,
    ticket,
    endsAt,
    endedAt: null,
  };
  await ctx.db.transaction(async (tx) => {
    await createAnnouncedUse(tx, use);
    await recordAuditEvent(tx, now, by.id, {
      kind: 'root-use-announced',
      accountId,
      detail: { useId: use.id, reason, ticket, until: endsAt.toISOString() },
    });
  });
  return { kind: 'announced', use };
}

export type EndAnnouncementOutcome =
  | { readonly kind: 'ended'; readonly use: AnnouncedUse }
  | { readonly kind: 'not-open' }
  | { readonly kind: 'not-yours' };

/** Ends an announcement before its time: from now on a use of root is asked about again. */
export async function endRootUseAnnouncement(
  ctx: Context,
  id: string,
  by: Actor,
): Promise<EndAnnouncementOutcome> {
  const known = (await findAnnouncedUsesById(ctx.db, [id])).get(id);
  if (!known) return { kind: 'not-open' };
  const view = await readAccount(ctx, known.accountId);
  const isOwner = view !== undefined && !by.admin && (await resolveOwnerId(ctx, view)) === by.id;
  if (!by.admin && !isOwner && known.announcedBy !== by.id) return { kind: 'not-yours' };

  return ctx.db.transaction(async (tx): Promise<EndAnnouncementOutcome> => {
    const now = ctx.now();
    const use = await endAnnouncedUse(tx, id, by.id, now);
    if (!use) return { kind: 'not-open' };
    await recordAuditEvent(tx, now, by.id, {
      kind: 'root-use-announcement-ended',
      accountId: use.accountId,
      detail: { useId: id },
    });
    return { kind: 'ended', use };
  });
}
