import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { BotProcess } from './bot-process.ts';
import { FAULTS, type FaultKind, type PlacedFault, possibleFaults } from './faults.ts';
import { countIncidentsToNotify, findViolations } from './invariants.ts';
import { type AcknowledgedRequest, clickAround } from './people.ts';
import { Random } from './random.ts';
import { useRoot } from './root-users.ts';
import { startWorld, type World } from './world.ts';

/** An event whose webhook failed twice is tried again after a minute, and what a killed process held after two. */
const REST_TIMEOUT_MS = 300_000;
/** A root event leaves the queue before its notifications are queued, so rest is what lasts this long. */
const REST_MS = 3_000;
/** Incidents that were not announced when their event arrived are announced by a job that runs every minute. */
const RECHECK_MS = 10_000;

interface Options {
  readonly rounds: number;
  readonly seed: number;
  readonly processes: number;
  readonly databaseUrl?: string;
  readonly http: boolean;
  readonly kills: number;
  readonly build: boolean;
}

/** How often a kind of fault was placed, and struck. */
interface FaultCount {
  readonly placed: number;
  readonly strikes: number;
}

/** What a run of rounds found. */
interface Report {
  readonly faults: Map<FaultKind, FaultCount>;
  readonly violations: string[];
  readonly acknowledged: AcknowledgedRequest[];
  /** Ids of the root events that reached the queue. */
  readonly rootEvents: string[];
}

const parseWholeNumber = (min: number) => (text: string) => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < min)
    throw new InvalidArgumentError(`Expected a whole number, at least ${min}.`);
  return number;
};
const wholeNumber = parseWholeNumber(1);
const parseCount = parseWholeNumber(0);

const options = new Command('chaos')
  .description('Runs the built bot under random faults, and checks its promises after each round.')
  .option('--rounds <n>', 'how many rounds', wholeNumber, 3)
  .option('--seed <n>', 'repeats the faults of an earlier run', wholeNumber, Math.ceil(Math.random() * 1e9))
  .option('--processes <n>', 'instances of the bot; more than one need a server', wholeNumber, 1)
  .option('--database-url <url>', 'a PostgreSQL server; default: the embedded database')
  .option('--http', 'Slack sends HTTP requests instead of using Socket Mode', false)
  .option('--kills <n>', 'kill -9 that many times more in each round', parseCount, 0)
  .option('--no-build', 'run what is built: for several runs at the same time')
  .parse()
  .opts<Options>();
if (options.processes > 1 && options.databaseUrl === undefined) {
  process.stderr.write('Several processes share a database: add --database-url postgres://…\n');
  process.exit(2);
}
process.exitCode = await run(options);

async function run({ rounds, seed, processes, databaseUrl, http, kills, build }: Options): Promise<number> {
  if (build) execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const random = new Random(seed);
  const report: Report = { faults: new Map(), violations: [], acknowledged: [], rootEvents: [] };
  const startedAt = performance.now();
  print(
    `Seed ${seed}, ${rounds} rounds, ${processes} × ${databaseUrl ? 'PostgreSQL' : 'embedded'}${http ? ', HTTP' : ''}`,
  );
  const world = await startWorld({ processes, databaseUrl, http });
  // No bot and no database is left behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void world.close().finally(() => process.exit(130)));
  try {
    await Promise.all(world.bots.map((bot) => bot.ensureReady()));
    await waitForScan(world);
    for (let round = 1; round <= rounds; round += 1) {
      const kinds = await playRound(world, random, { report, kills });
      const violations = await checkAtRest(world, report);
      print(
        `${round}: ${kinds.join(', ')}${violations.length === 0 ? '' : ` — ${violations.length} violations`}`,
      );
      for (const violation of violations) print(`   ${violation}`);
      report.violations.push(...violations.map((text) => `round ${round}: ${text}`));
    }
  } finally {
    await world.close();
  }
  printReport(report, seed, performance.now() - startedAt);
  return report.violations.length === 0 ? 0 : 1;
}

/** Lets people click while things go wrong. Everything random is drawn first, so that a seed repeats it. */
async function playRound(
  world: World,
  random: Random,
  { report, kills }: { readonly report: Report; readonly kills: number },
): Promise<readonly FaultKind[]> {
  const possible = possibleFaults(world);
  const kinds = Array.from({ length: random.between(2, 5) }, () => random.pick(possible));
  const seeds = kinds.map(() => random.between(1, 1e9));
  const [people, killer] = [new Random(random.between(1, 1e9)), new Random(random.between(1, 1e9))];
  const failing = kinds.map((kind, index) => FAULTS[kind](world, new Random(seeds[index] ?? 0)));
  report.rootEvents.push(...useRoot(world, new Random(random.between(1, 1e9))));

  let isOver = false;
  const killing = killAgainAndAgain(world.bots, killer, kills).finally(() => {
    isOver = true;
  });
  const clicking = (async () => {
    do report.acknowledged.push(...(await clickAround(world, people)));
    while (!isOver);
  })();
  const [placed] = await Promise.all([Promise.all(failing), clicking, killing]);
  for (const [index, kind] of kinds.entries()) count(report, kind, placed[index]);
  for (let killed = 0; killed < kills; killed += 1) count(report, 'kill', { strikes: () => 1 });
  return kinds;
}

/** Kills the bots, several at the same time where there are several: while they start, work and stop. */
async function killAgainAndAgain(bots: readonly BotProcess[], random: Random, kills: number): Promise<void> {
  const pauses = Array.from({ length: kills }, () => random.between(100, 8_000));
  await Promise.all(
    bots.map(async (bot, index) => {
      for (const ms of pauses.filter((_, number) => number % bots.length === index)) {
        await pause(ms);
        await bot.end('SIGKILL');
        bot.start();
      }
    }),
  );
}

function count({ faults }: Report, kind: FaultKind, fault: PlacedFault | undefined): void {
  const { placed, strikes } = faults.get(kind) ?? { placed: 0, strikes: 0 };
  faults.set(kind, { placed: placed + 1, strikes: strikes + (fault?.strikes() ?? 0) });
}

/** Ends all faults, waits until the bots are at rest, and checks every promise. */
async function checkAtRest(world: World, { acknowledged, rootEvents }: Report): Promise<readonly string[]> {
  world.aws.organization.clearFaults();
  world.databaseProxy?.resume();
  world.requestProxy?.resume();
  for (const bot of world.bots) bot.setClockSkew(0);
  for (const deadline = performance.now() + REST_TIMEOUT_MS; ; await pause(RECHECK_MS)) {
    await Promise.all(world.bots.map((bot) => bot.ensureReady()));
    const restless = await waitForRest(world);
    // An embedded database belongs to one process.
    if (!world.databaseProxy) await world.bots[0]?.end('SIGTERM');
    const db = await world.openDatabase();
    try {
      if ((await countIncidentsToNotify(db)) > 0 && performance.now() < deadline) continue;
      return [...restless, ...(await findViolations(world, db, { acknowledged, rootEvents }))];
    } finally {
      await db.close();
      await Promise.all(world.bots.map((bot) => bot.ensureReady()));
    }
  }
}

/** Waits for the first scan: from then on every account is known. */
async function waitForScan({ bots }: World): Promise<void> {
  for (const deadline = performance.now() + REST_TIMEOUT_MS; performance.now() < deadline; await pause(200)) {
    const { text } = (await bots[0]?.get('/metrics')) ?? { text: '' };
    if (/^root_mfa_last_scan_timestamp_seconds \d/m.test(text)) return;
  }
  throw new Error(`No scan finished in ${REST_TIMEOUT_MS} ms`);
}

/** Waits until nothing has been left to deliver for a while. */
async function waitForRest({ bots, aws }: World): Promise<readonly string[]> {
  let pending = '';
  let restingSince: number | undefined;
  for (const deadline = performance.now() + REST_TIMEOUT_MS; performance.now() < deadline; await pause(500)) {
    const { text } = (await bots[0]?.get('/metrics')) ?? { text: '' };
    const counts = [
      ...text.matchAll(/^root_mfa_notifications\{state="(waiting|sending|uncertain)"\} (\d+)$/gm),
    ];
    pending = counts.map(([, state, count]) => `${count} ${state}`).join(', ');
    const isQueueEmpty = aws.rootEventQueue.size === 0;
    const isResting = isQueueEmpty && counts.length === 3 && counts.every(([, , count]) => count === '0');
    restingSince = isResting ? (restingSince ?? performance.now()) : undefined;
    if (restingSince !== undefined && performance.now() - restingSince >= REST_MS) return [];
  }
  return [
    `Not at rest after ${REST_TIMEOUT_MS / 1000} s: ${pending || 'no metrics'}, ${aws.rootEventQueue.size} in the queue`,
  ];
}

function printReport({ faults, violations, acknowledged }: Report, seed: number, milliseconds: number): void {
  print('');
  for (const [kind, { placed, strikes }] of [...faults].sort())
    print(`${String(placed).padStart(5)} ${kind}, struck ${strikes} times`);
  print(`${acknowledged.length} requests acknowledged, ${Math.round(milliseconds / 1000)} s`);
  print(
    violations.length === 0 ? 'No violations.' : `${violations.length} violations. Replay: --seed ${seed}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
