import { expect, test } from '@jest/globals';
import { createDatabaseCheck } from '../../src/metrics/readiness.ts';
import type { Database } from '../../src/store/database.ts';
import { DatabaseError } from '../../src/store/transactions.ts';

/** A database of which only the answer to a query matters. */
function aDatabase(query: () => Promise<unknown[]>): { db: Database; queries: () => number } {
  let count = 0;
  const counted = () => {
    count += 1;
    return query();
  };
  return { db: { query: counted } as unknown as Database, queries: () => count };
}

function aLog() {
  const lines: string[] = [];
  const write = (_fields: object, message: string) => void lines.push(message);
  return { lines, log: { info: write, warn: write, error: write } };
}

test('a database that has gone silent makes the bot not ready in time, with one query at most', async () => {
  const { db, queries } = aDatabase(() => new Promise(() => {}));
  const { log, lines } = aLog();
  const check = createDatabaseCheck(db, log, 10);

  const problems = [await check(), await check(), await check()];

  expect(new Set(problems)).toEqual(new Set(['the database does not answer (ETIMEDOUT)']));
  expect(queries()).toBe(1);
  expect(lines).toEqual(['Database does not answer']);
});

test('a database that refuses is named by its code, and its recovery is logged once', async () => {
  let isDown = true;
  const { db } = aDatabase(() =>
    isDown ? Promise.reject(new DatabaseError('refused', 'ECONNREFUSED')) : Promise.resolve([]),
  );
  const { log, lines } = aLog();
  const check = createDatabaseCheck(db, log);

  expect(await check()).toBe('the database does not answer (ECONNREFUSED)');
  isDown = false;
  expect([await check(), await check()]).toEqual([null, null]);
  expect(lines).toEqual(['Database does not answer', 'Database answers again']);
});
