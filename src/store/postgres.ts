import pg from 'pg';
import {
  type Connection,
  createDatabase,
  type Database,
  DatabaseError,
  withDatabaseErrors,
} from './transactions.ts';

const MIN_TESTED_VERSION = 15;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the server's own limit: only a server that has gone silent gets there. */
const QUERY_TIMEOUT_MS = 35_000;
const MIGRATION_TIMEOUT_MS = 60 * 60_000;
const FIRST_KEEP_ALIVE_MS = 10_000;

/** Connects to a PostgreSQL server; a server that goes silent makes every query fail in time. */
export async function openPostgres(
  url: string,
  onNotice: (text: string) => void,
  { queryTimeoutMs = QUERY_TIMEOUT_MS } = {},
): Promise<Database> {
  const address = describeUrl(url);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'root-mfa-bot',
    // Two instances and a person with psql fit into the 20 connections that small hosts allow.
    max: 8,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: FIRST_KEEP_ALIVE_MS,
    query_timeout: queryTimeoutMs,
    types: { getTypeParser },
    // Set by statement: a pooler between us and the server refuses both as start-up parameters.
    onConnect: async (client) => {
      await client.query(
        `set statement_timeout = ${STATEMENT_TIMEOUT_MS}; set idle_in_transaction_session_timeout = 60000`,
      );
    },
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});

  try {
    await assertUsable(pool, address, onNotice);
  } catch (error) {
    await pool.end();
    throw error;
  }

  return createDatabase({
    kind: 'postgres',
    autocommit: createConnection(pool),
    async inTransaction(work) {
      const client = await withDatabaseErrors('connect', () => pool.connect());
      let broken: Error | undefined;
      const onError = (error: Error) => {
        broken = error;
      };
      client.on('error', onError);
      try {
        await withDatabaseErrors('begin', () => client.query('begin'));
        const result = await work(createConnection(client));
        await withDatabaseErrors('commit', () => client.query('commit'));
        return result;
      } catch (error) {
        // A silent server does not answer anymore; closing the connection rolls back.
        if (isTimeout(error)) broken = error;
        else
          await client.query('rollback').catch((failed: Error) => {
            broken = failed;
          });
        throw error;
      } finally {
        client.removeListener('error', onError);
        client.release(broken);
      }
    },
    async maintain() {
      await pool.query('analyze');
    },
    async close() {
      await pool.end();
    },
  });
}

function createConnection(client: pg.Pool | pg.PoolClient): Connection {
  return {
    async query<Row>(text: string, params: readonly unknown[]) {
      const { rows } = await client.query(text, [...params]);
      return rows as Row[];
    },
    async script(text, { slow = false } = {}) {
      // The types of pg do not know the time-out of a single query.
      const query: pg.QueryConfig & { query_timeout?: number } = slow
        ? { text, query_timeout: MIGRATION_TIMEOUT_MS }
        : { text };
      await client.query(query);
    },
  };
}

function isTimeout(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('Query read timeout');
}

async function assertUsable(pool: pg.Pool, address: string, onNotice: (text: string) => void): Promise<void> {
  const found = await pool
    .query<{ version: number; read_only: boolean }>(
      `select current_setting('server_version_num')::int / 10000 as version,
              current_setting('transaction_read_only') = 'on' as read_only`,
    )
    .catch((error: unknown) => {
      throw toConnectionError(error, address);
    });
  const [server] = found.rows;
  if (server?.read_only) {
    throw new DatabaseError(
      `Cannot use the database at ${address}: it is read-only (a replica?). Point DATABASE_URL at the primary`,
      '25006',
    );
  }
  if (server && server.version < MIN_TESTED_VERSION) {
    onNotice(`PostgreSQL ${server.version} is older than ${MIN_TESTED_VERSION}, the oldest that is tested.`);
  }
}

/** The error in words that name the fix. Never the URL itself: it holds the password. */
function toConnectionError(error: unknown, address: string): DatabaseError {
  const { code, message = '', errors } = error as { code?: string; message?: string; errors?: Error[] };
  const reason = message || errors?.[0]?.message || code || 'unknown error';
  const advice = ADVICE[code ?? ''] ?? (message.includes('timeout') ? UNREACHABLE_ADVICE : reason);
  return new DatabaseError(`Cannot open the database at ${address}: ${advice}`, code);
}

const UNREACHABLE_ADVICE =
  'nothing answers there. Is the server running, and do DATABASE_URL and the firewall agree?';
const CERTIFICATE_ADVICE =
  'its TLS certificate is not signed by a known authority. Add the authority with sslrootcert=FILE to DATABASE_URL';

const ADVICE: Record<string, string> = {
  ECONNREFUSED: UNREACHABLE_ADVICE,
  ETIMEDOUT: UNREACHABLE_ADVICE,
  EHOSTUNREACH: UNREACHABLE_ADVICE,
  ENETUNREACH: UNREACHABLE_ADVICE,
  ENOTFOUND: 'there is no host of that name. Check DATABASE_URL',
  EAI_AGAIN: 'its host name cannot be resolved just now. Check DATABASE_URL and the network',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE_ADVICE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE_ADVICE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE_ADVICE,
  '28P01': 'the password is wrong for this user. Check DATABASE_URL',
  '28000': 'the server does not let this user in from here. Check the user in DATABASE_URL and pg_hba.conf',
  '3D000': 'the server has no database of this name. Create it (createdb NAME), or correct DATABASE_URL',
  '53300': 'the server has no connection left. Raise max_connections or stop other clients',
  '57P03': 'the server is still starting. Try again in a moment',
};

/** `host:port/name` of a database URL, without user and password. */
function describeUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw malformedUrlError();
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') throw malformedUrlError();
  // A password with a bare # / or ? in it ends the host early, and its rest would be shown as host or name.
  if (parsed.hash || `${parsed.pathname}${parsed.search}`.includes('@')) throw malformedUrlError();
  const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost');
  return `${host}:${parsed.port || '5432'}${parsed.pathname}`;
}

function malformedUrlError(): DatabaseError {
  return new DatabaseError(
    'Cannot read DATABASE_URL: expected postgres://user:password@host:5432/name, with special characters in the password percent-encoded',
  );
}

const INT8 = 20;

/** Counts and ids stay far below 2^53, so they are plain numbers. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text');
