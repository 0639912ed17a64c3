import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseError } from './transactions.ts';

/** A directory that this process has for itself. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** The directory is held by another process. */
class DirectoryInUseError extends DatabaseError {
  constructor(directory: string, holder: string) {
    super(
      `Cannot use the data directory ${directory}: process ${holder} uses it already. ` +
        'Stop that process, choose another DATA_DIR, or share a PostgreSQL server through DATABASE_URL',
      'ELOCKED',
    );
  }
}

/**
 * The directory, locked until release or until this process ends, however it ends; throws DirectoryInUseError when
 * somebody else has it. Two writers destroy an embedded database, so the lock must hold after a crash, too.
 *
 * A pid file would not do: pids come back, and every container has a process 1. A listening socket is given back by
 * the kernel. First a name that only the kernel keeps (nothing stale to remove, so no race between two starters that
 * remove it), then a socket file beside the directory, which other containers on the same volume see as well.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const real = realpathSync(directory);
  const { dev, ino } = statSync(real);
  const id = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 20);
  const held: Server[] = [];

  try {
    const name = kernelName(id);
    if (name) held.push(await listenOnName(name, directory));
    if (process.platform !== 'win32') held.push(await listenOnFile(socketFile(real, id), directory));
  } catch (error) {
    await closeAll(held);
    throw error;
  }
  return { release: () => closeAll(held) };
}

function kernelName(id: string): string | undefined {
  if (process.platform === 'linux') return `\0root-mfa-bot-${id}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\root-mfa-bot-${id}`;
  return undefined;
}

/** A socket's path has room for about 100 bytes. */
function socketFile(real: string, id: string): string {
  const socketPath = join(dirname(real), `.${basename(real)}.lock`);
  return Buffer.byteLength(socketPath) <= 100 ? socketPath : join(tmpdir(), `root-mfa-bot-${id}.lock`);
}

async function listenOnName(name: string, directory: string): Promise<Server> {
  try {
    return await listen(name);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    throw new DirectoryInUseError(directory, (await holderOf(name)) ?? 'unknown');
  }
}

async function listenOnFile(path: string, directory: string): Promise<Server> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await listen(path);
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || tries > 5) throw error;
    }
    const holder = await holderOf(path);
    if (holder !== null) throw new DirectoryInUseError(directory, holder);
    // Left by a process that was killed.
    rmSync(path, { force: true });
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // Whoever asks may hang up first.
      socket.on('error', () => {});
      socket.end(String(process.pid));
    });
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** The process that listens there, as it names itself; `null` when nobody does. */
function holderOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let answer = '';
    socket.setTimeout(3000, () => {
      socket.destroy();
      resolve('unknown (busy)');
    });
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('end', () => resolve(answer || 'unknown'));
    socket.on('error', (error) => {
      const code = codeOf(error);
      resolve(code === 'ECONNREFUSED' || code === 'ENOENT' ? null : `unknown (${code})`);
    });
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

async function closeAll(servers: Server[]): Promise<void> {
  for (const server of servers.reverse()) {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
}
