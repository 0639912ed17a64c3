import type { AccountId } from './account.ts';
import { businessDaysAfter, nextWorkingMoment, workingHours } from './calendar.ts';
import type { SlackUserId } from './person.ts';

/** A request to an admin to remove the root credentials of an account: only an admin can. */
export interface RemovalRequest {
  readonly id: string;
  readonly accountId: AccountId;
  readonly requestedBy: SlackUserId;
  readonly requestedAt: Date;
  /** The admin who took it on; `null`: none yet. */
  readonly assignedTo: SlackUserId | null;
  readonly assignedAt: Date | null;
  /** When a check saw no root credentials; `null`: not yet. */
  readonly doneAt: Date | null;
  /** When its requester withdrew it. */
  readonly withdrawnAt: Date | null;
  /** When it was followed up last. */
  readonly followedUpAt: Date | null;
  readonly followUps: number;
}

export type RemovalState = 'requested' | 'assigned' | 'done' | 'withdrawn';

/** Returns the state of a request. */
export function removalState({ doneAt, withdrawnAt, assignedTo }: RemovalRequest): RemovalState {
  if (doneAt) return 'done';
  if (withdrawnAt) return 'withdrawn';
  return assignedTo ? 'assigned' : 'requested';
}

const FIRST_FOLLOW_UP_DAYS = 3;
const MAX_FOLLOW_UP_DAYS = 12;

/**
 * Returns whether a request that waits is followed up now: after three business days without progress, then each time
 * after twice as many, at most twelve.
 */
export function isFollowUpDue(
  request: RemovalRequest,
  { zone, hours }: { readonly zone: string; readonly hours: string },
  now: Date,
): boolean {
  const state = removalState(request);
  if (state === 'done' || state === 'withdrawn') return false;
  const { requestedAt, assignedAt, followedUpAt, followUps } = request;
  const since = Math.max(...[requestedAt, assignedAt, followedUpAt].map((at) => at?.getTime() ?? 0));
  const days = Math.min(FIRST_FOLLOW_UP_DAYS * 2 ** followUps, MAX_FOLLOW_UP_DAYS);
  const due = businessDaysAfter(new Date(since), days, zone);
  const earliest = due > now ? due : now;
  return nextWorkingMoment(earliest, zone, workingHours(hours)) <= now;
}
