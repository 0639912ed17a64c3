import type { EvidenceState, Period, StateInterval } from './intervals.ts';

/** How many accounts were in each state at one moment. */
export interface TimelinePoint {
  readonly at: Date;
  readonly counts: Readonly<Record<EvidenceState, number>>;
}

const DAY_MS = 24 * 60 * 60_000;
const MAX_POINTS = 93;

/** Returns the states of all accounts at regular moments of a period, at most 93 of them, its start and its last moment included. */
export function timeline(
  accounts: readonly { readonly intervals: readonly StateInterval[] }[],
  period: Period,
): readonly TimelinePoint[] {
  const days = Math.ceil((period.to.getTime() - period.from.getTime()) / DAY_MS);
  const step = Math.max(1, Math.ceil(days / (MAX_POINTS - 1))) * DAY_MS;
  const moments: number[] = [];
  for (let at = period.from.getTime(); at < period.to.getTime(); at += step) moments.push(at);
  const lastMoment = period.to.getTime() - 1;
  if (moments.at(-1) !== lastMoment) moments.push(lastMoment);

  const points = moments.map((at) => ({ at: new Date(at), counts: noAccounts() }));
  for (const { intervals } of accounts) {
    let index = 0;
    for (const { at, counts } of points) {
      while ((intervals[index]?.to ?? at) <= at && index < intervals.length - 1) index += 1;
      const interval = intervals[index];
      if (interval) counts[interval.state] += 1;
    }
  }
  return points;
}

function noAccounts(): Record<EvidenceState, number> {
  return {
    compliant: 0,
    noncompliant: 0,
    exempt: 0,
    unknown: 0,
    not_applicable: 0,
    not_observed: 0,
    not_a_member: 0,
  };
}
