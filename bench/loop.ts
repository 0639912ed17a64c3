import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** How long some work took, and the longest time in which nothing else got a turn. */
export interface Timed<T> {
  readonly result: T;
  readonly ms: number;
  /** Of this process: on a busy machine it tells more than the time on the wall. */
  readonly cpuMs: number;
  readonly longestGapMs: number;
}

const RESOLUTION_MS = 5;

/** Does the work, and looks meanwhile how long the event loop is kept busy at a stretch. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await pause(4 * RESOLUTION_MS);
  delay.reset();
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const result = await work();
  const ms = performance.now() - began;
  const cpu = process.cpuUsage(cpuBefore);
  // What kept the loop busy last is counted at the next turn.
  await pause(4 * RESOLUTION_MS);
  delay.disable();
  return {
    result,
    ms,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    longestGapMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
  };
}
