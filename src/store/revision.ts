import type { Database } from './transactions.ts';

/** A number that grows with every committed change of what a list of accounts shows; ask it before you read. */
export async function revision(db: Database): Promise<number> {
  const [row] = await db.query<{ number: number }>('select number from revision');
  return row?.number ?? 0;
}

/** Tells every reader that something they may have kept is no longer so, when the transaction commits. */
export async function bumpRevision(tx: Database): Promise<void> {
  await tx.beforeCommit('update revision set number = number + 1');
}
