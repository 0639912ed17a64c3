import type { Compliance } from '../compliance.ts';
import { complianceOf } from '../compliance.ts';
import type { Requirement } from '../policy.ts';
import type { LevelResult, RootCredentials, Verdict } from '../verdict.ts';
import { level2Under } from '../verdict.ts';

/** A period of time: `from` is included, `to` is not. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** A look holds for this long. After that, without a new one, an account counts as not observed. */
export const OBSERVATION_HOLDS_MS = 48 * 60 * 60_000;

/** `not_a_member`: not an account of the organization then · `not_observed`: no successful look in the last 48 hours. */
export type EvidenceState = Compliance | 'not_observed' | 'not_a_member';

/** A stretch of time in which the state of an account and its evidence were the same. */
export interface StateInterval extends Period {
  readonly state: EvidenceState;
  /** `null` where nothing was observed. */
  readonly verdict: Verdict | null;
  readonly level1: LevelResult | 'not_observed' | 'not_a_member';
  /** As policy reads it: with proof, and with the owner's attestation. */
  readonly level2: LevelResult | 'not_observed' | 'not_a_member';
  readonly rootCredentials: RootCredentials | 'not_observed' | 'not_a_member';
  readonly exemptionId: string | null;
}

/** What is known of one account over a period. Lists are in order of time. */
export interface AccountHistory {
  readonly requirement: Requirement;
  /** Until then it was not in the organization, as a scan shows; `null`: no scan shows that it was not. */
  readonly notMemberUntil: Date | null;
  /** Closed, or gone from the organization; `null` while it is there. */
  readonly closedAt: Date | null;
  readonly verdicts: readonly {
    readonly verdict: Verdict;
    readonly since: Date;
    readonly until: Date | null;
  }[];
  /** When it could not be read. */
  readonly gaps: readonly { readonly since: Date; readonly until: Date | null }[];
  /** Exemptions in force, with the moment at which they ended or will end. */
  readonly exemptions: readonly { readonly id: string; readonly from: Date; readonly to: Date }[];
  /** The owner's word that the device is hardware, while it counted. */
  readonly attestations: readonly Period[];
}

/**
 * Returns the intervals of constant state of one account. They cover the period without gap or overlap.
 *
 * @param looks Times of the successful scans, oldest first; a check of one account counts by its own verdict.
 */
export function stateIntervals(
  history: AccountHistory,
  looks: readonly Date[],
  period: Period,
): readonly StateInterval[] {
  const observed = observedStretches(history, looks);
  const moments = [
    history.notMemberUntil,
    history.closedAt,
    ...observed.flatMap(({ from, to }) => [from, to]),
    ...history.verdicts.flatMap(({ since, until }) => [since, until]),
    ...history.exemptions.flatMap(({ from, to }) => [from, to]),
    ...history.attestations.flatMap(({ from, to }) => [from, to]),
  ];
  const cuts = [
    ...new Set(
      moments.flatMap((at) => (at !== null && at > period.from && at < period.to ? [at.getTime()] : [])),
    ),
  ].sort((a, b) => a - b);
  const bounds = [period.from.getTime(), ...cuts, period.to.getTime()];
  const slices = bounds.slice(0, -1).map((from, index) => {
    const slice = { from: new Date(from), to: new Date(bounds[index + 1] ?? from) };
    return { ...slice, ...stateAt(history, observed, slice.from) };
  });
  return mergeEqual(slices);
}

/** Returns how long each state lasted in a period, in milliseconds. */
export function durationByState(
  intervals: readonly StateInterval[],
): Readonly<Record<EvidenceState, number>> {
  const total: Record<EvidenceState, number> = {
    compliant: 0,
    noncompliant: 0,
    exempt: 0,
    unknown: 0,
    not_applicable: 0,
    not_observed: 0,
    not_a_member: 0,
  };
  for (const { from, to, state } of intervals) total[state] += to.getTime() - from.getTime();
  return total;
}

/**
 * Returns until when an account was not in the organization, or `null` if no scan shows that. An account that the first scan
 * found can have been there before, and so can one that was found after a time without scans.
 *
 * @param scans Times of the finished scans, oldest first.
 */
export function notMemberUntil(firstSeenAt: Date, scans: readonly Date[]): Date | null {
  const before = scans.findLast((at) => at < firstSeenAt);
  if (!before) return null;
  return new Date(Math.min(firstSeenAt.getTime(), before.getTime() + OBSERVATION_HOLDS_MS));
}

/** The stretches in which a successful look was at most 48 hours old. */
function observedStretches(history: AccountHistory, looks: readonly Date[]): readonly Period[] {
  const isUnread = (at: Date) =>
    history.gaps.some(({ since, until }) => at >= since && (until === null || at < until));
  const first = history.verdicts[0]?.since;
  const times = [
    ...looks.filter((at) => first !== undefined && at >= first && !isUnread(at)),
    ...history.verdicts.map(({ since }) => since),
    ...history.gaps.flatMap(({ until }) => (until === null ? [] : [until])),
  ].sort((a, b) => a.getTime() - b.getTime());

  const stretches: { from: Date; to: Date }[] = [];
  for (const at of times) {
    const nextGap = history.gaps.find(({ since }) => since > at)?.since;
    const holds = new Date(at.getTime() + OBSERVATION_HOLDS_MS);
    const to = nextGap && nextGap < holds ? nextGap : holds;
    const last = stretches.at(-1);
    if (last && at <= last.to) last.to = new Date(Math.max(to.getTime(), last.to.getTime()));
    else stretches.push({ from: at, to });
  }
  return stretches;
}

function stateAt(
  history: AccountHistory,
  observed: readonly Period[],
  at: Date,
): Omit<StateInterval, 'from' | 'to'> {
  const exemptionId = history.exemptions.find((exemption) => isWithin(at, exemption))?.id ?? null;
  const hasJoined = history.notMemberUntil === null || at >= history.notMemberUntil;
  const hasLeft = history.closedAt !== null && at >= history.closedAt;
  if (!hasJoined || hasLeft) return without('not_a_member', null);

  const current = history.verdicts.find(({ since, until }) => at >= since && (until === null || at < until));
  if (!current || !observed.some((stretch) => isWithin(at, stretch)))
    return without('not_observed', exemptionId);

  const { verdict } = current;
  const attestedUntil = history.attestations.find((stretch) => isWithin(at, stretch))?.to;
  const exemptUntil = history.exemptions.find((exemption) => isWithin(at, exemption))?.to;
  return {
    state: complianceOf(verdict, history.requirement, { exemptUntil, attestedUntil }, at),
    verdict,
    level1: verdict.level1,
    level2: level2Under(history.requirement.proof, verdict, attestedUntil !== undefined),
    rootCredentials: verdict.rootCredentials,
    exemptionId,
  };
}

function without(
  state: 'not_a_member' | 'not_observed',
  exemptionId: string | null,
): Omit<StateInterval, 'from' | 'to'> {
  return { state, verdict: null, level1: state, level2: state, rootCredentials: state, exemptionId };
}

function isWithin(at: Date, { from, to }: Period): boolean {
  return at >= from && at < to;
}

function mergeEqual(slices: readonly StateInterval[]): readonly StateInterval[] {
  const merged: StateInterval[] = [];
  for (const slice of slices) {
    const last = merged.at(-1);
    const same =
      last &&
      last.state === slice.state &&
      last.verdict === slice.verdict &&
      last.level2 === slice.level2 &&
      last.exemptionId === slice.exemptionId;
    if (same) merged[merged.length - 1] = { ...last, to: slice.to };
    else merged.push(slice);
  }
  return merged;
}
