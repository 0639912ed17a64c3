import { beforeEach, expect, test } from '@jest/globals';
import { DatabaseError, isUniqueViolation } from '../../src/store/database.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

const insertEvent = (id: string) => ['insert into seen_events (id, at) values ($1, now())', [id]] as const;
const storedEventIds = async () =>
  (await db.query<{ id: string }>('select id from seen_events order by id')).map(({ id }) => id);

test('what a transaction wrote is there when it is over', async () => {
  const result = await db.transaction(async (tx) => {
    await tx.query(...insertEvent('a'));
    await tx.query(...insertEvent('b'));
    return 'both';
  });

  expect(result).toBe('both');
  expect(await storedEventIds()).toEqual(['a', 'b']);
});

test('a transaction that throws leaves nothing behind', async () => {
  const failing = db.transaction(async (tx) => {
    await tx.query(...insertEvent('a'));
    throw new RangeError('changed my mind');
  });

  await expect(failing).rejects.toThrow(new RangeError('changed my mind'));
  expect(await storedEventIds()).toEqual([]);
});

test('a savepoint that throws takes back only its own', async () => {
  await db.transaction(async (tx) => {
    await tx.query(...insertEvent('a'));
    await tx
      .transaction(async (inner) => {
        await inner.query(...insertEvent('b'));
        await inner.query(...insertEvent('a'));
      })
      .catch((error) => expect(isUniqueViolation(error, 'seen_events_pkey')).toBe(true));
    await tx.transaction((inner) => inner.query(...insertEvent('c')));
  });

  expect(await storedEventIds()).toEqual(['a', 'c']);
});

test('savepoints side by side are refused', async () => {
  const sideBySide = db.transaction((tx) =>
    Promise.all([
      tx.transaction((inner) => inner.query(...insertEvent('a'))),
      tx.transaction((inner) => inner.query(...insertEvent('b'))),
    ]),
  );

  await expect(sideBySide).rejects.toThrow(/side by side/);
});

test.each([
  ['query', () => db.query('select 1')],
  ['script', () => db.script('select 1')],
  ['transaction', () => db.transaction((tx) => tx.query('select 1'))],
  ['beforeCommit', () => db.beforeCommit('select 1')],
  ['maintain', () => db.maintain()],
  ['close', () => db.close()],
] as [string, () => Promise<unknown>][])(
  'the outer database refuses %s inside a transaction, instead of waiting for ever',
  async (_, use) => {
    const misuse = db.transaction(use);

    await expect(misuse).rejects.toThrow(/outer database inside a transaction/);
  },
);

test('what a transaction started and left behind may use the database once the transaction is over', async () => {
  let begin = () => {};
  const over = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let background: Promise<unknown> | undefined;

  await db.transaction(async (tx) => {
    background = over.then(() => db.query(...insertEvent('later')));
    await tx.query(...insertEvent('now'));
  });
  begin();
  await background;

  expect(await storedEventIds()).toEqual(['later', 'now']);
});

test('a transaction that is over cannot be used', async () => {
  const tx = await db.transaction(async (open) => open);

  await expect(tx.query('select 1')).rejects.toThrow(/after it has ended/);
});

test('a failure that the work swallowed fails the transaction: the engine would roll back in silence', async () => {
  const swallowing = db.transaction(async (tx) => {
    await tx.query(...insertEvent('a'));
    await tx.query('select 1 / 0').catch(() => undefined);
  });

  await expect(swallowing).rejects.toThrow(/division by zero/);
  expect(await storedEventIds()).toEqual([]);
});

test('statements of one transaction may be started together', async () => {
  await db.transaction((tx) => Promise.all(['a', 'b', 'c'].map((id) => tx.query(...insertEvent(id)))));

  expect(await storedEventIds()).toEqual(['a', 'b', 'c']);
});

test('what is to run before the commit runs once, whatever level asked for it', async () => {
  const count = async () =>
    (await db.query<{ number: number }>('select number from revision'))[0]?.number ?? 0;
  const bump = 'update revision set number = number + 1';
  const before = await count();

  await db.transaction(async (tx) => {
    await tx.beforeCommit(bump);
    await tx.transaction((inner) => inner.beforeCommit(bump));
  });
  expect(await count()).toBe(before + 1);

  await db
    .transaction((tx) => tx.beforeCommit(bump).then(() => Promise.reject(new Error('no'))))
    .catch(() => {});
  expect(await count()).toBe(before + 1);

  await db.beforeCommit(bump);
  expect(await count()).toBe(before + 2);
});

test('an error names the statement and the reason, and no parameter', async () => {
  await db.query(...insertEvent('xoxb-secret'));

  const error = await db.query(...insertEvent('xoxb-secret')).catch((thrown) => thrown);

  expect(error).toBeInstanceOf(DatabaseError);
  expect(error.message).toMatch(/Cannot run "insert into seen_events .*duplicate key/);
  expect(JSON.stringify({ ...error, stack: error.stack, cause: error.cause })).not.toContain('xoxb-secret');
});

test('values arrive as what they are', async () => {
  const at = new Date('2026-03-08T09:30:00.123Z');

  const [row] = await db.query(
    `select $1::timestamptz as at, $2::text[] as words, count(*) as rows, 9007199254740991::int8 as large,
            $3::jsonb as data, $4::text as nothing`,
    [at, ['a', 'b,"c"', '{}'], '{"a":[1,null]}', undefined],
  );

  expect(row).toEqual({
    at,
    words: ['a', 'b,"c"', '{}'],
    rows: 1,
    large: 9007199254740991,
    data: { a: [1, null] },
    nothing: null,
  });
});

test('tidying up does no harm', async () => {
  await db.query(...insertEvent('a'));

  await db.maintain();

  expect(await storedEventIds()).toEqual(['a']);
});
