import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SingleBar } from 'cli-progress';
import colors from 'picocolors';
import { type AwsCollector, openCollector } from '../aws/collector.ts';
import type { Directory, DirectoryOptions } from '../aws/directory.ts';
import { AwsFailure } from '../aws/failure.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { toolVersion } from '../config/tool-version.ts';
import { type Account, type AccountId, byNameThenId } from '../domain/account.ts';
import type { Compliance } from '../domain/compliance.ts';
import { coverageOf } from '../domain/coverage.ts';
import { factsNeeded, type Level } from '../domain/policy.ts';
import type { AccountObservation } from '../domain/scan.ts';
import { reportAsJson, rowsAsCsv } from '../reports/account-export.ts';
import { accountRow, type ScanReport } from '../reports/account-row.ts';
import { rowFindings } from '../reports/control-finding.ts';
import { findingsAsOcsf } from '../reports/ocsf.ts';
import { reportAsTable } from '../reports/scan-table.ts';
import { type ReadAllAccountsOutcome, readAllAccounts } from '../usecases/scan/read-all-accounts.ts';
import { formatCount } from './doctor/format-values.ts';
import { UsageError, WriteError } from './errors.ts';

export interface ScanOptions {
  readonly format?: 'table' | 'json' | 'csv' | 'ocsf';
  readonly account?: readonly AccountId[];
  readonly level?: '1' | '2';
  readonly details?: true;
  readonly failOn?: readonly Compliance[];
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

const NO_ACCOUNTS_TEXT =
  'There is no account to scan: check that the accounts can be listed, and what aws.accounts and aws.exclude contain';

const EXIT = { ran: 0, couldNotRun: 1, failed: 3 } as const;

/** Reads every account once, prints the report, and gives the exit code. */
export async function scan(options: ScanOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig(terminal.env);
  const concurrency = options.concurrency ?? config.aws.concurrency;
  const messages = createMessages(terminal, options.quiet === true);
  const collector = await openCollector({ ...config.aws, concurrency });
  if (collector.warning) messages.warn(collector.warning);

  const interruption = new AbortController();
  terminal.once('SIGINT', () => interruption.abort());

  try {
    const { observations, listed, end, directory } = await readAccounts(collector, {
      config,
      options,
      concurrency,
      messages,
      signal: interruption.signal,
      guardrails: guardrailScope(config, options, terminal),
    });
    if (end.kind === 'listing-failed' && end.error instanceof UsageError) throw end.error;
    if (end.kind === 'done' && observations.length === 0) throw new AwsFailure(NO_ACCOUNTS_TEXT);
    const report: ScanReport = {
      ...reportOf(observations, directory, config, options, end.kind !== 'done'),
      centralRootAccess: await collector.centralRootAccess(),
    };
    await write(render(report, options, terminal), options, terminal);

    if (end.kind !== 'done') {
      terminal.stderr.write(`${explainPartial(end, observations.length, listed)}\n`);
      return EXIT.couldNotRun;
    }
    const failed = report.accounts.some(({ compliance }) => options.failOn?.includes(compliance));
    return failed ? EXIT.failed : EXIT.ran;
  } finally {
    messages.done();
    collector.close();
  }
}

async function readAccounts(
  collector: AwsCollector,
  {
    config,
    options,
    concurrency,
    messages,
    signal,
    guardrails,
  }: {
    readonly config: Config;
    readonly options: ScanOptions;
    readonly concurrency: number;
    readonly messages: ProgressOutput;
    readonly signal: AbortSignal;
    readonly guardrails: DirectoryOptions['guardrails'];
  },
): Promise<{
  observations: AccountObservation[];
  listed: number;
  end: ReadAllAccountsOutcome;
  directory: Directory;
}> {
  const neededFacts = factsNeeded(config.policy);
  const request = {
    orgUnits: collector.organization && (options.details === true || neededFacts.orgUnits),
    tags: collector.organization && (options.details === true || neededFacts.tags),
    contacts: collector.organization && options.details === true && config.owners.securityContact,
    guardrails: collector.organization && guardrails,
  };
  const directory = collector.directory(request);
  const observations: AccountObservation[] = [];
  let listed = 0;

  const end = await readAllAccounts(selectAccounts(options.account, collector.accounts()), collector.read, {
    concurrency,
    signal,
    onFound: (accounts) => {
      listed += accounts.length;
      directory.learn(accounts);
      messages.progress('Reading accounts', observations.length, listed);
    },
    onObservation: (observation) => {
      observations.push(observation);
      messages.progress('Reading accounts', observations.length, listed);
    },
  });
  observations.sort((a, b) => byNameThenId(a.account, b.account));

  if (end.kind === 'interrupted' || !Object.values(request).some(Boolean)) {
    return { observations, listed, end, directory: { entries: new Map(), errors: [] } };
  }
  const directoryResult = await Promise.race([
    directory.finish((done, total) =>
      messages.progress('Reading org units, tags, owners and policies', done, total),
    ),
    aborted(signal),
  ]);
  if (!directoryResult)
    return { observations, listed, end: { kind: 'interrupted' }, directory: NO_DIRECTORY };
  messages.done();
  for (const { call, code, message } of directoryResult.errors) {
    messages.warn(`${call} returned ${code}: its data is missing from the report (${message})`);
  }
  return { observations, listed, end, directory: directoryResult };
}

/** Service control policies are in every file, and in the table only with details: it has no room for them. */
function guardrailScope(
  { guardrails }: Config,
  options: ScanOptions,
  terminal: Terminal,
): DirectoryOptions['guardrails'] {
  const isShown = options.details === true || formatOf(options, terminal) !== 'table';
  if (guardrails.check === 'off' || !isShown) return false;
  return options.account ? 'accounts' : 'organization';
}

const NO_DIRECTORY: Directory = { entries: new Map(), errors: [] };

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** The accounts that were asked for, and a UsageError for those that the list does not know. */
async function* selectAccounts(
  requested: readonly AccountId[] | undefined,
  pages: AsyncIterable<readonly Account[]>,
): AsyncGenerator<readonly Account[]> {
  if (!requested) {
    yield* pages;
    return;
  }
  const remaining = new Set(requested);
  for await (const page of pages) {
    const matches = page.filter(({ id }) => remaining.delete(id));
    if (matches.length > 0) yield matches;
    if (remaining.size === 0) return;
  }
  throw new UsageError(
    `--account ${[...remaining].join(', ')}: not among the accounts that can be listed; check the ID and aws.exclude`,
  );
}

function reportOf(
  observations: readonly AccountObservation[],
  directory: Directory,
  config: Config,
  options: ScanOptions,
  partial: boolean,
): Omit<ScanReport, 'centralRootAccess'> {
  const level = options.level === undefined ? undefined : (Number(options.level) as Level);
  const policy = level
    ? {
        ...config.policy,
        level,
        managementAccountLevel: level,
        rules: config.policy.rules.map((rule) => ({ ...rule, level })),
      }
    : config.policy;
  const configuredOwners = config.aws.accounts.flatMap(({ id, owner }) =>
    owner ? [[id, owner] as const] : [],
  );
  const owners = {
    ...config.owners,
    accounts: { ...Object.fromEntries(configuredOwners), ...config.owners.accounts },
  };
  const accounts = observations.map((observation) =>
    accountRow(observation, directory.entries.get(observation.account.id), { policy, owners }),
  );

  return {
    version: 2,
    scannedAt: new Date().toISOString(),
    cisVersion: config.policy.cis,
    partial,
    totals: coverageOf(accounts),
    accounts,
  };
}

function formatOf({ format, output }: ScanOptions, { stdout }: Terminal): NonNullable<ScanOptions['format']> {
  if (format) return format;
  if (output === undefined && stdout.isTTY) return 'table';
  return output?.endsWith('.csv') ? 'csv' : 'json';
}

function render(report: ScanReport, options: ScanOptions, terminal: Terminal): string {
  const { stdout, env } = terminal;
  const toTerminal = options.output === undefined && stdout.isTTY;
  switch (formatOf(options, terminal)) {
    case 'json':
      return reportAsJson(report);
    case 'csv':
      return rowsAsCsv(report.accounts);
    case 'ocsf':
      return [
        ...findingsAsOcsf(report.accounts.flatMap(rowFindings), {
          toolVersion: toolVersion(),
          cisVersion: report.cisVersion,
        }),
      ].join('');
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
      // The reader may have stopped (`| head`): the scan did not fail.
      stdout.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EPIPE' ? resolve() : reject(error),
      );
      stdout.write(text, () => resolve());
    });
    return;
  }
  // Written beside and renamed: there is never half a file under that name.
  const temporaryFile = join(dirname(output), `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporaryFile, text);
    await rename(temporaryFile, output);
  } catch (error) {
    await rm(temporaryFile, { force: true });
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new WriteError(`Cannot write ${output} (${code}): ${WRITE_HINTS[code] ?? 'choose another place'}`);
  }
}

const WRITE_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  ENOENT: 'its folder does not exist',
  EACCES: 'you have no write permission there',
  EPERM: 'you have no write permission there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
};

function explainPartial(
  end: Exclude<ReadAllAccountsOutcome, { kind: 'done' }>,
  read: number,
  listed: number,
): string {
  if (end.kind === 'interrupted') {
    return `Interrupted. The report is partial: it covers ${read} of the ${formatCount(listed, 'account')} found so far.`;
  }
  const reason = end.error instanceof Error ? end.error.message : String(end.error);
  return `${reason}. The report is partial: it covers the ${formatCount(read, 'account')} found before.`;
}

interface ProgressOutput {
  warn(text: string): void;
  progress(what: string, done: number, of: number): void;
  done(): void;
}

function createMessages({ stderr, env }: Terminal, quiet: boolean): ProgressOutput {
  const colorize = colors.createColors(stderr.isTTY && !env['NO_COLOR']);
  let bar: { bar: SingleBar; what: string } | undefined;
  const done = () => {
    bar?.bar.stop();
    bar = undefined;
  };

  return {
    warn(text) {
      if (quiet) return;
      done();
      stderr.write(`${colorize.yellow('warning:')} ${text}\n`);
    },
    progress(what, finished, total) {
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
        bar.bar.start(total, finished);
      }
      bar.bar.setTotal(total);
      bar.bar.update(finished);
    },
    done,
  };
}
