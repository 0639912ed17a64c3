import { Temporal } from 'temporal-polyfill';
import type { Job, Period } from './job.ts';

/** A run is late when it begins that long after its time: ticks and short failures take a minute or two. */
export const LATE_AFTER_MS = 5 * 60_000;

/** What to do about the run that was due last. */
export type DueDecision =
  | { readonly kind: 'run'; readonly period: Omit<Period, 'attempt'> }
  /** It was missed, and is not worth catching up. */
  | { readonly kind: 'skip' }
  /** The bot has never run: what was due before is not owed. */
  | { readonly kind: 'start-history' };

/** Decides what to do about a run that is due and not done. `isFirstStart`: the job has no past in the database. */
export function decideDue(
  job: Pick<Job, 'catchUp' | 'catchUpWithinMs' | 'runAtStart'>,
  { at, key }: { readonly at: Date; readonly key: string },
  { now, isFirstStart }: { readonly now: Date; readonly isFirstStart: boolean },
): DueDecision {
  const lateByMs = now.getTime() - at.getTime();
  const period = { key, scheduledFor: at, late: lateByMs >= LATE_AFTER_MS };
  if (isFirstStart) return job.runAtStart ? { kind: 'run', period } : { kind: 'start-history' };
  return lateByMs < catchUpWithinMs(job) ? { kind: 'run', period } : { kind: 'skip' };
}

function catchUpWithinMs({ catchUp, catchUpWithinMs }: Pick<Job, 'catchUp' | 'catchUpWithinMs'>): number {
  return catchUp === 'none' ? LATE_AFTER_MS : (catchUpWithinMs ?? Number.POSITIVE_INFINITY);
}

/** The key of a period, by the zone's own clocks: it stays the same when the company moves to another zone. */
export function localDateTimeKey(at: Date, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' });
}
