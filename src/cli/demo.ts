import { prepareFolder } from '../demo/rehearsal-folder.ts';
import type { DemoOptions } from './rehearsal.ts';

/** Runs the rehearsal until somebody ends it, and gives the exit code. */
export async function runDemo(options: DemoOptions, { stdout, stderr }: NodeJS.Process): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  stdout.write(
    'Starting a rehearsal: a simulated AWS organization, a local Slack, and the bot between them…\n',
  );
  try {
    // The database takes longest, so it is begun before the rest is even read.
    const [folder, { startDemo }] = await Promise.all([prepareFolder(), import('./rehearsal.ts')]);
    const demo = await startDemo({ ...options, folder }, (line) => stdout.write(`${line}\n`));
    stdout.write(
      'Type /mfa-status there, and play AWS at the right. Ctrl+C ends it and leaves nothing behind.\n',
    );
    await stopped;
    await demo.close();
    return 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    stderr.write(`Port ${options.port} is taken: choose another with --port, or leave it out\n`);
    return 1;
  }
}
