import pg from 'pg';
import { attempt, type Connection, type Database, DatabaseError, databaseOver } from './transactions.ts';

const OLDEST_TESTED = 15;
const STATEMENT_TIMEOUT_MS = 30_000;

/** A PostgreSQL server, reached and answering. */
export async function openPostgres(url: string, onNotice: (text: string) => void): Promise<Database> {
  const where = describe(url);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'root-mfa-bot',
    // Two instances and a person with psql fit into the 20 connections that small hosts allow.
    max: 8,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
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
    await refuseUnusable(pool, where, onNotice);
  } catch (error) {
    await pool.end();
    throw error;
  }

  return databaseOver({
    kind: 'postgres',
    free: connectionOver(pool),
    async exclusively(work) {
      const client = await attempt('connect', () => pool.connect());
      let broken: Error | undefined;
      const onError = (error: Error) => {
        broken = error;
      };
      client.on('error', onError);
      try {
        await attempt('begin', () => client.query('begin'));
        const result = await work(connectionOver(client));
        await attempt('commit', () => client.query('commit'));
        return result;
      } catch (error) {
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

function connectionOver(client: pg.Pool | pg.PoolClient): Connection {
  return {
    async query<Row>(text: string, params: readonly unknown[]) {
      const { rows } = await client.query(text, [...params]);
      return rows as Row[];
    },
    async script(text) {
      await client.query(text);
    },
  };
}

async function refuseUnusable(pool: pg.Pool, where: string, onNotice: (text: string) => void): Promise<void> {
  const found = await pool
    .query<{ version: number; read_only: boolean }>(
      `select current_setting('server_version_num')::int / 10000 as version,
              current_setting('transaction_read_only') = 'on' as read_only`,
    )
    .catch((error: unknown) => {
      throw refusal(error, where);
    });
  const [server] = found.rows;
  if (server?.read_only) {
    throw new DatabaseError(
      `Cannot use the database at ${where}: it is read-only (a replica?). Point DATABASE_URL at the primary`,
      '25006',
    );
  }
  if (server && server.version < OLDEST_TESTED) {
    onNotice(`PostgreSQL ${server.version} is older than ${OLDEST_TESTED}, the oldest that is tested.`);
  }
}

/** The error in words that name the fix. Never the URL itself: it holds the password. */
function refusal(error: unknown, where: string): DatabaseError {
  const { code, message = '', errors } = error as { code?: string; message?: string; errors?: Error[] };
  const reason = message || errors?.[0]?.message || code || 'unknown error';
  const advice = ADVICE[code ?? ''] ?? (message.includes('timeout') ? UNREACHABLE : reason);
  return new DatabaseError(`Cannot open the database at ${where}: ${advice}`, code);
}

const UNREACHABLE =
  'nothing answers there. Is the server running, and do DATABASE_URL and the firewall agree?';
const CERTIFICATE =
  'its TLS certificate is not signed by a known authority. Add the authority with sslrootcert=FILE to DATABASE_URL';

const ADVICE: Record<string, string> = {
  ECONNREFUSED: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENOTFOUND: 'there is no host of that name. Check DATABASE_URL',
  EAI_AGAIN: 'its host name cannot be resolved just now. Check DATABASE_URL and the network',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  '28P01': 'the password is wrong for this user. Check DATABASE_URL',
  '28000': 'the server does not let this user in from here. Check the user in DATABASE_URL and pg_hba.conf',
  '3D000': 'the server has no database of this name. Create it (createdb NAME), or correct DATABASE_URL',
  '53300': 'the server has no connection left. Raise max_connections or stop other clients',
  '57P03': 'the server is still starting. Try again in a moment',
};

/** `host:port/name` of a database URL, without user and password. */
function describe(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw malformed();
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') throw malformed();
  // A password with a bare # / or ? in it ends the host early, and its rest would be shown as host or name.
  if (parsed.hash || `${parsed.pathname}${parsed.search}`.includes('@')) throw malformed();
  const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost');
  return `${host}:${parsed.port || '5432'}${parsed.pathname}`;
}

function malformed(): DatabaseError {
  return new DatabaseError(
    'Cannot read DATABASE_URL: expected postgres://user:password@host:5432/name, with special characters in the password percent-encoded',
  );
}

const INT8 = 20;

/** Counts and ids stay far below 2^53, so they are plain numbers. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text');
