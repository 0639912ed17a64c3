import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { RemovalRequest } from '../domain/removal-request.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Saves a new request, unless the account has an open one; returns whether it was saved. */
export async function insertRemovalRequest(tx: Database, request: RemovalRequest): Promise<boolean> {
  const rows = await tx.query(
    `insert into removal_requests (id, account_id, requested_by, requested_at) values ($1, $2, $3, $4)
     on conflict (account_id) where done_at is null and withdrawn_at is null do nothing
     returning id`,
    [request.id, request.accountId, request.requestedBy, request.requestedAt],
  );
  await bumpRevision(tx);
  return rows.length > 0;
}

/** Returns the open request of an account. */
export async function findOpenRemovalRequest(
  db: Database,
  accountId: AccountId,
): Promise<RemovalRequest | undefined> {
  const [row] = await db.query<RemovalRequestRow>(
    `select ${COLUMNS} from removal_requests where account_id = $1 and ${IS_OPEN}`,
    [accountId],
  );
  return row && toRemovalRequest(row);
}

/** Returns a request, locked until the end of the transaction. */
export async function lockRemovalRequest(tx: Database, id: string): Promise<RemovalRequest | undefined> {
  const [row] = await tx.query<RemovalRequestRow>(
    `select ${COLUMNS} from removal_requests where id = $1 for update`,
    [id],
  );
  return row && toRemovalRequest(row);
}

/** Returns the open requests, oldest first. */
export async function listOpenRemovalRequests(db: Database): Promise<RemovalRequest[]> {
  const rows = await db.query<RemovalRequestRow>(
    `select ${COLUMNS} from removal_requests where ${IS_OPEN} order by requested_at, id`,
  );
  return rows.map(toRemovalRequest);
}

/** Saves the state of a request; what was requested does not change. */
export async function saveRemovalRequest(tx: Database, request: RemovalRequest): Promise<void> {
  await tx.query(
    `update removal_requests
        set assigned_to = $2, assigned_at = $3, withdrawn_at = $4, followed_up_at = $5, follow_ups = $6
      where id = $1`,
    [
      request.id,
      request.assignedTo,
      request.assignedAt,
      request.withdrawnAt,
      request.followedUpAt,
      request.followUps,
    ],
  );
  await bumpRevision(tx);
}

/** Closes the open requests of accounts, and returns them. */
export async function closeRemovalRequests(
  tx: Database,
  accountIds: readonly AccountId[],
  at: Date,
): Promise<RemovalRequest[]> {
  if (accountIds.length === 0) return [];
  const rows = await tx.query<RemovalRequestRow>(
    `update removal_requests set done_at = $2
      where account_id = any ($1::text[]) and ${IS_OPEN}
     returning ${COLUMNS}`,
    [accountIds, at],
  );
  return rows.map(toRemovalRequest);
}

const IS_OPEN = 'done_at is null and withdrawn_at is null';
const COLUMNS = `id, account_id, requested_by, requested_at, assigned_to, assigned_at, done_at, withdrawn_at,
         followed_up_at, follow_ups`;

interface RemovalRequestRow {
  id: string;
  account_id: AccountId;
  requested_by: SlackUserId;
  requested_at: Date;
  assigned_to: SlackUserId | null;
  assigned_at: Date | null;
  done_at: Date | null;
  withdrawn_at: Date | null;
  followed_up_at: Date | null;
  follow_ups: number;
}

function toRemovalRequest(row: RemovalRequestRow): RemovalRequest {
  return {
    id: row.id,
    accountId: row.account_id,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    assignedTo: row.assigned_to,
    assignedAt: row.assigned_at,
    doneAt: row.done_at,
    withdrawnAt: row.withdrawn_at,
    followedUpAt: row.followed_up_at,
    followUps: row.follow_ups,
  };
}
