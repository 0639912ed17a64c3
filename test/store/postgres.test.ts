import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/store/database.ts';
import { openPostgres } from '../../src/store/postgres.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** The port of a server that refuses every client, as PostgreSQL says it. */
async function aServerThatRefuses(code: string, message: string): Promise<number> {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, fields])));
  });
  return portOf(server);
}

/** The port of a server that lets clients in, answers two statements, and is never heard of again. */
async function aServerThatGoesSilent(): Promise<number> {
  const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  const letIn = Buffer.concat([Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]), ready]);
  const done = Buffer.concat([Buffer.from([0x43, 0, 0, 0, 8]), Buffer.from('SET\0'), ready]);
  const server = createServer((socket) => {
    const answers = [letIn, done, done];
    socket.on('error', () => {});
    socket.on('data', () => {
      const answer = answers.shift();
      if (answer) socket.write(answer);
    });
  });
  return portOf(server);
}

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const open = (url: string) => openDatabase({ url, dataDir: '' });

test.each([
  ['28P01', 'password authentication failed for user "bot"', /the password is wrong for this user/],
  ['28000', 'no pg_hba.conf entry', /does not let this user in from here/],
  ['3D000', 'database "mfa" does not exist', /has no database of this name.*createdb/],
  ['53300', 'too many clients already', /no connection left/],
  ['57P03', 'the database system is starting up', /still starting/],
  ['XX000', 'something nobody thought of', /something nobody thought of/],
])(
  'a server that refuses with %s is explained in one sentence without the password',
  async (code, message, advice) => {
    const port = await aServerThatRefuses(code, message);

    const error = await open(`postgres://bot:s3cret@127.0.0.1:${port}/mfa`).catch((thrown) => thrown);

    expect(error.message).toMatch(advice);
    expect(error.message).toContain(`Cannot open the database at 127.0.0.1:${port}/mfa`);
    expect(error.message).not.toContain('s3cret');
    expect(error.code).toBe(code);
  },
);

test('a server that is not there is explained, too', async () => {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => servers.pop()?.close(resolve));

  const opening = open(`postgres://bot:s3cret@localhost:${port}/mfa`);

  await expect(opening).rejects.toThrow(/nothing answers there/);
});

test.each([
  'localhost:5432',
  'mysql://localhost/mfa',
  'postgres://bot:p@ss#word@db/mfa',
  'postgres://bot:12/34@db/mfa',
  'postgres://bot:12?34@db/mfa',
])('a URL that cannot be read is refused without repeating it: %s', async (url) => {
  const error = await open(url).catch((thrown) => thrown);

  expect(error.message).toMatch(/^Cannot read DATABASE_URL: expected postgres:\/\//);
  expect(error.message).not.toContain(url);
});

test('a server that goes silent makes queries and transactions fail in time', async () => {
  const port = await aServerThatGoesSilent();
  const db = await openPostgres(`postgres://bot:s3cret@127.0.0.1:${port}/mfa`, () => {}, {
    queryTimeoutMs: 100,
  });

  await expect(db.query('select 1')).rejects.toThrow(/Query read timeout/);
  await expect(db.transaction((tx) => tx.query('select 1'))).rejects.toThrow(/Query read timeout/);

  await db.close();
});
