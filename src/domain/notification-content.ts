import type { AccountId } from './account.ts';
import { type Exemption, lastDayOf } from './exemption.ts';
import type {
  EscalationNotification,
  ExemptionRequestNotification,
  ExemptionUpdate,
  ExemptionUpdateNotification,
  FixedAccount,
  ReminderNotification,
  TokenRequestNotification,
  TokenRequestStep,
  TokenUpdate,
  TokenUpdateNotification,
} from './notification.ts';
import { type TicketPolicy, ticketReference } from './ticket.ts';
import { firstRequesterOf, type TokenRequest } from './token-request.ts';

/** Returns the name of an account, or its ID if the name is unknown. */
export type AccountNameLookup = (id: AccountId) => string;

/** Returns a key request as the approvers' channel shows it. */
export function tokenRequestNotification(
  request: TokenRequest,
  nameOf: AccountNameLookup,
  ticketPolicy?: TicketPolicy,
): TokenRequestNotification {
  const { id, state, requestedBy, kind, quantity, office, ticket, accounts } = request;
  return {
    kind: 'token-request',
    requestId: id,
    state,
    requestedBy,
    ...(request.handover && { handedOverFrom: request.handover.from }),
    tokenKind: kind,
    quantity,
    office,
    ticket: ticketReference(ticket, ticketPolicy),
    accounts: accounts.map((account) => ({
      id: account.id,
      name: nameOf(account.id),
      settled: account.settled,
    })),
    ...expectedDelivery(request),
    history: stepsOf(request),
  };
}

/** Returns the last step of a request as an update for the requester; undefined if it was their own step. */
export function tokenUpdateNotification(
  request: TokenRequest,
  nameOf: AccountNameLookup,
  ticketPolicy?: TicketPolicy,
): TokenUpdateNotification | undefined {
  const step = stepsOf(request).at(-1);
  if (!step || !isUpdate(step.state) || step.by === request.requestedBy) return undefined;
  const { id, kind, quantity, ticket, accounts } = request;
  return {
    kind: 'token-news',
    news: step.state,
    requestId: id,
    tokenKind: kind,
    quantity,
    accounts: accounts.map((account) => ({ id: account.id, name: nameOf(account.id) })),
    ticket: ticketReference(ticket, ticketPolicy),
    step,
    ...(step.state === 'shipped' && expectedDelivery(request)),
  };
}

/** Returns when a parcel that is on its way should arrive, if its sender said so. */
function expectedDelivery(request: TokenRequest): { readonly expectedOn?: string } {
  return request.state === 'shipped' && request.expectedOn !== null ? { expectedOn: request.expectedOn } : {};
}

function isUpdate(state: TokenRequest['state']): state is TokenUpdate {
  return state !== 'requested';
}

/** The fields that states of a request record. */
interface StepFields {
  readonly id: string;
  readonly decidedBy?: TokenRequestStep['by'];
  readonly decidedAt?: Date;
  readonly shippedBy?: TokenRequestStep['by'];
  readonly shippedAt?: Date;
  readonly shippingNote?: string;
  readonly receivedBy?: TokenRequestStep['by'];
  readonly receivedAt?: Date;
}

function stepsOf(request: TokenRequest): TokenRequestStep[] {
  const fields: StepFields = request;
  const step = (
    state: TokenRequestStep['state'],
    at: Date | undefined,
    by: TokenRequestStep['by'] | undefined,
    note: string | null = null,
  ): TokenRequestStep[] => (at ? [{ state, at: at.toISOString(), by: by ?? null, note }] : []);

  const requested = step('requested', request.requestedAt, firstRequesterOf(request), request.note);
  if (request.state === 'declined') {
    return [...requested, ...step('declined', request.decidedAt, request.decidedBy, request.reason)];
  }
  return [
    ...requested,
    ...step('approved', fields.decidedAt, fields.decidedBy),
    ...step('shipped', fields.shippedAt, fields.shippedBy, fields.shippingNote),
    ...step('received', fields.receivedAt, fields.receivedBy),
    ...(request.state === 'enrolled' ? step('enrolled', request.closedAt, 'bot') : []),
    ...(request.state === 'cancelled'
      ? step('cancelled', request.closedAt, request.cancelledBy, request.reason)
      : []),
  ];
}

/** Returns a request for an exemption as admins see it. */
export function exemptionRequestNotification(
  exemption: Exemption,
  nameOf: AccountNameLookup,
  zone: string,
): ExemptionRequestNotification {
  const { id, accountId, state, askedBy, reason, compensatingControl } = exemption;
  const decided = 'decidedBy' in exemption ? exemption : undefined;
  return {
    kind: 'exemption-request',
    exemptionId: id,
    state,
    account: { id: accountId, name: nameOf(accountId) },
    askedBy,
    reason,
    compensatingControl,
    lastDay: lastDayOf(exemption, zone),
    decidedBy: decided?.decidedBy ?? null,
    decisionNote: decided?.decisionNote ?? null,
  };
}

/** Returns an update on an exemption for its requester. */
export function exemptionUpdateNotification(
  exemption: Exemption,
  update: ExemptionUpdate,
  nameOf: AccountNameLookup,
  zone: string,
): ExemptionUpdateNotification {
  const { id, accountId } = exemption;
  const decided = 'decidedBy' in exemption ? exemption : undefined;
  const isDecision = update === 'granted' || update === 'declined';
  const revokedBy = exemption.state === 'revoked' ? exemption.closedBy : null;
  return {
    kind: 'exemption-news',
    news: update,
    exemptionId: id,
    account: { id: accountId, name: nameOf(accountId) },
    lastDay: lastDayOf(exemption, zone),
    by: isDecision ? (decided?.decidedBy ?? null) : revokedBy,
    note: isDecision ? (decided?.decisionNote ?? null) : null,
  };
}

/** Returns the notification after some of its accounts were fixed, to be edited into thanks. Each account is thanked for once. */
export function withFixedAccounts<T extends ReminderNotification | EscalationNotification>(
  notification: T,
  fixed: readonly FixedAccount[],
): T {
  const knownIds = new Set(notification.fixed.map(({ id }) => id));
  const newlyFixed = fixed.filter(({ id }) => !knownIds.has(id));
  const fixedIds = new Set(newlyFixed.map(({ id }) => id));
  const { count, items } = notification.accounts as { count: number; items: readonly { id: AccountId }[] };
  const remaining = items.filter(({ id }) => !fixedIds.has(id));
  return {
    ...notification,
    accounts: { count: Math.max(count - newlyFixed.length, remaining.length), items: remaining },
    fixed: [...notification.fixed, ...newlyFixed],
  };
}
