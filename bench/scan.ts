import { once } from 'node:events';
import Table from 'cli-table3';
import { lastLine, run, runSimulation } from './processes.ts';

const LATENCY_MS = 30;
const CONCURRENCY = 50;
const ACCOUNTS_PER_PAGE = 20;

interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxRssMb: number;
  readonly accounts: number;
  readonly unread: number;
}

interface Counts {
  readonly total: number;
  readonly summaries: number;
  readonly peakSocketsOpen: number;
}

/**
 * Scans simulated organizations of several sizes, each in a process of its own, and prints what it cost.
 *
 * The floor is what the same calls need at least: the longest chain of calls that wait for each other, or all
 * calls shared out over the accounts read at once, whichever is longer.
 */
export async function scanBench(args: readonly string[]): Promise<void> {
  const throttle = Number(
    args.find((arg) => arg.startsWith('--throttle='))?.slice('--throttle='.length) ?? 0,
  );
  const numbers = args.filter((arg) => !arg.startsWith('--'));
  const sizes = numbers.length > 0 ? numbers.map(Number) : [100, 1_000, 5_000];
  const table = new Table({
    head: [
      'accounts',
      'wall s',
      'floor s',
      '× floor',
      'calls',
      'CPU ms/call',
      'peak RSS MB',
      'sockets',
      'retried',
      'lost',
    ],
    style: { head: [], border: [], compact: true },
  });

  for (const size of sizes) {
    const { measured, counts } = await measure(size, throttle);
    const floorMs = theoreticalFloorMs(size, counts.total);
    const retried = counts.summaries - size;
    table.push([
      size,
      (measured.wallMs / 1000).toFixed(2),
      (floorMs / 1000).toFixed(2),
      (measured.wallMs / floorMs).toFixed(2),
      counts.total,
      (measured.cpuMs / counts.total).toFixed(2),
      measured.maxRssMb.toFixed(0),
      counts.peakSocketsOpen,
      Math.max(retried, 0),
      measured.unread,
    ]);
  }
  process.stdout.write(
    `${LATENCY_MS} ms a call, ${CONCURRENCY} accounts at once, ${throttle * 100} % throttled, Node ${process.version}\n`,
  );
  process.stdout.write(`${table.toString()}\n`);
}

function theoreticalFloorMs(accounts: number, calls: number): number {
  const pages = Math.ceil((accounts + 1) / ACCOUNTS_PER_PAGE);
  // Who we are, every page of accounts in turn, then the three calls of the last account.
  const chain = (1 + pages + 3) * LATENCY_MS;
  return Math.max(chain, (calls * LATENCY_MS) / CONCURRENCY);
}

/** The second scan of a simulation: the first one warms it, as AWS is warm. The process that scans is new each time. */
async function measure(accounts: number, throttle: number): Promise<{ measured: Measured; counts: Counts }> {
  const { simulation, environment } = await runSimulation(accounts, LATENCY_MS, throttle);
  const scan = async () => {
    const child = run('./scan-child.ts', [String(CONCURRENCY)], environment);
    const [line] = await Promise.all([lastLine(child), once(child, 'exit')]);
    return JSON.parse(line) as Measured;
  };
  const count = () => fetchCounts(`${environment['AWS_ENDPOINT_URL']}/counts`);
  try {
    await scan();
    const before = await count();
    const measured = await scan();
    const after = await count();
    return {
      measured,
      counts: {
        total: after.total - before.total,
        summaries: after.summaries - before.summaries,
        peakSocketsOpen: after.peakSocketsOpen,
      },
    };
  } finally {
    simulation.kill();
  }
}

async function fetchCounts(url: string): Promise<Counts> {
  const { total, peakSocketsOpen, byCall } = (await (await fetch(url)).json()) as {
    readonly total: number;
    readonly peakSocketsOpen: number;
    readonly byCall: Readonly<Record<string, number>>;
  };
  return { total, peakSocketsOpen, summaries: byCall['iam:GetAccountSummary'] ?? 0 };
}
