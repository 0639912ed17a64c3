import type { MovableClock } from './clock.ts';

/** Reminders are looked for twice an hour; nothing of the timetable is due more often. */
const STEP_MS = 30 * 60_000;

/** Moves the clock step by step, and lets everything happen that falls due on the way. */
export async function passTime(
  clock: MovableClock,
  milliseconds: number,
  tick: () => Promise<void>,
): Promise<void> {
  for (let left = milliseconds; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(left, STEP_MS));
    await tick();
  }
}
