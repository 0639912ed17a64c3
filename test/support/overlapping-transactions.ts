import type { Database } from '../../src/store/database.ts';

/**
 * What two transactions bring that overlap in time: the first has done its work when the second begins, and commits
 * when the second waits for it, or is over. Embedded, where one runs after the other, the first is simply over.
 */
export async function runOverlapping<A, B>(
  [one, other]: readonly Database[],
  first: (tx: Database) => Promise<A>,
  second: (tx: Database) => Promise<B>,
): Promise<[A, B]> {
  if (!one || !other) throw new RangeError('Two transactions overlap on two databases');
  const firstWorked = createSignal();
  const mayCommit = createSignal();

  const firstResult = one.transaction(async (tx) => {
    const result = await first(tx);
    firstWorked.give();
    await mayCommit.given;
    return result;
  });
  await Promise.race([firstWorked.given, firstResult]);

  let isSecondDone = false;
  const secondResult = other.transaction(second).finally(() => {
    isSecondDone = true;
  });
  while (one.kind === 'postgres' && !isSecondDone && !(await isAnyWaitingForLock(one)));
  mayCommit.give();
  return Promise.all([firstResult, secondResult]);
}

/**
 * Two pieces of work of which the first goes on only once the second waits for it: `otherWaits` resolves then. Embedded,
 * where one transaction runs after the other, it resolves at once.
 */
export async function runInterleaved(
  [one]: readonly Database[],
  first: (tx: Database, otherWaits: () => Promise<void>) => Promise<void>,
  second: () => Promise<void>,
): Promise<void> {
  if (!one) throw new RangeError('Work is interleaved on a database');
  const firstHolds = createSignal();
  const firstDone = one.transaction((tx) =>
    first(tx, async () => {
      firstHolds.give();
      while (one.kind === 'postgres' && !(await isAnyWaitingForLock(tx))) {
        await tx.query('select pg_stat_clear_snapshot()');
      }
    }),
  );
  await Promise.race([firstHolds.given, firstDone]);
  await Promise.all([firstDone, second()]);
}

async function isAnyWaitingForLock(db: Database): Promise<boolean> {
  const rows = await db.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

function createSignal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
