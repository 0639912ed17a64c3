import { type SetTicketOutcome, setTicket, type TokenRequest } from '../../domain/token-request.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockTokenRequest, saveTokenRequest } from '../../store/token-requests.ts';
import type { Context } from '../shared/context.ts';
import type { TokenStepInput, TokenStepRejection } from './apply-token-step.ts';
import { updateTokenRequestNotifications } from './update-token-request-notifications.ts';

/** Changes the ticket of a request that was not received yet, or removes it. */
export async function setTokenTicket(
  ctx: Context,
  { requestId, by, ticket }: TokenStepInput & { readonly ticket: string | null },
): Promise<SetTicketOutcome | TokenStepRejection> {
  const outcome = await ctx.db.transaction(async (tx): Promise<SetTicketOutcome | TokenStepRejection> => {
    const at = ctx.now();
    const before = await lockTokenRequest(tx, requestId);
    if (!before) return { kind: 'no-such-request' };
    if (!canSetTicket(before)) return { kind: 'too-late', request: before };
    const changed = setTicket(before, by, ticket, ctx.config.tokens.ticket);
    if (changed.kind !== 'ticket-set' || changed.request.ticket === before.ticket) return changed;
    const { request } = changed;
    await saveTokenRequest(tx, request);
    const detail = { requestId, ticket: request.ticket };
    for (const { id: accountId } of request.accounts) {
      await recordAuditEvent(tx, at, by.id, { kind: 'token-ticket-set', accountId, detail });
    }
    await updateTokenRequestNotifications({ tx, ctx, at }, { before, after: request });
    return changed;
  });
  ctx.notificationsQueued();
  return outcome;
}

/** Whether the ticket can still be changed. */
export function canSetTicket(
  request: TokenRequest,
): request is Extract<TokenRequest, { state: 'requested' | 'approved' | 'shipped' }> {
  return request.state === 'requested' || request.state === 'approved' || request.state === 'shipped';
}
