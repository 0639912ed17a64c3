import { once } from 'node:events';
import { prepareDemoFolder } from '../demo/demo-folder.ts';
import type { DemoOptions } from './start-demo.ts';

/** Runs the rehearsal until somebody ends it, and gives the exit code. */
export async function runDemo(options: DemoOptions, { stdout, stderr }: NodeJS.Process): Promise<number> {
  const abortController = new AbortController();
  const { signal } = abortController;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abortController.abort());
  stdout.write(
    'Starting a rehearsal: a simulated AWS organization, a local Slack, and the bot between them…\n',
  );
  try {
    // The database takes longest, so it is begun before the rest is even read.
    const [folder, { startDemo }] = await Promise.all([prepareDemoFolder(signal), import('./start-demo.ts')]);
    const startup = startDemo({ ...options, folder }, (line) => stdout.write(`${line}\n`));
    const demo = await Promise.race([startup, aborted(signal)]);
    if (!demo) {
      // What fails for want of its folder concerns nobody.
      startup.catch(() => undefined);
      await folder.remove();
      return 0;
    }
    stdout.write(
      'Type /mfa-status there, and play AWS at the right. Ctrl+C ends it and leaves nothing behind.\n',
    );
    await aborted(signal);
    await demo.close();
    return 0;
  } catch (error) {
    // Whoever ends a rehearsal that is still starting gets what they asked for.
    if (signal.aborted) return 0;
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    stderr.write(`Port ${options.port} is taken: choose another with --port, or leave it out\n`);
    return 1;
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}
