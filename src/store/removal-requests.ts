import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { RemovalRequest } from '../domain/removal-request.ts';
import type { Database } from './transactions.ts';

/** Saves a new request, unless the account has an open one; returns whether it was saved. */
export async function insertRemovalRequest(tx: Database, request: RemovalRequest): Promise<boolean> {
  const rows = await tx.query(
    `insert into removal_requests (id, account_id, requested_by, requested_at) values ($1, $2, $3, $4)
     on conflict (account_id) where done_at is null do nothing
     returning id`,
    [request.id, request.accountId, request.requestedBy, request.requestedAt],
  );
  return rows.length > 0;
}

/** Returns the open request of an account. */
export async function findOpenRemovalRequest(
  db: Database,
  accountId: AccountId,
): Promise<RemovalRequest | undefined> {
  const [row] = await db.query<RemovalRequestRow>(
    `select id, account_id, requested_by, requested_at, assigned_to, assigned_at, done_at
       from removal_requests
      where account_id = $1 and done_at is null`,
    [accountId],
  );
  return row && toRemovalRequest(row);
}

/** Returns a request, locked until the end of the transaction. */
export async function lockRemovalRequest(tx: Database, id: string): Promise<RemovalRequest | undefined> {
  const [row] = await tx.query<RemovalRequestRow>(
    `select id, account_id, requested_by, requested_at, assigned_to, assigned_at, done_at
       from removal_requests
      where id = $1
        for update`,
    [id],
  );
  return row && toRemovalRequest(row);
}

/** Saves who took a request on. */
export async function saveAssignment(tx: Database, { id, assignedTo, assignedAt }: RemovalRequest) {
  await tx.query('update removal_requests set assigned_to = $2, assigned_at = $3 where id = $1', [
    id,
    assignedTo,
    assignedAt,
  ]);
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
      where account_id = any ($1::text[]) and done_at is null
     returning id, account_id, requested_by, requested_at, assigned_to, assigned_at, done_at`,
    [accountIds, at],
  );
  return rows.map(toRemovalRequest);
}

interface RemovalRequestRow {
  id: string;
  account_id: AccountId;
  requested_by: SlackUserId;
  requested_at: Date;
  assigned_to: SlackUserId | null;
  assigned_at: Date | null;
  done_at: Date | null;
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
  };
}
