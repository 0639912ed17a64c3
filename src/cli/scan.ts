import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SingleBar } from 'cli-progress';
import colors from 'picocolors';
import { type Collector, openCollector } from '../aws/collector.ts';
import type { Directory } from '../aws/directory.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { type Account, type AccountId, byNameThenId } from '../domain/account.ts';
import { coverageOf } from '../domain/coverage.ts';
import { factsNeeded, type Level } from '../domain/policy.ts';
import type { Reading } from '../domain/scan.ts';
import type { Standing } from '../domain/compliance.ts';
import { accountRow, type ScanReport } from '../reports/account-row.ts';
import { reportAsJson, rowsAsCsv } from '../reports/account-export.ts';
import { reportAsTable } from '../reports/scan-table.ts';
import { type SweepEnd, sweep } from '../usecases/scan/read-all-accounts.ts';
import { UsageError, WriteError } from './errors.ts';

export interface ScanOptions {
  readonly format?: 'table' | 'json' | 'csv';
  readonly account?: readonly AccountId[];
  readonly level?: '1' | '2';
  readonly details?: true;
  readonly failOn?: readonly Standing[];
  readonly concurrency?: number;
  readonly output?: string;
  readonly quiet?: true;
}

/** The part of `process` that a scan speaks to. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  once(event: 'SIGINT', listener: () => void): unknown;
}

const EXIT = { ran: 0, couldNotRun: 1, failed: 3 } as const;

/** Reads every account once, prints the report, and gives the exit code. */
export async function scan(options: ScanOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig(terminal.env);
  const concurrency = options.concurrency ?? config.aws.concurrency;
  const messages = messagesTo(terminal, options.quiet === true);
  const collector = await openCollector({ ...config.aws, concurrency });
  if (collector.warning) messages.warn(collector.warning);

  const interruption = new AbortController();
  terminal.once('SIGINT', () => interruption.abort());

  try {
    const { readings, found, end, directory } = await readAccounts(collector, {
      config,
      options,
      concurrency,
      messages,
      signal: interruption.signal,
    });
    if (end.kind === 'list-broke-off' && end.error instanceof UsageError) throw end.error;
    const report = reportOf(readings, directory, config, options, end.kind !== 'done');
    await write(render(report, options, terminal), options, terminal);

    if (end.kind !== 'done') {
      terminal.stderr.write(`${whyPartial(end, readings.length, found)}\n`);
      return EXIT.couldNotRun;
    }
    const failed = report.accounts.some(({ standing }) => options.failOn?.includes(standing));
    return failed ? EXIT.failed : EXIT.ran;
  } finally {
    messages.done();
    collector.close();
  }
}

async function readAccounts(
  collector: Collector,
  {
    config,
    options,
    concurrency,
    messages,
    signal,
  }: {
    readonly config: Config;
    readonly options: ScanOptions;
    readonly concurrency: number;
    readonly messages: Messages;
    readonly signal: AbortSignal;
  },
): Promise<{ readings: Reading[]; found: number; end: SweepEnd; directory: Directory }> {
  const needed = factsNeeded(config.policy);
  const wish = {
    orgUnits: collector.organization && (options.details === true || needed.orgUnits),
    tags: collector.organization && (options.details === true || needed.tags),
    contacts: collector.organization && options.details === true && config.owners.securityContact,
  };
  const directory = collector.directory(wish);
  const readings: Reading[] = [];
  let found = 0;

  const end = await sweep(only(options.account, collector.accounts()), collector.read, {
    concurrency,
    signal,
    onFound: (accounts) => {
      found += accounts.length;
      directory.learn(accounts);
      messages.progress('Reading accounts', readings.length, found);
    },
    onReading: (reading) => {
      readings.push(reading);
      messages.progress('Reading accounts', readings.length, found);
    },
  });
  readings.sort((a, b) => byNameThenId(a.account, b.account));

  if (end.kind === 'interrupted' || !(wish.tags || wish.contacts || wish.orgUnits)) {
    return { readings, found, end, directory: { entries: new Map(), errors: [] } };
  }
  const learnt = await Promise.race([
    directory.finish((done, of) => messages.progress('Reading org units, tags and owners', done, of)),
    aborted(signal),
  ]);
  if (!learnt) return { readings, found, end: { kind: 'interrupted' }, directory: NO_DIRECTORY };
  messages.done();
  for (const { call, code, message } of learnt.errors) {
    messages.warn(`${call} answered ${code}: what it tells is missing from the report (${message})`);
  }
  return { readings, found, end, directory: learnt };
}

const NO_DIRECTORY: Directory = { entries: new Map(), errors: [] };

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** The accounts that were asked for, and a UsageError for those that the list does not know. */
async function* only(
  wanted: readonly AccountId[] | undefined,
  pages: AsyncIterable<readonly Account[]>,
): AsyncGenerator<readonly Account[]> {
  if (!wanted) {
    yield* pages;
    return;
  }
  const missing = new Set(wanted);
  for await (const page of pages) {
    const hits = page.filter(({ id }) => missing.delete(id));
    if (hits.length > 0) yield hits;
    if (missing.size === 0) return;
  }
  throw new UsageError(
    `--account ${[...missing].join(', ')}: not among the accounts that can be listed; check the id and aws.exclude`,
  );
}

function reportOf(
  readings: readonly Reading[],
  directory: Directory,
  config: Config,
  options: ScanOptions,
  partial: boolean,
): ScanReport {
  const level = options.level === undefined ? undefined : (Number(options.level) as Level);
  const policy = level
    ? {
        ...config.policy,
        level,
        managementAccountLevel: level,
        rules: config.policy.rules.map((rule) => ({ ...rule, level })),
      }
    : config.policy;
  const configured = config.aws.accounts.flatMap(({ id, owner }) => (owner ? [[id, owner] as const] : []));
  const owners = {
    ...config.owners,
    accounts: { ...Object.fromEntries(configured), ...config.owners.accounts },
  };
  const accounts = readings.map((reading) =>
    accountRow(reading, directory.entries.get(reading.account.id), { policy, owners }),
  );

  return {
    version: 1,
    scannedAt: new Date().toISOString(),
    cisVersion: config.policy.cis,
    ...(partial && { partial }),
    totals: coverageOf(accounts),
    accounts,
  };
}

function render(report: ScanReport, options: ScanOptions, { stdout, env }: Terminal): string {
  const toTerminal = options.output === undefined && stdout.isTTY;
  const format = options.format ?? (toTerminal ? 'table' : options.output?.endsWith('.csv') ? 'csv' : 'json');
  switch (format) {
    case 'json':
      return reportAsJson(report);
    case 'csv':
      return rowsAsCsv(report.accounts);
    case 'table':
      return reportAsTable(report, {
        color: toTerminal && !env['NO_COLOR'],
        width: toTerminal ? stdout.columns : undefined,
      });
  }
}

async function write(text: string, { output }: ScanOptions, { stdout }: Terminal): Promise<void> {
  if (output === undefined) {
    await new Promise<void>((resolve, reject) => {
      // Whoever reads may have had enough (`| head`): that is no failure of the scan.
      stdout.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EPIPE' ? resolve() : reject(error),
      );
      stdout.write(text, () => resolve());
    });
    return;
  }
  // Written beside and renamed: there is never half a file under that name.
  const beside = join(dirname(output), `.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, text);
    await rename(beside, output);
  } catch (error) {
    await rm(beside, { force: true });
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new WriteError(`Cannot write ${output} (${code}): ${WRITE_HINTS[code] ?? 'choose another place'}`);
  }
}

const WRITE_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  ENOENT: 'its folder does not exist',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
};

function whyPartial(end: Exclude<SweepEnd, { kind: 'done' }>, read: number, found: number): string {
  if (end.kind === 'interrupted') {
    return `Interrupted: the report is partial, ${read} of ${found} accounts found so far were read.`;
  }
  const reason = end.error instanceof Error ? end.error.message : String(end.error);
  return `${reason}. The report is partial: it holds the ${read} accounts found before.`;
}

interface Messages {
  warn(text: string): void;
  progress(what: string, done: number, of: number): void;
  done(): void;
}

function messagesTo({ stderr, env }: Terminal, quiet: boolean): Messages {
  const paint = colors.createColors(stderr.isTTY && !env['NO_COLOR']);
  let bar: { bar: SingleBar; what: string } | undefined;
  const done = () => {
    bar?.bar.stop();
    bar = undefined;
  };

  return {
    warn(text) {
      if (quiet) return;
      done();
      stderr.write(`${paint.yellow('warning:')} ${text}\n`);
    },
    progress(what, finished, of) {
      if (quiet || !stderr.isTTY) return;
      if (bar?.what !== what) {
        done();
        bar = {
          what,
          bar: new SingleBar({
            format: `${what} {bar} {value}/{total}`,
            stream: stderr,
            clearOnComplete: true,
            hideCursor: true,
          }),
        };
        bar.bar.start(of, finished);
      }
      bar.bar.setTotal(of);
      bar.bar.update(finished);
    },
    done,
  };
}
