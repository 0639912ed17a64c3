import type { AccountId } from './account.ts';
import {
  type Actor,
  type Decider,
  isSystemId,
  type SlackUserId,
  type SystemActor,
  type SystemId,
} from './person.ts';
import { type TicketPolicy, ticketProblem } from './ticket.ts';
import type { Mfa, Verdict } from './verdict.ts';

/** The kinds of hardware that can be requested. */
export type TokenKind = 'security-key' | 'totp-token';

/** Name and explanation of each kind; at most 75 characters, for Slack's options. */
export const TOKEN_KINDS = {
  'security-key': {
    name: 'Security key',
    explained: 'A small USB or NFC key that you touch. One works for many accounts.',
  },
  'totp-token': {
    name: 'Hardware token',
    explained: 'A device that shows a new code every 30 seconds. One per account.',
  },
} as const satisfies Record<TokenKind, { readonly name: string; readonly explained: string }>;

/** Why two: https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html allows eight. */
export const WHY_TWO = 'We recommend two, in case one is lost. Keep the second in another safe place.';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html: devices that one root user may have. */
export const MAX_ROOT_DEVICES = 8;

/** One account that a request is for. */
export interface RequestedAccount {
  readonly id: AccountId;
  /** What protected root when the request was made: what was there already is no success of the request. */
  readonly mfaAtRequest: Mfa;
  /** When the account no longer needed the request; `null`: it does. */
  readonly settledAt: Date | null;
  /** Hardware was seen on root, or there is nothing left to protect. */
  readonly settled: 'enrolled' | 'not-needed' | null;
  /** When the first of two keys was seen on root, while the second is still to come; `null`: not seen. */
  readonly firstKeyAt: Date | null;
}

/** Who requested the keys first, and when the request went to its present holder. */
export interface TokenHandover {
  readonly from: SlackUserId;
  readonly at: Date;
}

interface TokenRequestBase {
  readonly id: string;
  /** The requester, or after a handover the owner who took it over. */
  readonly requestedBy: SlackUserId;
  /** Its first requester has left, and the accounts' present owner took it over. */
  readonly handover?: TokenHandover;
  readonly requestedAt: Date;
  readonly kind: TokenKind;
  readonly quantity: number;
  /** Where it can be sent or fetched; `null` where the company names no offices. */
  readonly office: string | null;
  readonly note: string | null;
  /** Its ticket in another system. */
  readonly ticket: string | null;
  readonly accounts: readonly RequestedAccount[];
  /** When the last follow-up was sent, and how many in this state. */
  readonly followedUpAt: Date | null;
  readonly followUpCount: number;
  readonly escalatedAt: Date | null;
}

/** Who takes a step of a request: a person, or the ticket system of the company. */
export type TokenActor = Actor | SystemActor;
type TokenActorId = SlackUserId | SystemId;

interface Approval {
  readonly decidedBy: TokenActorId;
  readonly decidedAt: Date;
}

interface Shipment extends Approval {
  readonly shippedBy: TokenActorId;
  readonly shippedAt: Date;
  /** The carrier's number, or where it can be fetched. */
  readonly shippingNote: string;
  readonly serial: string | null;
  /** When it should arrive: `2026-12-01`; `null`: not said. */
  readonly expectedOn: string | null;
}

/** A hardware key on its way. */
export type TokenRequest = OpenTokenRequest | Declined | Enrolled | Cancelled;
/** A request that is not closed. */
export type OpenTokenRequest = Requested | Approved | Shipped | Received;

export interface Requested extends TokenRequestBase {
  readonly state: 'requested';
}

export interface Approved extends TokenRequestBase, Approval {
  readonly state: 'approved';
}

export interface Shipped extends TokenRequestBase, Shipment {
  readonly state: 'shipped';
}

/** It is in the requester's hands. */
export interface Received extends TokenRequestBase, Shipment {
  readonly state: 'received';
  readonly receivedBy: TokenActorId;
  readonly receivedAt: Date;
}

export interface Declined extends TokenRequestBase, Approval {
  readonly state: 'declined';
  readonly reason: string;
  readonly closedAt: Date;
}

/** Hardware was seen on root of every account that still needed it, however far the request had come. */
export interface Enrolled extends TokenRequestBase, Partial<Shipment> {
  readonly state: 'enrolled';
  readonly receivedBy?: TokenActorId;
  readonly receivedAt?: Date;
  readonly closedAt: Date;
}

export interface Cancelled extends TokenRequestBase, Partial<Shipment> {
  readonly state: 'cancelled';
  readonly receivedBy?: TokenActorId;
  readonly receivedAt?: Date;
  readonly cancelledBy: Decider;
  readonly reason: string | null;
  readonly closedAt: Date;
}

/** What the company offers. */
export interface TokenPolicy {
  readonly kinds: readonly TokenKind[];
  readonly offices: readonly string[];
  readonly ticket?: TicketPolicy | undefined;
}

/** What a requester fills in. */
export interface TokenForm {
  readonly id: string;
  readonly kind: TokenKind;
  readonly quantity: number;
  readonly office?: string | undefined;
  readonly note?: string | undefined;
  readonly ticket?: string | undefined;
}

/** One of the accounts asked for, as it is now. */
export interface RequestableAccount {
  readonly id: AccountId;
  readonly verdict: Pick<Verdict, 'mfa'> | null;
  readonly owner: SlackUserId | null;
  readonly openRequest: string | null;
}

/** Delivery to people far from every office. The bot stores no home address. */
export const COMPANY_DELIVERY = 'Home, by our own delivery process';

/** Returns where a key can be delivered: the offices, and the company's own process beside them. */
export function deliveryOptions(offices: readonly string[]): readonly string[] {
  return offices.length > 0 ? [...offices, COMPANY_DELIVERY] : [];
}

export type TokenRequestOutcome =
  | { readonly kind: 'requested'; readonly request: Requested }
  | { readonly kind: 'no-accounts' }
  | { readonly kind: 'already-open'; readonly accountId: AccountId; readonly requestId: string }
  | { readonly kind: 'not-yours'; readonly accountId: AccountId }
  /** No one can sign in as its root user. */
  | { readonly kind: 'nothing-to-protect'; readonly accountId: AccountId }
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'no-such-office'; readonly offices: readonly string[] }
  | { readonly kind: 'wrong-quantity'; readonly min: number; readonly max: number }
  | { readonly kind: 'wrong-ticket'; readonly problem: string };

/** Requests keys for the requester's own accounts; admins can request for any account. */
export function createTokenRequest(
  form: TokenForm,
  accounts: readonly RequestableAccount[],
  by: Actor,
  policy: TokenPolicy,
  now: Date,
): TokenRequestOutcome {
  if (accounts.length === 0) return { kind: 'no-accounts' };
  for (const { id, owner, verdict, openRequest } of accounts) {
    // First of all: others learn nothing about the account, not even that it has an open request.
    if (owner !== by.id && !by.admin) return { kind: 'not-yours', accountId: id };
    if (openRequest !== null) return { kind: 'already-open', accountId: id, requestId: openRequest };
    if (verdict && NO_ROOT_SIGN_IN.has(verdict.mfa)) return { kind: 'nothing-to-protect', accountId: id };
  }
  if (!policy.kinds.includes(form.kind)) return { kind: 'not-offered' };
  const office = form.office ?? null;
  if (office === null ? policy.offices.length > 0 : !deliveryOptions(policy.offices).includes(office)) {
    return { kind: 'no-such-office', offices: policy.offices };
  }
  const { min, max } = quantityFor(form.kind, accounts.length);
  if (!Number.isInteger(form.quantity) || form.quantity < min || form.quantity > max) {
    return { kind: 'wrong-quantity', min, max };
  }
  const ticket = form.ticket?.trim() || null;
  const problem = ticketProblem(ticket, policy.ticket);
  if (problem !== undefined) return { kind: 'wrong-ticket', problem };

  const unique = new Map(accounts.map((account) => [account.id, account]));
  return {
    kind: 'requested',
    request: {
      state: 'requested',
      id: form.id,
      requestedBy: by.id,
      requestedAt: now,
      kind: form.kind,
      quantity: form.quantity,
      office,
      note: form.note?.trim() || null,
      ticket,
      accounts: [...unique.values()].map(({ id, verdict }) => ({
        id,
        mfaAtRequest: verdict?.mfa ?? 'unknown',
        settledAt: null,
        settled: null,
        firstKeyAt: null,
      })),
      ...NO_FOLLOW_UPS,
    },
  };
}

export type SetTicketOutcome =
  | { readonly kind: 'ticket-set'; readonly request: Requested | Approved | Shipped }
  | { readonly kind: 'wrong-ticket'; readonly problem: string }
  | { readonly kind: 'not-yours' };

/** Changes the ticket of a request, or removes it: its requester can, and admins. */
export function setTicket(
  request: Requested | Approved | Shipped,
  by: TokenActor,
  text: string | null,
  policy: TicketPolicy | undefined,
): SetTicketOutcome {
  if (by.id !== request.requestedBy && !by.admin) return { kind: 'not-yours' };
  const ticket = text?.trim() || null;
  const problem = ticketProblem(ticket, policy);
  if (problem !== undefined) return { kind: 'wrong-ticket', problem };
  return { kind: 'ticket-set', request: { ...request, ticket } };
}

/** How many may be asked for, and how many should be: a key serves many root users, a token only one. */
export function quantityFor(
  kind: TokenKind,
  accounts: number,
): { readonly min: number; readonly recommended: number; readonly max: number } {
  const units = kind === 'security-key' ? 1 : Math.max(accounts, 1);
  return { min: units, recommended: 2 * units, max: MAX_ROOT_DEVICES * units };
}

/** Who may decide: an admin, and never about their own request. */
type DecisionRefusal = { readonly kind: 'not-an-admin' } | { readonly kind: 'own-request' };

export type ApproveOutcome = { readonly kind: 'approved'; readonly request: Approved } | DecisionRefusal;

/** Approves a request that is not decided yet. */
export function approve(request: Requested, by: TokenActor, now: Date): ApproveOutcome {
  const refusal = decisionRefusal(request, by);
  if (refusal) return refusal;
  return {
    kind: 'approved',
    request: { ...request, ...NO_FOLLOW_UPS, state: 'approved', decidedBy: by.id, decidedAt: now },
  };
}

export type DeclineOutcome =
  | { readonly kind: 'declined'; readonly request: Declined }
  | { readonly kind: 'no-reason' }
  | DecisionRefusal;

/** Declines a request, and says why. */
export function decline(request: Requested, by: TokenActor, reason: string, now: Date): DeclineOutcome {
  const refusal = decisionRefusal(request, by);
  if (refusal) return refusal;
  if (reason.trim() === '') return { kind: 'no-reason' };
  return {
    kind: 'declined',
    request: {
      ...request,
      ...NO_FOLLOW_UPS,
      state: 'declined',
      decidedBy: by.id,
      decidedAt: now,
      reason: reason.trim(),
      closedAt: now,
    },
  };
}

export type ShipOutcome =
  | { readonly kind: 'shipped'; readonly request: Shipped }
  | { readonly kind: 'no-shipping-note' }
  | { readonly kind: 'not-an-admin' };

/** Sends the keys off, or lays them ready; once more when a parcel was lost. */
export function ship(
  request: Approved | Shipped,
  by: TokenActor,
  shipment: {
    readonly note: string;
    readonly serial?: string | undefined;
    readonly expectedOn?: string | undefined;
  },
  now: Date,
): ShipOutcome {
  if (!by.admin) return { kind: 'not-an-admin' };
  const shippingNote = shipment.note.trim();
  if (shippingNote === '') return { kind: 'no-shipping-note' };
  return {
    kind: 'shipped',
    request: {
      ...request,
      ...NO_FOLLOW_UPS,
      state: 'shipped',
      shippedBy: by.id,
      shippedAt: now,
      shippingNote,
      serial: shipment.serial?.trim() || null,
      expectedOn: shipment.expectedOn ?? null,
    },
  };
}

export type ReceiveOutcome =
  | { readonly kind: 'received'; readonly request: Received }
  | { readonly kind: 'not-yours' };

/** Confirms that the keys have come: their requester can, and a system that follows the parcel. */
export function receive(request: Shipped, by: TokenActor, now: Date): ReceiveOutcome {
  if (by.id !== request.requestedBy && !isSystemId(by.id)) return { kind: 'not-yours' };
  return {
    kind: 'received',
    request: { ...request, ...NO_FOLLOW_UPS, state: 'received', receivedBy: by.id, receivedAt: now },
  };
}

export type CancelOutcome =
  | { readonly kind: 'cancelled'; readonly request: Cancelled }
  | { readonly kind: 'no-reason' }
  | { readonly kind: 'not-yours' };

/** Cancels a request. The requester needs no reason; an admin does, because the requester is waiting. */
export function cancel(
  request: OpenTokenRequest,
  by: TokenActor,
  reason: string | null,
  now: Date,
): CancelOutcome {
  const isTheirs = by.id === request.requestedBy;
  if (!isTheirs && !by.admin) return { kind: 'not-yours' };
  const trimmedReason = reason?.trim() || null;
  if (!isTheirs && trimmedReason === null) return { kind: 'no-reason' };
  return {
    kind: 'cancelled',
    request: {
      ...request,
      ...NO_FOLLOW_UPS,
      state: 'cancelled',
      cancelledBy: by.id,
      reason: trimmedReason,
      closedAt: now,
    },
  };
}

export type EnrolmentOutcome =
  | { readonly kind: 'unchanged' }
  /** Some accounts no longer need the request, others do. */
  | { readonly kind: 'progress'; readonly request: OpenTokenRequest; readonly settled: readonly AccountId[] }
  | { readonly kind: 'enrolled'; readonly request: Enrolled; readonly settled: readonly AccountId[] }
  /** No hardware was seen, but there is no root sign-in left to protect either. */
  | { readonly kind: 'not-needed'; readonly request: Cancelled; readonly settled: readonly AccountId[] };

/** What was seen of one root user. */
export interface SeenRoot extends Pick<Verdict, 'mfa'> {
  /** Hardware that a root session listed; left out where none did. */
  readonly hardwareDevices?: number | undefined;
}

/**
 * What a scan of its accounts means for a request: hardware on root of an account settles that account, wherever the
 * key came from, but of two keys only both do; when every account is settled the request is closed.
 */
export function closeIfEnrolled(
  request: OpenTokenRequest,
  seen: ReadonlyMap<AccountId, SeenRoot>,
  now: Date,
): EnrolmentOutcome {
  return settleAccounts(
    request,
    (account) => {
      const root = seen.get(account.id);
      return root ? settlementOf(account, root, request) : null;
    },
    now,
  );
}

export type FinishOutcome =
  | Exclude<EnrolmentOutcome, { kind: 'unchanged' | 'not-needed' }>
  /** No key of it was seen on root yet. */
  | { readonly kind: 'no-key-seen' }
  | { readonly kind: 'not-yours' };

/** Ends a request for accounts with one of two keys: the owner says that the second is registered or for later. */
export function finishWithoutSecondKey(request: OpenTokenRequest, by: SlackUserId, now: Date): FinishOutcome {
  if (by !== request.requestedBy) return { kind: 'not-yours' };
  const outcome = settleAccounts(request, ({ firstKeyAt }) => (firstKeyAt ? 'enrolled' : null), now);
  return outcome.kind === 'enrolled' || outcome.kind === 'progress' ? outcome : { kind: 'no-key-seen' };
}

/** Returns the accounts with one key on root that wait for the second. */
export function accountsWithOneKey({ accounts }: Pick<TokenRequest, 'accounts'>): RequestedAccount[] {
  return accounts.filter(({ settled, firstKeyAt }) => settled === null && firstKeyAt !== null);
}

function settleAccounts(
  request: OpenTokenRequest,
  settle: (account: RequestedAccount) => RequestedAccount['settled'] | 'first-key',
  now: Date,
): EnrolmentOutcome {
  const accounts = request.accounts.map((account): RequestedAccount => {
    const settled = account.settled === null ? settle(account) : null;
    if (settled === 'first-key') return account.firstKeyAt ? account : { ...account, firstKeyAt: now };
    return settled ? { ...account, settled, settledAt: now } : account;
  });
  const changed = accounts.filter((account, n) => account !== request.accounts[n]);
  if (changed.length === 0) return { kind: 'unchanged' };

  const settled = changed.filter((account) => account.settled !== null).map(({ id }) => id);
  const after = { ...request, accounts };
  if (accounts.some((account) => account.settled === null))
    return { kind: 'progress', request: after, settled };
  if (accounts.some((account) => account.settled === 'enrolled')) {
    return {
      kind: 'enrolled',
      request: { ...after, ...NO_FOLLOW_UPS, state: 'enrolled', closedAt: now },
      settled,
    };
  }
  const reason = 'No one can sign in as root anymore, so no key is needed.';
  return {
    kind: 'not-needed',
    request: { ...after, ...NO_FOLLOW_UPS, state: 'cancelled', cancelledBy: 'bot', reason, closedAt: now },
    settled,
  };
}

/** Whether the request is not closed. */
export function isOpen(request: TokenRequest): request is OpenTokenRequest {
  return OPEN.has(request.state);
}

/** Returns the request in the hands of the accounts' present owner; its next step is followed up from then on. */
export function handOver<T extends OpenTokenRequest>(request: T, to: SlackUserId, now: Date): T {
  const from = request.handover?.from ?? request.requestedBy;
  return { ...request, ...NO_FOLLOW_UPS, requestedBy: to, handover: { from, at: now } };
}

/** Returns the person who first requested the keys, even if the request has been handed over. */
export function firstRequesterOf({ requestedBy, handover }: TokenRequest): SlackUserId {
  return handover?.from ?? requestedBy;
}

/** Returns the request after a follow-up. */
export function markFollowedUp<T extends OpenTokenRequest>(request: T, now: Date): T {
  return { ...request, followedUpAt: now, followUpCount: request.followUpCount + 1 };
}

/** Returns the request after its escalation. */
export function markRequestEscalated<T extends OpenTokenRequest>(request: T, now: Date): T {
  return { ...request, escalatedAt: now };
}

const NO_FOLLOW_UPS = { followedUpAt: null, followUpCount: 0, escalatedAt: null } as const;

const OPEN: ReadonlySet<TokenRequest['state']> = new Set(['requested', 'approved', 'shipped', 'received']);

/** Hardware is registered, or nothing else can explain what is seen. An app beside it is another matter. */
const HARDWARE_MFA: ReadonlySet<Mfa> = new Set(['hardware', 'fido', 'non_virtual', 'mixed']);
/** Whether no one can sign in as root there, or the account is no longer active. */
const NO_ROOT_SIGN_IN: ReadonlySet<Mfa> = new Set(['no_credentials', 'no_password', 'not_applicable']);

/** Whether hardware protects root, or nothing else can explain what is seen. */
export function hasHardwareMfa(mfa: Mfa): boolean {
  return HARDWARE_MFA.has(mfa);
}

/** Whether no one can sign in as root. */
export function hasNoRootSignIn(mfa: Mfa): boolean {
  return NO_ROOT_SIGN_IN.has(mfa);
}

function settlementOf(
  { mfaAtRequest }: RequestedAccount,
  { mfa, hardwareDevices = 1 }: SeenRoot,
  request: OpenTokenRequest,
): RequestedAccount['settled'] | 'first-key' {
  if (NO_ROOT_SIGN_IN.has(mfa)) return 'not-needed';
  if (!HARDWARE_MFA.has(mfa)) return null;
  // A second key beside a first looks the same from outside: then only its receipt can tell.
  const isNew = !HARDWARE_MFA.has(mfaAtRequest) || (mfaAtRequest === 'mixed' && mfa !== 'mixed');
  if (!isNew) return request.state === 'received' ? 'enrolled' : null;
  // Before keys are on their way, hardware on root came from elsewhere, and nothing is left to send.
  const isSent = request.state === 'shipped' || request.state === 'received';
  return isSent && hardwareDevices < keysPerRoot(request) ? 'first-key' : 'enrolled';
}

/** How many keys each root user gets: a security key serves many root users, a token only one. */
export function keysPerRoot({
  kind,
  quantity,
  accounts,
}: Pick<TokenRequest, 'kind' | 'quantity' | 'accounts'>): number {
  const keys = kind === 'security-key' ? quantity : quantity / accounts.length;
  return keys >= 2 ? 2 : 1;
}

function decisionRefusal({ requestedBy }: Requested, by: TokenActor): DecisionRefusal | undefined {
  if (by.id === requestedBy) return { kind: 'own-request' };
  return by.admin ? undefined : { kind: 'not-an-admin' };
}
