import type { MovableClock } from './movable-clock.ts';

const HOUR_MS = 60 * 60_000;

/** Moves the clock step by step, and lets everything happen that falls due on the way. */
export async function advanceClock(
  clock: MovableClock,
  milliseconds: number,
  tick: () => Promise<void>,
  stepMs = HOUR_MS,
): Promise<void> {
  for (let remainingMs = milliseconds; remainingMs > 0; remainingMs -= stepMs) {
    clock.advance(Math.min(remainingMs, stepMs));
    await tick();
  }
}
