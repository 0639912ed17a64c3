import type { AuditEvent } from '../../domain/audit.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import type { RemovalRequest } from '../../domain/removal-request.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockRemovalRequest, saveRemovalRequest } from '../../store/removal-requests.ts';
import type { Context } from '../shared/context.ts';
import { enqueueRemovalUpdate } from './enqueue-removal-notifications.ts';

export type AssignRemovalOutcome =
  | { readonly kind: 'assigned'; readonly request: RemovalRequest }
  | { readonly kind: 'admins-only' }
  | { readonly kind: 'no-such-request' }
  | { readonly kind: 'already-assigned'; readonly to: SlackUserId }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'already-done' };

/** Assigns a removal request to the admin who takes it on. */
export async function assignRemoval(
  ctx: Context,
  { id }: { readonly id: string },
  by: Actor,
): Promise<AssignRemovalOutcome> {
  if (!by.admin) return { kind: 'admins-only' };
  const outcome = await ctx.db.transaction(async (tx): Promise<AssignRemovalOutcome> => {
    const request = await lockRemovalRequest(tx, id);
    if (!request) return { kind: 'no-such-request' };
    if (request.doneAt) return { kind: 'already-done' };
    if (request.withdrawnAt) return { kind: 'withdrawn' };
    if (request.assignedTo) return { kind: 'already-assigned', to: request.assignedTo };

    const at = ctx.now();
    const assigned: RemovalRequest = { ...request, assignedTo: by.id, assignedAt: at };
    await saveRemovalRequest(tx, assigned);
    await recordAuditEvent(tx, at, by.id, {
      kind: 'removal-assigned',
      accountId: request.accountId,
      detail: { requestId: id },
    } satisfies AuditEvent);
    await enqueueRemovalUpdate({ tx, ctx, at }, assigned);
    return { kind: 'assigned', request: assigned };
  });
  ctx.notificationsQueued();
  return outcome;
}
