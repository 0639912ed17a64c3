import { setTimeout as pause } from 'node:timers/promises';

/** How long some work took, and how long nothing else got a turn meanwhile. */
export interface Timed<T> {
  readonly result: T;
  readonly ms: number;
  /** Of this process: on a busy machine it tells more than the time on the wall. */
  readonly cpuMs: number;
  /** The longest time in which no timer got a turn. */
  readonly longestGapMs: number;
  /** The most that this process worked without giving one a turn: other processes do not lengthen it. */
  readonly busiestGapMs: number;
}

const BEAT_MS = 5;

/** Does the work, and looks meanwhile how long the event loop is kept busy at a stretch. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  let last = { at: performance.now(), cpuMs: cpuMs() };
  let longestGapMs = 0;
  let busiestGapMs = 0;
  const beat = () => {
    const now = { at: performance.now(), cpuMs: cpuMs() };
    longestGapMs = Math.max(longestGapMs, now.at - last.at - BEAT_MS);
    busiestGapMs = Math.max(busiestGapMs, now.cpuMs - last.cpuMs - BEAT_MS);
    last = now;
  };
  const beats = setInterval(beat, BEAT_MS);
  const before = { ...last };
  const result = await work();
  const ms = performance.now() - before.at;
  const spentMs = cpuMs() - before.cpuMs;
  // What kept the loop busy last is counted at the next turn.
  await pause(2 * BEAT_MS);
  clearInterval(beats);
  return { result, ms, cpuMs: spentMs, longestGapMs, busiestGapMs };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
