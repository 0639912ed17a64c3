import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { removalState } from '../../domain/removal-request.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockRemovalRequest, saveRemovalRequest } from '../../store/removal-requests.ts';
import type { Context } from '../shared/context.ts';
import { enqueueRemovalUpdate } from './enqueue-removal-notifications.ts';

export type WithdrawRemovalOutcome =
  | { readonly kind: 'withdrawn'; readonly accountId: AccountId }
  | { readonly kind: 'not-yours' }
  | { readonly kind: 'no-such-request' }
  /** It is done, or withdrawn already. */
  | { readonly kind: 'too-late'; readonly accountId: AccountId };

/** Withdraws an open removal request; only its requester can. */
export async function withdrawRemoval(
  ctx: Context,
  { id }: { readonly id: string },
  by: { readonly id: SlackUserId },
): Promise<WithdrawRemovalOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<WithdrawRemovalOutcome> => {
    const request = await lockRemovalRequest(tx, id);
    if (!request) return { kind: 'no-such-request' };
    if (request.requestedBy !== by.id) return { kind: 'not-yours' };
    const { accountId } = request;
    const state = removalState(request);
    if (state === 'done' || state === 'withdrawn') return { kind: 'too-late', accountId };

    const at = ctx.now();
    const withdrawn = { ...request, withdrawnAt: at };
    await saveRemovalRequest(tx, withdrawn);
    await recordAuditEvent(tx, at, by.id, {
      kind: 'removal-withdrawn',
      accountId,
      detail: { requestId: id },
    } satisfies AuditEvent);
    await enqueueRemovalUpdate({ tx, ctx, at }, withdrawn);
    return { kind: 'withdrawn', accountId };
  });
  ctx.notificationsQueued();
  return outcome;
}
