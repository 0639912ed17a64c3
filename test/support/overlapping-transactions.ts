import type { Database } from '../../src/store/database.ts';

/**
 * What two transactions bring that overlap in time: the first has done its work when the second begins, and commits
 * when the second waits for it, or is over. Embedded, where one runs after the other, the first is simply over.
 */
export async function overlapping<A, B>(
  [one, other]: readonly Database[],
  first: (tx: Database) => Promise<A>,
  second: (tx: Database) => Promise<B>,
): Promise<[A, B]> {
  if (!one || !other) throw new RangeError('Two transactions overlap on two databases');
  const worked = signal();
  const mayCommit = signal();

  const firstResult = one.transaction(async (tx) => {
    const result = await first(tx);
    worked.give();
    await mayCommit.given;
    return result;
  });
  await Promise.race([worked.given, firstResult]);

  let over = false;
  const secondResult = other.transaction(second).finally(() => {
    over = true;
  });
  while (one.kind === 'postgres' && !over && !(await somebodyWaits(one)));
  mayCommit.give();
  return Promise.all([firstResult, secondResult]);
}

/**
 * Two pieces of work of which the first goes on only once the second waits for it: `otherWaits` resolves then. Embedded,
 * where one transaction runs after the other, it resolves at once.
 */
export async function interleaved(
  [one]: readonly Database[],
  first: (tx: Database, otherWaits: () => Promise<void>) => Promise<void>,
  second: () => Promise<void>,
): Promise<void> {
  if (!one) throw new RangeError('Work is interleaved on a database');
  const holds = signal();
  const firstDone = one.transaction((tx) =>
    first(tx, async () => {
      holds.give();
      while (one.kind === 'postgres' && !(await somebodyWaits(tx))) {
        await tx.query('select pg_stat_clear_snapshot()');
      }
    }),
  );
  await Promise.race([holds.given, firstDone]);
  await Promise.all([firstDone, second()]);
}

async function somebodyWaits(db: Database): Promise<boolean> {
  const rows = await db.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
