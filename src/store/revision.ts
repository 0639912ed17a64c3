import type { Database } from './transactions.ts';

/** A number that grows with every committed change of what a list of accounts shows; ask it before you read. */
export async function readRevision(db: Database): Promise<number> {
  const [row] = await db.query<{ number: number }>('select number from revision');
  return row?.number ?? 0;
}

/** Tells every reader that something they may have kept is no longer so, when the transaction commits. */
export async function bumpRevision(tx: Database): Promise<void> {
  await tx.beforeCommit('update revision set number = number + 1');
}

/**
 * What was read last, for as long as the revision stays the same; read anew, with what was kept until then at hand,
 * once it has moved. Whatever was committed before the asking is in it.
 */
export function createRevisionCache<T>(
  db: Database,
  read: (previous: T | undefined) => Promise<T>,
): () => Promise<T> {
  let cached: { readonly revision: number; readonly value: T } | undefined;
  let lastRead: Promise<unknown> = Promise.resolve();

  const readCurrent = async () => {
    const now = await readRevision(db);
    if (cached?.revision === now) return cached.value;
    const value = await read(cached?.value);
    cached = { revision: now, value };
    return value;
  };

  return () => {
    // One after the other: who joined a reading under way might miss what was committed since it began.
    const nextRead = lastRead.then(readCurrent);
    lastRead = nextRead.catch(() => undefined);
    return nextRead;
  };
}
