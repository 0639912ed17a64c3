import { serialize } from '../concurrency.ts';

/** Limits how often each person can start something that costs much. */
export interface PersonLimit {
  /** Counts a start. Returns when the next one is possible if there were too many, or undefined when it may start. */
  tryStart(personId: string): Date | undefined;
}

export interface PersonLimitOptions {
  readonly max: number;
  readonly perMs: number;
  readonly now: () => Date;
}

/** Creates a limit of `max` starts within `perMs` for each person, counted in this process. */
export function createPersonLimit({ max, perMs, now }: PersonLimitOptions): PersonLimit {
  const startsByPerson = new Map<string, readonly number[]>();
  return {
    tryStart(personId) {
      const at = now().getTime();
      // A clock that was set back must not lock anyone out.
      const isRecent = (start: number) => start <= at && at - start < perMs;
      for (const [id, starts] of startsByPerson) if (!starts.some(isRecent)) startsByPerson.delete(id);

      const recent = (startsByPerson.get(personId) ?? []).filter(isRecent);
      const [oldest] = recent;
      if (recent.length >= max && oldest !== undefined) return new Date(oldest + perMs);
      startsByPerson.set(personId, [...recent, at]);
      return undefined;
    },
  };
}

/** The limits of what people can start. */
export interface PersonLimits {
  readonly exports: PersonLimit;
  readonly checks: PersonLimit;
  /** Runs an export, from reading to sending, once the one before is done: each holds its whole file in memory. */
  exportInTurn(task: () => Promise<void>): Promise<void>;
}

const TEN_MINUTES_MS = 10 * 60_000;

/** Creates the limits: more than anyone needs, and too little to slow the bot down. */
export function createPersonLimits(now: () => Date): PersonLimits {
  const inTurn = serialize();
  return {
    exportInTurn: (task) => inTurn('export', task),
    exports: createPersonLimit({ max: 10, perMs: TEN_MINUTES_MS, now }),
    checks: createPersonLimit({ max: 30, perMs: TEN_MINUTES_MS, now }),
  };
}
