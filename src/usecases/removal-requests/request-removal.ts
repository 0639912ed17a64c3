import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { Actor } from '../../domain/person.ts';
import type { RemovalRequest } from '../../domain/removal-request.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { insertRemovalRequest } from '../../store/removal-requests.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import { adminRecipients } from '../shared/admin-recipients.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { enqueueRemovalRequest } from './enqueue-removal-notifications.ts';

export type RequestRemovalOutcome =
  | { readonly kind: 'requested' }
  | { readonly kind: 'already-open' }
  | { readonly kind: 'no-such-account' }
  /** Only the owner and admins can request it. */
  | { readonly kind: 'not-yours' }
  /** Root has no credentials that AWS could remove centrally. */
  | { readonly kind: 'nothing-to-remove' }
  /** There is neither a channel to post it in nor an admin to ask. */
  | { readonly kind: 'no-admin' };

/** Asks the admins to remove the root credentials of an account. */
export async function requestRemoval(
  ctx: Context,
  { accountId }: { readonly accountId: AccountId },
  by: Actor,
): Promise<RequestRemovalOutcome> {
  const view = await readAccount(ctx, accountId);
  if (!view) return { kind: 'no-such-account' };
  if (!by.admin && (await resolveOwnerId(ctx, view)) !== by.id) return { kind: 'not-yours' };
  if (view.rootCredentials !== 'present' || view.account.managementAccount) {
    return { kind: 'nothing-to-remove' };
  }
  const channel = ctx.channels.digest ?? ctx.channels.tokens;
  const recipients =
    channel === null ? await adminRecipients(ctx) : [{ kind: 'channel', id: channel } as const];
  if (recipients.length === 0) return { kind: 'no-admin' };

  const isNew = await ctx.db.transaction(async (tx) => {
    const at = ctx.now();
    const request: RemovalRequest = {
      id: randomUUID(),
      accountId,
      requestedBy: by.id,
      requestedAt: at,
      assignedTo: null,
      assignedAt: null,
      doneAt: null,
      withdrawnAt: null,
      followedUpAt: null,
      followUps: 0,
    };
    if (!(await insertRemovalRequest(tx, request))) return false;
    const detail = { requestId: request.id };
    await recordAuditEvent(tx, at, by.id, {
      kind: 'removal-requested',
      accountId,
      detail,
    } satisfies AuditEvent);
    await enqueueRemovalRequest({ tx, ctx, at }, request, recipients);
    return true;
  });
  ctx.notificationsQueued();
  return { kind: isNew ? 'requested' : 'already-open' };
}
