/** A clock that runs on like every other, and can be moved forward. */
export interface MovableClock {
  now(): Date;
  advance(milliseconds: number): void;
}

/** A clock that shows the real time until it is moved. `behind`: by how much it starts in the past. */
export function movableClock(behind = 0): MovableClock {
  let ahead = -behind;
  return {
    now: () => new Date(Date.now() + ahead),
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}
