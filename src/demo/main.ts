#!/usr/bin/env node
import { once } from 'node:events';
import { Command, CommanderError } from 'commander';
import { durationOption, portOption } from '../cli/options.ts';
import { prepareDemoFolder } from './demo-folder.ts';
import type { DemoOptions } from './start-demo.ts';

const program = new Command('npm run demo --')
  .description(
    'Run the bot with a simulated AWS organization and a local Slack. Nothing leaves this machine.',
  )
  .option('--port <port>', 'port of the page (default: 4000, or a free one if 4000 is taken)', portOption)
  .option(
    '--fast-forward <time>',
    'let this much time pass first, such as 8w; digests and reminders are sent along the way',
    durationOption,
  )
  .exitOverride()
  .action(async (options: DemoOptions) => {
    process.exitCode = await runDemo(options, process);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : 1;
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
process.exit();

/** Runs the demo until it is interrupted, and returns the exit code. */
async function runDemo(options: DemoOptions, { stdout, stderr }: NodeJS.Process): Promise<number> {
  const abortController = new AbortController();
  const { signal } = abortController;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abortController.abort());
  stdout.write('Starting the demo: a simulated AWS organization, a local Slack, and the bot…\n');
  try {
    // The database takes longest, so it is started before the other modules are loaded.
    const [folder, { startDemo }] = await Promise.all([prepareDemoFolder(signal), import('./start-demo.ts')]);
    const startup = startDemo({ ...options, folder }, (line) => stdout.write(`${line}\n`));
    const demo = await Promise.race([startup, aborted(signal)]);
    if (!demo) {
      // Its folder is about to be removed, so it may fail.
      startup.catch(() => undefined);
      await folder.remove();
      return 0;
    }
    stdout.write(
      'Type /mfa-status there, and change AWS in the panel on the right. Press Ctrl+C to stop; nothing is left behind.\n',
    );
    await aborted(signal);
    await demo.close();
    return 0;
  } catch (error) {
    // Interrupting a demo that is still starting is not a failure.
    if (signal.aborted) return 0;
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    stderr.write(`Port ${options.port} is taken: choose another with --port, or leave it out\n`);
    return 1;
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}
