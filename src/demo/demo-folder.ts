import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of a demo's database, until the demo ends. */
export interface DemoFolder {
  readonly path: string;
  /** Leaves nothing behind. */
  remove(): Promise<void>;
}

const PREPARE_SCRIPT = fileURLToPath(new URL('./prepare-database.ts', import.meta.url));

/** A folder with an empty database in it, prepared by a process of its own while this one does something else. */
export async function prepareDemoFolder(signal?: AbortSignal): Promise<DemoFolder> {
  const path = await mkdtemp(join(tmpdir(), 'root-mfa-demo-'));
  // Again, if the database still writes there: it may be removed while it is being filled.
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5 });
  const preparation = spawn(process.execPath, ['--import', 'tsx', PREPARE_SCRIPT, path], {
    // tsx is found from here, wherever the demo was started.
    cwd: dirname(PREPARE_SCRIPT),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = () => preparation.kill();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  const [code] = await once(preparation, 'exit');
  signal?.removeEventListener('abort', stop);
  if (code === 0) return { path, remove };
  await remove();
  throw new Error('Cannot prepare a database for the demo');
}
