/** A clock that runs on like every other, and can be moved forward. */
export interface MovableClock {
  now(): Date;
  advance(milliseconds: number): void;
}

/** A clock that starts at a moment, or at the real time, and can be moved. */
export function movableClock(start = new Date()): MovableClock {
  let offsetMs = start.getTime() - Date.now();
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance: (milliseconds) => {
      offsetMs += milliseconds;
    },
  };
}
