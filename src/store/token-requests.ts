import type { AccountId } from '../domain/account.ts';
import type { Decider, SlackUserId, SystemId } from '../domain/person.ts';
import type {
  OpenTokenRequest,
  Requested,
  RequestedAccount,
  TokenKind,
  TokenRequest,
} from '../domain/token-request.ts';
import { json } from './json.ts';
import { bumpRevision } from './revision.ts';
import { type Database, isUniqueViolation } from './transactions.ts';

/** The result of saving a new request: an account has one open request at most. */
export type InsertTokenRequestOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'already-open'; readonly accountId: AccountId; readonly requestId: string };

/**
 * Saves a new request, unless one of its accounts has an open one, possibly created concurrently. That can be the same
 * request, if its form was submitted twice.
 */
export async function insertTokenRequest(
  tx: Database,
  request: Requested,
): Promise<InsertTokenRequestOutcome> {
  let sameId = false;
  try {
    await tx.transaction((inner) => insert(inner, request));
    return { kind: 'created' };
  } catch (error) {
    sameId = isUniqueViolation(error, 'token_requests_pkey');
    if (!sameId && !isUniqueViolation(error, 'token_request_accounts_open')) throw error;
  }
  const [open] = await tx.query<{ account_id: AccountId; request_id: string }>(
    `select account_id, request_id from token_request_accounts
      where account_id = any ($1::text[]) and closed_at is null
      order by account_id
      limit 1`,
    [request.accounts.map(({ id }) => id)],
  );
  if (open) return { kind: 'already-open', accountId: open.account_id, requestId: open.request_id };
  if (sameId) throw new RangeError(`Cannot make the token request ${request.id} again: it is closed`);
  // The other one was closed in between.
  return insertTokenRequest(tx, request);
}

/** The request with this id, its accounts in the order of their ids, or undefined. */
export async function findTokenRequest(db: Database, id: string): Promise<TokenRequest | undefined> {
  const [row] = await db.query<TokenRequestRow>(`${SELECT_TOKEN_REQUESTS} where id = $1`, [id]);
  return row && toTokenRequest(row);
}

/** The same, locked until the transaction ends, so that no one else decides about it. */
export async function lockTokenRequest(tx: Database, id: string): Promise<TokenRequest | undefined> {
  // Read only once it is ours: a statement that waits for the lock sees the accounts as they were before it waited.
  await tx.query('select from token_requests where id = $1 for update', [id]);
  return findTokenRequest(tx, id);
}

/** Saves the state of the request, who holds it, and its settled accounts; what was requested does not change. */
export async function saveTokenRequest(tx: Database, request: TokenRequest): Promise<void> {
  const transition: TransitionFields = request;
  const rows = await tx.query(
    `update token_requests
        set state = $2, decided_by = $3, decided_at = $4, shipped_by = $5, shipped_at = $6, shipping_note = $7,
            serial = $8, received_at = $9, cancelled_by = $10, reason = $11, closed_at = $12,
            chased_at = $13, chases = $14, escalated_at = $15, ticket = $16, received_by = $17, expected_on = $18,
            requested_by = $19, handed_over_from = $20, handed_over_at = $21
      where id = $1
     returning id`,
    [
      request.id,
      request.state,
      transition.decidedBy,
      transition.decidedAt,
      transition.shippedBy,
      transition.shippedAt,
      transition.shippingNote,
      transition.serial,
      transition.receivedAt,
      transition.cancelledBy,
      transition.reason,
      transition.closedAt,
      request.followedUpAt,
      request.followUpCount,
      request.escalatedAt,
      request.ticket,
      transition.receivedBy,
      transition.expectedOn,
      request.requestedBy,
      request.handover?.from,
      request.handover?.at,
    ],
  );
  if (rows.length === 0)
    throw new RangeError(`Cannot save the token request ${request.id}: it does not exist`);
  await tx.query(
    `update token_request_accounts as account
        set settled = now.settled, settled_at = now.settled_at, closed_at = coalesce(now.settled_at, $3),
            first_key_at = now.first_key_at
       from jsonb_to_recordset($2::jsonb)
         as now (id text, settled text, settled_at timestamptz, first_key_at timestamptz)
      where account.request_id = $1 and account.account_id = now.id`,
    [
      request.id,
      json(
        request.accounts.map(({ id, settled, settledAt, firstKeyAt }) => ({
          id,
          settled,
          settled_at: settledAt,
          first_key_at: firstKeyAt,
        })),
      ),
      transition.closedAt,
    ],
  );
  await bumpRevision(tx);
}

/** Returns every open request, oldest first. */
export async function listOpenTokenRequests(db: Database): Promise<OpenTokenRequest[]> {
  const rows = await db.query<OpenTokenRequestRow>(
    `${SELECT_TOKEN_REQUESTS} where ${IS_OPEN} order by requested_at, id`,
  );
  return rows.map(toOpenTokenRequest);
}

/** Returns the open request of each account; a settled account has none. */
export async function openTokenRequestsByAccount(
  db: Database,
): Promise<ReadonlyMap<AccountId, OpenTokenRequest>> {
  const open = await listOpenTokenRequests(db);
  return new Map(
    open.flatMap((request) =>
      request.accounts
        .filter(({ settled }) => settled === null)
        .map(({ id }): [AccountId, OpenTokenRequest] => [id, request]),
    ),
  );
}

/** Returns the open request of the account, or undefined. */
export async function findOpenTokenRequest(
  db: Database,
  accountId: AccountId,
): Promise<OpenTokenRequest | undefined> {
  const [row] = await db.query<OpenTokenRequestRow>(
    `${SELECT_TOKEN_REQUESTS}
      where id = (select request_id from token_request_accounts where account_id = $1 and closed_at is null)`,
    [accountId],
  );
  return row && toOpenTokenRequest(row);
}

/** Returns every request of the person, newest first. */
export async function listTokenRequestsOfPerson(db: Database, person: SlackUserId): Promise<TokenRequest[]> {
  const rows = await db.query<TokenRequestRow>(
    `${SELECT_TOKEN_REQUESTS} where requested_by = $1 order by requested_at desc, id desc`,
    [person],
  );
  return rows.map(toTokenRequest);
}

/** Returns every request that was made before the end of a period and not closed before its start, oldest first. */
export async function listTokenRequestsOfPeriod(
  db: Database,
  period: { readonly from: Date; readonly to: Date },
): Promise<TokenRequest[]> {
  const rows = await db.query<TokenRequestRow>(
    `${SELECT_TOKEN_REQUESTS}
      where requested_at < $2 and (closed_at is null or closed_at > $1)
      order by requested_at, id`,
    [period.from, period.to],
  );
  return rows.map(toTokenRequest);
}

async function insert(tx: Database, request: Requested): Promise<void> {
  await tx.query(
    `insert into token_requests (id, state, requested_by, requested_at, kind, quantity, office, note, ticket)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      request.id,
      request.state,
      request.requestedBy,
      request.requestedAt,
      request.kind,
      request.quantity,
      request.office,
      request.note,
      request.ticket,
    ],
  );
  // In one order, so that two requests for the same accounts never wait for each other in a circle.
  await tx.query(
    `insert into token_request_accounts (request_id, account_id, mfa_then)
     select $1, id, mfa_then from jsonb_to_recordset($2::jsonb) as asked (id text, mfa_then text) order by id`,
    [request.id, json(request.accounts.map(({ id, mfaAtRequest }) => ({ id, mfa_then: mfaAtRequest })))],
  );
  await bumpRevision(tx);
}

const IS_OPEN = `state in ('requested', 'approved', 'shipped', 'received')`;

const SELECT_TOKEN_REQUESTS = `
  select id, state, requested_by, requested_at, kind, quantity, office, note, ticket, chased_at, chases, escalated_at,
         decided_by, decided_at, shipped_by, shipped_at, shipping_note, serial, expected_on, received_at, received_by,
         cancelled_by, reason, closed_at, handed_over_from, handed_over_at,
         (select jsonb_agg(jsonb_build_array(account_id, mfa_then, settled, settled_at, first_key_at)
                           order by account_id)
            from token_request_accounts
           where request_id = token_requests.id) as accounts
    from token_requests`;

/** The traces that steps leave in the row. */
interface TransitionFields {
  readonly id: string;
  readonly decidedBy?: SlackUserId | SystemId;
  readonly decidedAt?: Date;
  readonly shippedBy?: SlackUserId | SystemId;
  readonly shippedAt?: Date;
  readonly shippingNote?: string;
  readonly serial?: string | null;
  readonly expectedOn?: string | null;
  readonly receivedAt?: Date;
  readonly receivedBy?: SlackUserId | SystemId;
  readonly cancelledBy?: Decider;
  readonly reason?: string | null;
  readonly closedAt?: Date;
}

interface RequestRow {
  id: string;
  requested_by: SlackUserId;
  requested_at: Date;
  kind: TokenKind;
  quantity: number;
  office: string | null;
  note: string | null;
  ticket: string | null;
  chased_at: Date | null;
  chases: number;
  escalated_at: Date | null;
  handed_over_from: SlackUserId | null;
  handed_over_at: Date | null;
  accounts:
    | [
        AccountId,
        RequestedAccount['mfaAtRequest'],
        RequestedAccount['settled'],
        string | null,
        string | null,
      ][]
    | null;
}

interface ApprovalRow {
  decided_by: SlackUserId | SystemId;
  decided_at: Date;
}

interface ShipmentRow extends ApprovalRow {
  shipped_by: SlackUserId | SystemId;
  shipped_at: Date;
  shipping_note: string;
  serial: string | null;
  expected_on: string | null;
}

interface ReceiptRow {
  /** `null`: its requester, in rows from before this was kept. */
  received_by: SlackUserId | SystemId | null;
}

/** A request may be closed however far it had come. */
type ProgressRow = (ApprovalRow | { decided_by: null }) &
  (ShipmentRow | { shipped_by: null }) & { received_at: Date | null } & ReceiptRow &
  Pick<RequestRow, 'requested_by' | 'handed_over_from'>;

/** The table's checks see to it that each state has its traces. */
type OpenTokenRequestRow = RequestRow &
  (
    | { state: 'requested' }
    | ({ state: 'approved' } & ApprovalRow)
    | ({ state: 'shipped' } & ShipmentRow)
    | ({ state: 'received'; received_at: Date } & ShipmentRow & ReceiptRow)
  );
type TokenRequestRow =
  | OpenTokenRequestRow
  | (RequestRow &
      (
        | ({ state: 'declined'; reason: string; closed_at: Date } & ApprovalRow)
        | ({ state: 'enrolled'; closed_at: Date } & ProgressRow)
        | ({
            state: 'cancelled';
            cancelled_by: Decider;
            reason: string | null;
            closed_at: Date;
          } & ProgressRow)
      ));

function toTokenRequest(row: TokenRequestRow): TokenRequest {
  switch (row.state) {
    case 'declined': {
      const { state, reason, closed_at: closedAt } = row;
      return { ...toRequest(row), ...toApproval(row), state, reason, closedAt };
    }
    case 'enrolled': {
      const { state, closed_at: closedAt } = row;
      return { ...toRequest(row), ...toProgress(row), state, closedAt };
    }
    case 'cancelled': {
      const { state, cancelled_by: cancelledBy, reason, closed_at: closedAt } = row;
      return { ...toRequest(row), ...toProgress(row), state, cancelledBy, reason, closedAt };
    }
    default:
      return toOpenTokenRequest(row);
  }
}

function toOpenTokenRequest(row: OpenTokenRequestRow): OpenTokenRequest {
  switch (row.state) {
    case 'requested':
      return { ...toRequest(row), state: row.state };
    case 'approved':
      return { ...toRequest(row), ...toApproval(row), state: row.state };
    case 'shipped':
      return { ...toRequest(row), ...toShipment(row), state: row.state };
    case 'received':
      return { ...toRequest(row), ...toShipment(row), ...toReceipt(row, row.received_at), state: row.state };
  }
}

function toRequest(row: RequestRow) {
  return {
    id: row.id,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    kind: row.kind,
    quantity: row.quantity,
    office: row.office,
    note: row.note,
    ticket: row.ticket,
    accounts: (row.accounts ?? []).map(([id, mfaAtRequest, settled, settledAt, firstKeyAt]) => ({
      id,
      mfaAtRequest,
      settled,
      settledAt: settledAt === null ? null : new Date(settledAt),
      firstKeyAt: firstKeyAt === null ? null : new Date(firstKeyAt),
    })),
    followedUpAt: row.chased_at,
    followUpCount: row.chases,
    escalatedAt: row.escalated_at,
    ...(row.handed_over_from !== null &&
      row.handed_over_at !== null && {
        handover: { from: row.handed_over_from, at: row.handed_over_at },
      }),
  };
}

function toApproval(row: ApprovalRow) {
  return { decidedBy: row.decided_by, decidedAt: row.decided_at };
}

function toShipment(row: ShipmentRow) {
  return {
    ...toApproval(row),
    shippedBy: row.shipped_by,
    shippedAt: row.shipped_at,
    shippingNote: row.shipping_note,
    serial: row.serial,
    expectedOn: row.expected_on,
  };
}

function toProgress(row: ProgressRow) {
  return {
    ...(row.decided_by === null ? {} : toApproval(row)),
    ...(row.shipped_by === null ? {} : toShipment(row)),
    ...(row.received_at === null ? {} : toReceipt(row, row.received_at)),
  };
}

function toReceipt(
  {
    requested_by,
    handed_over_from,
    received_by,
  }: Pick<RequestRow, 'requested_by' | 'handed_over_from'> & ReceiptRow,
  receivedAt: Date,
) {
  return { receivedBy: received_by ?? handed_over_from ?? requested_by, receivedAt };
}
