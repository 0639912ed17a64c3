#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { config as readDotenv } from 'dotenv';
import { AwsFailure } from '../aws/failure.ts';
import { ConfigError } from '../config/config.ts';
import { BackupError } from '../store/backup-error.ts';
import { DatabaseError } from '../store/transactions.ts';
import { UsageError, WriteError } from './errors.ts';
import { accountIdOption, controlOption, durationOption, positiveOption, repeatable } from './options.ts';

// For development; a deployment sets its own environment. Quiet, because standard error is for our own messages.
readDotenv({ quiet: true });

const DAY_MS = 24 * 60 * 60_000;

const program = new Command('root-mfa-bot')
  .description('Checks root user MFA in every AWS account.')
  .exitOverride()
  .showSuggestionAfterError();

program
  .command('scan')
  .description('check every account once and print the verdicts')
  .addOption(
    new Option('--format <format>', 'output format (default: table on a terminal, otherwise json)').choices([
      'table',
      'json',
      'csv',
      'ocsf',
    ]),
  )
  .option('--account <id>', 'check only this account; repeatable', repeatable(accountIdOption))
  .addOption(
    new Option('--level <level>', 'require this level of every account, regardless of policy').choices([
      '1',
      '2',
    ]),
  )
  .option('--details', 'also read org units, tags and owners, within the AWS rate limits')
  .addOption(
    new Option('--fail-on <compliance>', 'exit with 3 if any account has this state; repeatable')
      .choices(['noncompliant', 'unknown'])
      .argParser((value, previous: string[] | undefined) => {
        if (value !== 'noncompliant' && value !== 'unknown') {
          throw new UsageError(`--fail-on ${value}: expected noncompliant or unknown`);
        }
        return [...(previous ?? []), value];
      }),
  )
  .option('--concurrency <n>', 'accounts checked in parallel (default: aws.concurrency, 50)', positiveOption)
  .option('--output <file>', 'write the result to a file instead of standard output')
  .option('--quiet', 'print only the result and errors, no progress or messages')
  .action(async (options) => {
    const { scan } = await import('./scan.ts');
    process.exitCode = await scan(options, process);
  });

program
  .command('migrate')
  .description('apply pending database migrations; the bot also does this when it starts')
  .action(async () => {
    const { migrateDatabase } = await import('./migrate.ts');
    process.exitCode = await migrateDatabase(process);
  });

program
  .command('doctor')
  .description('check every prerequisite and say how to fix what is wrong')
  .option('--json', 'print JSON')
  .option('--send-test-event', 'send a test event to every webhook of the configuration')
  .action(async (options) => {
    const { doctor } = await import('./doctor.ts');
    process.exitCode = await doctor(options, process);
  });

const outbox = program.command('outbox').description('show, resend or withdraw the messages in the outbox');

outbox
  .command('list', { isDefault: true })
  .description('count messages by state and list the undelivered ones, with the reason')
  .action(async () => {
    const { listOutbox } = await import('./outbox.ts');
    process.exitCode = await listOutbox(process);
  });

outbox
  .command('resend')
  .description('send undelivered messages again')
  .option(
    '--since <time>',
    'only those at most this old, such as 12h or 3d',
    durationOption,
    durationOption('1d'),
  )
  .action(async ({ since = DAY_MS }) => {
    const { resendUndelivered } = await import('./outbox.ts');
    process.exitCode = await resendUndelivered({ maxAgeMs: since }, process);
  });

outbox
  .command('withdraw')
  .description('never send the messages that are still waiting')
  .action(async () => {
    const { withdrawWaiting } = await import('./outbox.ts');
    process.exitCode = await withdrawWaiting(process);
  });

const evidence = program
  .command('evidence')
  .description('write the evidence pack of a period for an auditor')
  .option('--from <date>', 'first day, such as 2026-07-01, in UTC')
  .option('--to <date>', 'last day, such as 2026-09-30, in UTC')
  .option('--quarter <quarter>', 'a quarter instead of two dates, such as 2026Q3')
  .option('--control <control>', 'only this control; repeatable', repeatable(controlOption))
  .option('--account <id>', 'only this account; repeatable', repeatable(accountIdOption))
  .option('--redact', 'replace people with stable pseudonyms')
  .option('--output <folder>', 'new folder for the pack')
  .action(async (options) => {
    const { evidence: run } = await import('./evidence.ts');
    process.exitCode = await run(options, process);
  });

evidence
  .command('verify')
  .description('check that a pack was not changed')
  .argument('<folder>', 'folder of the pack')
  .action(async (folder: string) => {
    const { verifyEvidence } = await import('./evidence.ts');
    process.exitCode = await verifyEvidence(folder, process);
  });

const keys = program.command('keys').description('the key register: root keys, and who holds them');

keys
  .command('import')
  .description('import existing keys from a CSV file: every line, or none')
  .argument('<file>', 'CSV file with the columns of the exported key register')
  .option('--dry-run', 'check the file and write nothing')
  .action(async (file: string, options: { readonly dryRun?: true }) => {
    const { importKeyFile } = await import('./keys.ts');
    process.exitCode = await importKeyFile(file, options, process);
  });

program
  .command('backup')
  .description('write the whole database to a file')
  .argument('<file>', 'new file, such as backup-2026-11-24.gz')
  .action(async (file: string) => {
    const { backup } = await import('./backup.ts');
    process.exitCode = await backup(file, process);
  });

program
  .command('restore')
  .description('restore a backup; an existing embedded database is kept in a folder next to it')
  .argument('<file>', 'file written by backup')
  .action(async (file: string) => {
    const { restore } = await import('./restore.ts');
    process.exitCode = await restore(file, process);
  });

program
  .command('move-store')
  .description('copy the embedded database to an empty PostgreSQL database')
  .argument('<url>', 'postgres://user:password@host/database')
  .action(async (url: string) => {
    const { moveStore } = await import('./move-store.ts');
    process.exitCode = await moveStore(url, process);
  });

for (const command of [...program.commands, ...outbox.commands, ...evidence.commands, ...keys.commands])
  command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
// Calls still hanging after an interruption or a time-out must not keep the process alive.
process.exit();

/** Prints what went wrong and returns the exit code: 2 for bad usage, otherwise 1. */
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
