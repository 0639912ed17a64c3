import type { AccountId } from '../account.ts';
import type { SlackUserId } from '../person.ts';
import type { Explanation } from './incident.ts';

/** Use of root that a person announced before it happened. */
export interface AnnouncedUse {
  readonly id: string;
  readonly accountId: AccountId;
  readonly announcedBy: SlackUserId;
  readonly announcedAt: Date;
  readonly reason: string;
  readonly ticket: string | null;
  readonly endsAt: Date;
  /** When it was taken back before its end. */
  readonly endedAt: Date | null;
}

/** The longest that a use can be announced for. */
export const MAX_ANNOUNCED_HOURS = 24;

/** A clock that is off by less takes no event out of the announced time. */
const CLOCK_TOLERANCE_MS = 2 * 60_000;

/** Whether the announcement covers a moment. What happened before it was made is not explained by it. */
export function covers(use: AnnouncedUse, at: Date): boolean {
  const end = use.endedAt !== null && use.endedAt < use.endsAt ? use.endedAt : use.endsAt;
  return (
    at.getTime() >= use.announcedAt.getTime() - CLOCK_TOLERANCE_MS &&
    at.getTime() <= end.getTime() + CLOCK_TOLERANCE_MS
  );
}

/** The announcement as the explanation of events. */
export function toExplanation(use: AnnouncedUse): Explanation {
  const { id, announcedBy, reason, ticket, endsAt } = use;
  return { kind: 'announced-use', id, by: announcedBy, reason, ticket, until: endsAt };
}
