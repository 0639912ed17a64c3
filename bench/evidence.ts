import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { syntheticCompany } from '../src/demo/synthetic-company.ts';
import { run } from './processes.ts';
import { seedYear } from './seed-year.ts';

/** As `npm run evidence` starts it: a small nursery of the heap costs little time and saves much memory. */
const NODE_OPTIONS = ['--max-semi-space-size=2'];
const DAY_MS = 24 * 60 * 60_000;

/** Writes the evidence pack of a year with the built command, for companies of some sizes. */
export async function evidenceBench(args: readonly string[]): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : [1_000, 10_000];
  process.stdout.write('| accounts | changed verdicts | wall s | peak RSS MB | pack MB |\n');
  process.stdout.write('| --- | --- | --- | --- | --- |\n');
  for (const size of sizes) process.stdout.write(`${await measure(size)}\n`);
}

async function measure(size: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-bench-'));
  try {
    const dataDir = join(folder, 'data');
    const { changes } = await seedYear({ url: undefined, dataDir, company: syntheticCompany(size) });
    const day = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
    const output = join(folder, 'pack');
    const start = performance.now();
    const child = run(
      '../dist/cli/main.js',
      ['evidence', '--from', day(364), '--to', day(0), '--output', output],
      { DATA_DIR: dataDir },
      NODE_OPTIONS,
    );
    const peak = await peakMegabytes(child);
    const seconds = (performance.now() - start) / 1_000;
    if (child.exitCode !== 0) throw new Error(`The command ended with ${child.exitCode}`);
    const bytes = await Promise.all(
      (await readdir(output)).map(async (name) => (await stat(join(output, name))).size),
    );
    const total = bytes.reduce((sum, size) => sum + size, 0) / 1024 ** 2;
    return `| ${size} | ${changes} | ${seconds.toFixed(1)} | ${peak} | ${total.toFixed(1)} |`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits for the end of a process and returns the most memory that it had. */
async function peakMegabytes(child: ChildProcess): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peak = Math.max(peak, Math.round(Number(kilobytes ?? 0) / 1024));
    } catch {
      // It has just ended.
    }
  }, 100);
  await once(child, 'exit');
  clearInterval(timer);
  return peak;
}
