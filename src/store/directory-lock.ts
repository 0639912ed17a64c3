/// <reference path="./fs-native-extensions.d.ts" />
import { mkdirSync, realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { DatabaseError } from './transactions.ts';

/** A directory that no other process uses. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** Thrown when another process holds the directory. */
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
 * Locks the directory until release or until this process ends; throws DirectoryInUseError when another holds it. Two
 * writers destroy an embedded database, so the lock must hold between containers and must not outlive a crash.
 *
 * The lock is the operating system's, on an open file beside the directory: every process that can write to the directory
 * sees it, and the kernel releases it with the process. A pid file would not do: pids are reused, and every container has
 * a process 1. Nor would a socket: the file of a killed process must be removed, and two starters can both do so.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = await openLockFile(directory);
  try {
    if (!tryLock(file.fd)) throw new DirectoryInUseError(directory, await readHolder(file));
    await file.truncate(0);
    await file.write(String(process.pid), 0);
  } catch (error) {
    await file.close();
    throw error;
  }
  // Closing the file releases the lock.
  return { release: () => file.close() };
}

async function openLockFile(directory: string): Promise<FileHandle> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const real = realpathSync(directory);
    return await open(join(dirname(real), `.${basename(real)}.lockfile`), 'a+', 0o600);
  } catch (error) {
    throw toDirectoryError(error, directory);
  }
}

/** The process that wrote its id into the file; some systems let no other process read it. */
async function readHolder(file: FileHandle): Promise<string> {
  const text = await file.readFile('utf8').catch(() => '');
  return text || 'unknown';
}

const ADVICE: Record<string, string> = {
  EEXIST: 'there is a file where the directory should be. Choose another DATA_DIR',
  ENOTDIR: 'there is a file where a directory should be. Choose another DATA_DIR',
  EACCES: 'this user may not write there. Change the owner of the directory, or choose another DATA_DIR',
  EPERM: 'this user may not write there. Change the owner of the directory, or choose another DATA_DIR',
  EROFS: 'the file system is read-only. Mount a volume that can be written, or choose another DATA_DIR',
  ENOSPC: 'the disk is full. Free some space, or choose another DATA_DIR',
};

/** The error in words that name the fix; unknown ones as they are. */
export function toDirectoryError(error: unknown, directory: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new DatabaseError(`Cannot use the data directory ${directory}: ${ADVICE[code] ?? code}`, code);
}
