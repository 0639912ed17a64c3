import type { AccountId } from '../domain/account.ts';
import type { OwnerAssignment } from '../domain/owner-assignment.ts';
import type { SlackUserId } from '../domain/person.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Saves who was picked as the owner of an account, in place of an earlier one. */
export async function saveOwnerAssignment(tx: Database, assignment: OwnerAssignment): Promise<void> {
  await tx.query(
    `insert into owner_assignments
       (account_id, owner, identifier, replaces, proposed_by, proposed_at, note, confirmed_at, asked_again,
        asked_again_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (account_id) do update
       set owner = excluded.owner, identifier = excluded.identifier, replaces = excluded.replaces,
           proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at, note = excluded.note,
           confirmed_at = excluded.confirmed_at, asked_again = excluded.asked_again,
           asked_again_at = excluded.asked_again_at`,
    [
      assignment.accountId,
      assignment.owner,
      assignment.identifier,
      assignment.replaces,
      assignment.proposedBy,
      assignment.proposedAt,
      assignment.note,
      assignment.confirmedAt,
      assignment.askedAgain,
      assignment.askedAgainAt,
    ],
  );
  await bumpRevision(tx);
}

/** Deletes the assignment of an account. */
export async function deleteOwnerAssignment(tx: Database, accountId: AccountId): Promise<void> {
  await tx.query('delete from owner_assignments where account_id = $1', [accountId]);
  await bumpRevision(tx);
}

/** Returns the assignment of an account and locks it until the transaction ends. */
export async function lockOwnerAssignment(
  tx: Database,
  accountId: AccountId,
): Promise<OwnerAssignment | undefined> {
  const [row] = await tx.query<OwnerAssignmentRow>(
    `${SELECT_OWNER_ASSIGNMENTS} where account_id = $1 for update`,
    [accountId],
  );
  return row && toOwnerAssignment(row);
}

/** Returns the assignments by account, of all accounts or of these. */
export async function ownerAssignmentsByAccount(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, OwnerAssignment>> {
  const rows = await db.query<OwnerAssignmentRow>(
    `${SELECT_OWNER_ASSIGNMENTS} where $1::text[] is null or account_id = any ($1)`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, toOwnerAssignment(row)]));
}

const SELECT_OWNER_ASSIGNMENTS = `
  select account_id, owner, identifier, replaces, proposed_by, proposed_at, note, confirmed_at, asked_again, asked_again_at
    from owner_assignments`;

interface OwnerAssignmentRow {
  account_id: AccountId;
  owner: SlackUserId;
  identifier: string;
  replaces: string | null;
  proposed_by: SlackUserId;
  proposed_at: Date;
  note: string | null;
  confirmed_at: Date | null;
  asked_again: number;
  asked_again_at: Date | null;
}

function toOwnerAssignment(row: OwnerAssignmentRow): OwnerAssignment {
  return {
    accountId: row.account_id,
    owner: row.owner,
    identifier: row.identifier,
    replaces: row.replaces,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    note: row.note,
    confirmedAt: row.confirmed_at,
    askedAgain: row.asked_again,
    askedAgainAt: row.asked_again_at,
  };
}
