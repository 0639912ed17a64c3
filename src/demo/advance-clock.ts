import type { MovableClock } from './movable-clock.ts';

const HOUR_MS = 60 * 60_000;

/** Moves the clock step by step, and lets everything happen that falls due on the way. */
export async function passTime(
  clock: MovableClock,
  milliseconds: number,
  tick: () => Promise<void>,
  stepMs = HOUR_MS,
): Promise<void> {
  for (let left = milliseconds; left > 0; left -= stepMs) {
    clock.advance(Math.min(left, stepMs));
    await tick();
  }
}
