import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { Decider } from '../../domain/person.ts';
import type { TokenActor, TokenRequest } from '../../domain/token-request.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockTokenRequest, saveTokenRequest } from '../../store/token-requests.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { takeRequestFromStock } from './request-stock.ts';
import { updateTokenRequestNotifications } from './update-token-request-notifications.ts';

/** Who wants to go on with which request. */
export interface TokenStepInput {
  readonly requestId: string;
  readonly by: TokenActor;
}

/** Why there was nothing to do. */
export type TokenStepRejection =
  | { readonly kind: 'no-such-request' }
  /** The request has changed in the meantime. */
  | { readonly kind: 'too-late'; readonly request: TokenRequest };

/** What the domain says to a step: the request as it is then, or why not; `null` in a state that knows no such step. */
type StepDecision = {
  readonly kind: string;
  readonly request?: Exclude<TokenRequest, { state: 'enrolled' }>;
} | null;

/** Applies one step of a request in one transaction: locks, decides, saves and enqueues notifications. */
export async function applyTokenStep<D extends StepDecision>(
  ctx: Context,
  { requestId, by }: TokenStepInput,
  decide: (request: TokenRequest, at: Date) => D,
): Promise<NonNullable<D> | TokenStepRejection> {
  const outcome = await ctx.db.transaction(async (tx): Promise<NonNullable<D> | TokenStepRejection> => {
    const work = { tx, ctx, at: ctx.now() };
    const request = await lockTokenRequest(tx, requestId);
    if (!request) return { kind: 'no-such-request' };

    const decision = decide(request, work.at);
    if (!decision) return { kind: 'too-late', request };
    if (decision.request) {
      await saveTokenRequest(tx, decision.request);
      await recordTokenStep(work, decision.request, by.id);
      if (decision.kind === 'shipped') await takeRequestFromStock(work, decision.request);
      await updateTokenRequestNotifications(work, { before: request, after: decision.request });
    }
    return decision;
  });
  ctx.notificationsQueued();
  return outcome;
}

/** Writes the last step of a request into the log of each of its accounts. */
export async function recordTokenStep(
  { tx, at }: UnitOfWork,
  request: Exclude<TokenRequest, { state: 'enrolled' }>,
  by: Decider,
): Promise<void> {
  for (const { id } of request.accounts) await recordAuditEvent(tx, at, by, auditEventFor(request, id));
}

function auditEventFor(
  request: Exclude<TokenRequest, { state: 'enrolled' }>,
  accountId: AccountId,
): AuditEvent {
  const { id: requestId } = request;
  switch (request.state) {
    case 'requested': {
      const { kind: tokenKind, quantity, ticket } = request;
      const detail = { requestId, tokenKind, quantity, ...(ticket !== null && { ticket }) };
      return { kind: 'token-requested', accountId, detail };
    }
    case 'approved':
      return { kind: 'token-approved', accountId, detail: { requestId } };
    case 'declined':
      return { kind: 'token-declined', accountId, detail: { requestId, reason: request.reason } };
    case 'shipped': {
      const { shippingNote: note, serial } = request;
      return { kind: 'token-shipped', accountId, detail: { requestId, note, serial } };
    }
    case 'received':
      return { kind: 'token-received', accountId, detail: { requestId } };
    case 'cancelled':
      return { kind: 'token-cancelled', accountId, detail: { requestId, reason: request.reason } };
  }
}
