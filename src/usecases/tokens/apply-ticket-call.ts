import { createHash } from 'node:crypto';
import type { SystemActor } from '../../domain/person.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import {
  isAlreadyDone,
  isKnownShipment,
  shippingNoteOf,
  type TicketCall,
} from '../../domain/webhooks/ticket-call.ts';
import { claimEvent, releaseEvent } from '../../store/seen-events.ts';
import { lockTokenRequest } from '../../store/token-requests.ts';
import type { Context } from '../shared/context.ts';
import { approveTokenRequest, declineTokenRequest } from './decide-token-request.ts';
import { receiveTokens } from './receive-tokens.ts';
import { setTokenTicket } from './set-token-ticket.ts';
import { canShip, shippingVersion, shipTokens } from './ship-tokens.ts';

/** A call of the ticket system, under the id that it sends with every attempt. */
export interface TicketCallInput {
  readonly callId: string;
  readonly call: TicketCall;
  readonly by: SystemActor;
}

/** What came of a call. */
export type TicketCallOutcome =
  | { readonly kind: 'changed'; readonly state: TokenRequest['state'] }
  /** It was sent before, or is late: there is nothing left to do. */
  | { readonly kind: 'unchanged'; readonly state: TokenRequest['state']; readonly reason: string }
  /** The request cannot go that way now. */
  | { readonly kind: 'conflict'; readonly state: TokenRequest['state']; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'no-such-request' };

/**
 * Applies a call of the ticket system to its request: the step that a person would take with a button. A call takes
 * effect once; one that was refused can be sent again.
 */
export async function applyTicketCall(ctx: Context, input: TicketCallInput): Promise<TicketCallOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<TicketCallOutcome> => {
    const request = await lockTokenRequest(tx, input.call.data.requestId);
    if (!request) return { kind: 'no-such-request' };
    const eventId = `hook/${createHash('sha256').update(input.callId).digest('hex')}`;
    if (!(await claimEvent(tx, eventId, ctx.now()))) {
      return { kind: 'unchanged', state: request.state, reason: 'This call was processed before.' };
    }
    // The step saves its part within this transaction; the dispatcher hears of it when all is committed.
    const result = await takeStep({ ...ctx, db: tx, notificationsQueued: () => undefined }, input, request);
    if (result.kind !== 'changed') await releaseEvent(tx, eventId);
    return result;
  });
  ctx.notificationsQueued();
  return outcome;
}

const STATE_TEXT = {
  requested: 'waiting for approval',
  approved: 'approved',
  declined: 'declined',
  shipped: 'shipped',
  received: 'received',
  enrolled: 'complete',
  cancelled: 'withdrawn',
} as const satisfies Record<TokenRequest['state'], string>;

async function takeStep(
  ctx: Context,
  { call, by }: TicketCallInput,
  request: TokenRequest,
): Promise<TicketCallOutcome> {
  const { state } = request;
  const step = { requestId: request.id, by };
  switch (call.type) {
    case 'token.approved':
      return toOutcome(call, state, await approveTokenRequest(ctx, step));
    case 'token.declined':
      return toOutcome(call, state, await declineTokenRequest(ctx, { ...step, reason: call.data.reason }));
    case 'token.shipped': {
      if (!canShip(request) || isKnownShipment(request, call)) return toOutcome(call, state);
      const expectedVersion = shippingVersion(request);
      const parcel = { note: shippingNoteOf(call.data), serial: call.data.serial ?? undefined };
      return toOutcome(call, state, await shipTokens(ctx, { ...step, ...parcel, expectedVersion }));
    }
    case 'token.received':
      return toOutcome(call, state, await receiveTokens(ctx, step));
    case 'token.ticket_set': {
      const { ticket } = call.data;
      if (request.ticket === ticket) {
        return { kind: 'unchanged', state, reason: 'The request has this ticket.' };
      }
      const outcome = await setTokenTicket(ctx, { ...step, ticket });
      return outcome.kind === 'wrong-ticket'
        ? { kind: 'invalid', reason: outcome.problem }
        : toOutcome(call, state, outcome);
    }
  }
}

/** Returns what came of a step. Without a result of it there was nothing to do. */
function toOutcome(
  call: TicketCall,
  state: TokenRequest['state'],
  result: { readonly kind: string; readonly request?: TokenRequest } = { kind: 'too-late' },
): TicketCallOutcome {
  if (result.kind !== 'too-late' && result.request) return { kind: 'changed', state: result.request.state };
  return isAlreadyDone(call, state)
    ? { kind: 'unchanged', state, reason: `The request is ${STATE_TEXT[state]} already.` }
    : { kind: 'conflict', state, reason: `Cannot apply ${call.type}: the request is ${STATE_TEXT[state]}.` };
}
