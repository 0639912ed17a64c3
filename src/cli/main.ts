#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { config as readDotenv } from 'dotenv';
import { AwsFailure } from '../aws/failure.ts';
import { ConfigError } from '../config/config.ts';
import { BackupError } from '../store/backup-error.ts';
import { DatabaseError } from '../store/transactions.ts';
import { UsageError, WriteError } from './errors.ts';
import { accountIdOption, durationOption, portOption, positiveOption, repeatable } from './options.ts';

// For development; a real deployment sets its environment itself. Quiet: standard error is for our own words.
readDotenv({ quiet: true });

const program = new Command('root-mfa-bot')
  .description('Root user MFA of every AWS account, judged.')
  .exitOverride()
  .showSuggestionAfterError();

program
  .command('scan')
  .description('read every account once and print its verdict')
  .addOption(
    new Option('--format <format>', 'how to print (default: table on a terminal, else json)').choices([
      'table',
      'json',
      'csv',
    ]),
  )
  .option('--account <id>', 'only this account; may be repeated', repeatable(accountIdOption))
  .addOption(
    new Option('--level <level>', 'ask this level of every account, whatever the policy says').choices([
      '1',
      '2',
    ]),
  )
  .option('--details', 'also read org units, tags and owners, at the pace that AWS allows')
  .addOption(
    new Option('--fail-on <standing>', 'exit with 3 if an account stands so; may be repeated')
      .choices(['noncompliant', 'unknown'])
      .argParser((value, previous: string[] | undefined) => {
        if (value !== 'noncompliant' && value !== 'unknown') {
          throw new UsageError(`--fail-on ${value}: expected unmet or unknown`);
        }
        return [...(previous ?? []), value];
      }),
  )
  .option('--concurrency <n>', 'accounts read at once (default: aws.concurrency, 50)', positiveOption)
  .option('--output <file>', 'write the result to a file instead of standard output')
  .option('--quiet', 'no progress and no messages, only the result and errors')
  .action(async (options) => {
    const { scan } = await import('./scan.ts');
    process.exitCode = await scan(options, process);
  });

program
  .command('demo')
  .description('the bot, a simulated organization and a local Slack, on this machine alone')
  .option('--port <port>', 'where the page is (default: 4000, or another when that is taken)', portOption)
  .option(
    '--fast-forward <time>',
    'let weeks pass first, such as 8w: digests and reminders are sent on the way',
    durationOption,
  )
  .action(async (options) => {
    const { runDemo } = await import('./demo.ts');
    process.exitCode = await runDemo(options, process);
  });

program
  .command('migrate')
  .description('bring the database to what this version needs; the bot does it too when it starts')
  .action(async () => {
    const { migrateDatabase } = await import('./migrate.ts');
    process.exitCode = await migrateDatabase(process);
  });

program
  .command('doctor')
  .description('look at every prerequisite one by one, and say what to do')
  .option('--json', 'for programs')
  .action(async (options) => {
    const { doctor } = await import('./doctor.ts');
    process.exitCode = await doctor(options, process);
  });

program
  .command('outbox')
  .description(
    'tell how the letters stand, and which were given up; send those again, or withdraw what waits',
  )
  .addOption(
    new Option(
      '--retry <time>',
      'send again what was given up and is not older, such as 1d or 12h',
    ).argParser(durationOption),
  )
  .addOption(new Option('--withdraw', 'never send what was not sent yet').conflicts('retry'))
  .action(async (options) => {
    const { outbox } = await import('./outbox.ts');
    process.exitCode = await outbox(options, process);
  });

program
  .command('backup')
  .description('write everything that is remembered into a file')
  .argument('<file>', 'a new file, such as backup-2026-11-24.gz')
  .action(async (file: string) => {
    const { backup } = await import('./backup.ts');
    process.exitCode = await backup(file, process);
  });

program
  .command('restore')
  .description('put a backup where everything is remembered; what was there is kept beside')
  .argument('<file>', 'what backup wrote')
  .action(async (file: string) => {
    const { restore } = await import('./restore.ts');
    process.exitCode = await restore(file, process);
  });

program
  .command('move-store')
  .description('copy the embedded database into an empty one on a PostgreSQL server')
  .argument('<url>', 'postgres://user:password@host/database')
  .action(async (url: string) => {
    const { moveStore } = await import('./move-store.ts');
    process.exitCode = await moveStore(url, process);
  });

for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
// Calls that still hang, after an interruption or a time-out, have nothing to tell any more.
process.exit();

/** Says what went wrong in words for a person, and gives the exit code: 2 for bad usage, else 1. */
function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) return printError(error.message, 2);
  if (error instanceof ConfigError) return printError(error.message, 1);
  if (error instanceof AwsFailure || error instanceof WriteError) return printError(error.message, 1);
  if (error instanceof DatabaseError || error instanceof BackupError) return printError(error.message, 1);
  return printError(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
}

function printError(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
