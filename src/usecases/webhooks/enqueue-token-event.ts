import type { AccountNameLookup } from '../../domain/notification-content.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import type { WebhookEvent, WebhookEventType } from '../../domain/webhooks/event.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { enqueueWebhookEvent } from './enqueue-webhook-event.ts';

type TokenEvent = Extract<WebhookEvent, { readonly type: `token.${string}` }>;

const EVENT_OF_STATE = {
  requested: 'token.requested',
  approved: 'token.approved',
  declined: 'token.declined',
  shipped: 'token.shipped',
  received: 'token.received',
  enrolled: 'token.enrolled',
  cancelled: 'token.withdrawn',
} as const satisfies Record<TokenRequest['state'], WebhookEventType>;

/** Enqueues the webhook event of a request's last step. */
export async function enqueueTokenEvent(
  work: UnitOfWork,
  request: TokenRequest,
  nameOf: AccountNameLookup,
): Promise<void> {
  const event: TokenEvent = {
    type: EVENT_OF_STATE[request.state],
    timestamp: work.at.toISOString(),
    data: tokenData(request, nameOf),
  };
  await enqueueWebhookEvent(work, `token-request/${request.id}`, event);
}

function tokenData(request: TokenRequest, nameOf: AccountNameLookup): TokenEvent['data'] {
  const { id: requestId, state, kind, quantity, office, note, ticket, requestedBy, requestedAt } = request;
  const decidedBy = 'decidedBy' in request ? (request.decidedBy ?? null) : null;
  const shipment =
    'shippedAt' in request && request.shippedAt
      ? {
          note: request.shippingNote ?? '',
          serial: request.serial ?? null,
          at: request.shippedAt.toISOString(),
        }
      : null;
  return {
    requestId,
    state,
    kind,
    quantity,
    office,
    note,
    ticket,
    accounts: request.accounts.map(({ id, settled }) => ({ accountId: id, name: nameOf(id), settled })),
    requestedBy,
    requestedAt: requestedAt.toISOString(),
    decidedBy,
    reason: 'reason' in request ? request.reason : null,
    shipment,
  };
}
