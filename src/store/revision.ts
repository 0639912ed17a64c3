import type { Database } from './transactions.ts';

/** Returns a number that grows with every committed change to what lists of accounts show; read it before the data. */
export async function readRevision(db: Database): Promise<number> {
  const [row] = await db.query<{ number: number }>('select number from revision');
  return row?.number ?? 0;
}

/** Invalidates every reader's cache when the transaction commits. */
export async function bumpRevision(tx: Database): Promise<void> {
  await tx.beforeCommit('update revision set number = number + 1');
}

/**
 * Returns a reader that caches its result while the revision stays the same, and passes the cached one to the next
 * read after a change. Includes everything committed before the call.
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
    // One read at a time: a caller that joined one in progress could miss what was committed since it started.
    const nextRead = lastRead.then(readCurrent);
    lastRead = nextRead.catch(() => undefined);
    return nextRead;
  };
}
