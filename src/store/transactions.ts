import { AsyncLocalStorage } from 'node:async_hooks';

/** PostgreSQL, on a server or embedded, behind one small interface. */
export interface Database {
  readonly kind: 'embedded' | 'postgres';
  /** The rows of one statement. `timestamptz` arrives as a Date, `int8` as a number, `jsonb` parsed. */
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs several statements without parameters, for migrations; a `slow` script may take an hour. */
  script(text: string, options?: ScriptOptions): Promise<void>;
  /**
   * What the work returns, once all of it is committed; nothing of it when the work throws. Inside a transaction it
   * is a savepoint. The work uses `tx` only: the outer database refuses until it ends.
   */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>;
  /**
   * Runs a statement right before the outermost transaction commits, once however often it is asked for; at once
   * outside a transaction. So a row that every writer touches is locked for a moment, and always last.
   */
  beforeCommit(text: string): Promise<void>;
  /** Maintains tables after many writes: the embedded engine never does it by itself, a server's planner learns new sizes. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** How long a script may take. */
export interface ScriptOptions {
  readonly slow?: boolean;
}

/** What a PostgreSQL can do, before transactions are made safe to use. */
export interface Engine {
  readonly kind: Database['kind'];
  readonly autocommit: Connection;
  /** Runs the work between BEGIN and COMMIT on one connection; ROLLBACK when it throws. */
  inTransaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** One connection to the engine. */
export interface Connection {
  query<Row>(text: string, params: readonly unknown[]): Promise<Row[]>;
  script(text: string, options?: ScriptOptions): Promise<void>;
}

/** A statement that failed. It carries no parameters: they may be secrets or names of people. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** SQLSTATE (`23505`: unique violation), or Node's own (`ECONNREFUSED`). */
  readonly code: string | undefined;
  readonly constraint: string | undefined;

  constructor(message: string, code?: string, constraint?: string) {
    super(message);
    this.code = code;
    this.constraint = constraint;
  }
}

/** Whether the error says that a row with this unique key is there already. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof DatabaseError &&
    error.code === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}

/** The database that an engine makes, with transactions that cannot be misused. */
export function createDatabase(engine: Engine): Database {
  const currentTransaction = new AsyncLocalStorage<TransactionState>();
  const assertOutsideTransaction = () => {
    if (currentTransaction.getStore()?.open) {
      throw new DatabaseError(
        'Cannot use the outer database inside a transaction: use the `tx` that the transaction hands over',
      );
    }
  };

  return {
    kind: engine.kind,
    async query<Row>(text: string, params: readonly unknown[] = []) {
      assertOutsideTransaction();
      return withDatabaseErrors(text, () => engine.autocommit.query<Row>(text, toStorableParams(params)));
    },
    async script(text, options) {
      assertOutsideTransaction();
      await withDatabaseErrors(text, () => engine.autocommit.script(text, options));
    },
    async transaction(work) {
      assertOutsideTransaction();
      return engine.inTransaction(async (connection) => {
        const state: TransactionState = { open: true, beforeCommitStatements: new Set() };
        const tx = createTransaction(engine.kind, oneAtATime(connection), state, 0);
        try {
          const result = await currentTransaction.run(state, () => tx.run(work));
          for (const text of state.beforeCommitStatements)
            await withDatabaseErrors(text, () => connection.query(text, []));
          return result;
        } finally {
          state.open = false;
        }
      });
    },
    async beforeCommit(text) {
      assertOutsideTransaction();
      await withDatabaseErrors(text, () => engine.autocommit.query(text, []));
    },
    async maintain() {
      assertOutsideTransaction();
      await withDatabaseErrors('maintenance', () => engine.maintain());
    },
    async close() {
      assertOutsideTransaction();
      await engine.close();
    },
  };
}

interface TransactionState {
  open: boolean;
  /** Statements to run right before COMMIT. */
  readonly beforeCommitStatements: Set<string>;
}

/** One level of a transaction; deeper levels are savepoints. */
function createTransaction(
  kind: Database['kind'],
  connection: Connection,
  state: TransactionState,
  depth: number,
) {
  let ended = false;
  let savepointOpen = false;
  let failure: unknown;

  const assertActive = () => {
    if (ended || !state.open) throw new DatabaseError('Cannot use a transaction after it has ended');
  };
  const trackFailure = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
    assertActive();
    try {
      return await withDatabaseErrors(text, work);
    } catch (error) {
      failure ??= error;
      throw error;
    }
  };

  const tx: Database = {
    kind,
    query: <Row>(text: string, params: readonly unknown[] = []) =>
      trackFailure(text, () => connection.query<Row>(text, toStorableParams(params))),
    script: (text, options) => trackFailure(text, () => connection.script(text, options)),
    async transaction(work) {
      assertActive();
      if (savepointOpen) {
        throw new DatabaseError(
          'Cannot open two savepoints of one transaction side by side: await the first',
        );
      }
      savepointOpen = true;
      const name = `savepoint_${depth + 1}`;
      const inner = createTransaction(kind, connection, state, depth + 1);
      try {
        await trackFailure('savepoint', () => connection.script(`savepoint ${name}`));
        const result = await inner.run(work);
        await trackFailure('release savepoint', () => connection.script(`release savepoint ${name}`));
        return result;
      } catch (error) {
        if (state.open) await connection.script(`rollback to savepoint ${name}; release savepoint ${name}`);
        throw error;
      } finally {
        savepointOpen = false;
      }
    },
    async beforeCommit(text) {
      assertActive();
      state.beforeCommitStatements.add(text);
    },
    async maintain() {
      throw new DatabaseError('Cannot maintain the database inside a transaction');
    },
    async close() {
      throw new DatabaseError('Cannot close the database inside a transaction');
    },
  };

  return {
    async run<T>(work: (tx: Database) => Promise<T>): Promise<T> {
      try {
        const result = await work(tx);
        // After a failed statement PostgreSQL answers COMMIT with a silent ROLLBACK: if the error was swallowed, the
        // caller would believe that everything was saved.
        if (failure !== undefined) throw failure;
        return result;
      } finally {
        ended = true;
      }
    },
  };
}

/** The connection with its statements in a queue: one connection answers one statement at a time. */
function oneAtATime(connection: Connection): Connection {
  let last: Promise<unknown> = Promise.resolve();
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    query: (text, params) => next(() => connection.query(text, params)),
    script: (text, options) => next(() => connection.script(text, options)),
  };
}

/** What the work gives, its errors stripped of parameters, queries and minified source. */
export async function withDatabaseErrors<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const { code, constraint, message, errors } = error as {
      code?: string;
      constraint?: string;
      message?: string;
      errors?: { message?: string }[];
    };
    // Node wraps one refusal per address of a host in an error without a message of its own.
    const reason = message || errors?.[0]?.message || code || 'unknown error';
    throw new DatabaseError(`Cannot run "${truncateStatement(text)}": ${reason}`, code, constraint);
  }
}

function truncateStatement(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** The parameters as PostgreSQL can keep them: its text holds every character but NUL. */
function toStorableParams(params: readonly unknown[]): unknown[] {
  return params.map((param) => {
    if (typeof param === 'string') return withoutNul(param);
    if (Array.isArray(param)) return toStorableParams(param);
    return param === undefined ? null : param;
  });
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\u{fffd}') : text;
}
