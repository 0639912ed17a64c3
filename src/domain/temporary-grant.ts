import type { AccountId } from './account.ts';
import type { Actor, SlackUserId } from './person.ts';

/** What one person asks for, a second person grants, and time ends: an exemption, a recovery window. */
export interface GrantTerms {
  readonly id: string;
  readonly accountId: AccountId;
  readonly askedBy: SlackUserId;
  readonly askedAt: Date;
  readonly reason: string;
  /** The first moment at which it no longer holds. */
  readonly endsAt: Date;
}

/** What the second person decided. */
export interface GrantDecision {
  readonly decidedBy: SlackUserId;
  readonly decidedAt: Date;
  readonly decisionNote: string | null;
}

/** Who closed it before its end, and when. */
interface Closing {
  readonly closedBy: SlackUserId;
  readonly closedAt: Date;
}

interface Requested extends GrantTerms {
  readonly state: 'asked';
}

interface Granted extends GrantTerms, GrantDecision {
  readonly state: 'granted';
}

type InState<Grant, State extends string, Facts = unknown> = Omit<Grant, 'state'> & {
  readonly state: State;
} & Facts;

export type DecisionRefusal = { readonly kind: 'not-an-admin' } | { readonly kind: 'own-request' };

/** Returns why a person cannot decide: a second person must, and an admin. */
export function decisionRefusal(
  { askedBy }: Pick<GrantTerms, 'askedBy'>,
  by: Actor,
): DecisionRefusal | undefined {
  if (by.id === askedBy) return { kind: 'own-request' };
  return by.admin ? undefined : { kind: 'not-an-admin' };
}

/** Returns why a request cannot be granted: never to oneself, and not after its end. */
export function grantRefusal(
  request: Requested,
  by: Actor,
  now: Date,
): DecisionRefusal | { readonly kind: 'already-over' } | undefined {
  return decisionRefusal(request, by) ?? (request.endsAt <= now ? { kind: 'already-over' } : undefined);
}

/** Returns a decision as it is recorded. */
export function decisionOf(by: Actor, note: string | null, now: Date): GrantDecision {
  return { decidedBy: by.id, decidedAt: now, decisionNote: note?.trim() || null };
}

export type DeclineOutcome<Request> =
  | { readonly kind: 'declined'; readonly grant: InState<Request, 'declined', GrantDecision> }
  | { readonly kind: 'no-reason' }
  | DecisionRefusal;

/** Declines a request, and says why. */
export function decline<Request extends Requested>(
  request: Request,
  by: Actor,
  reason: string,
  now: Date,
): DeclineOutcome<Request> {
  const refusal = decisionRefusal(request, by);
  if (refusal) return refusal;
  if (reason.trim() === '') return { kind: 'no-reason' };
  return { kind: 'declined', grant: { ...request, ...decisionOf(by, reason, now), state: 'declined' } };
}

/** Returns the request, withdrawn by its requester; undefined for everyone else. */
export function withdraw<Request extends Requested>(
  request: Request,
  by: SlackUserId,
  now: Date,
): InState<Request, 'withdrawn', Closing> | undefined {
  return by === request.askedBy ? { ...request, state: 'withdrawn', closedBy: by, closedAt: now } : undefined;
}

/** Returns the request, closed because no one decided before its end; undefined while there is time. */
export function lapseIfExpired<Request extends Requested>(
  request: Request,
  now: Date,
): InState<Request, 'withdrawn', Closing> | undefined {
  return request.endsAt <= now
    ? { ...request, state: 'withdrawn', closedBy: request.askedBy, closedAt: request.endsAt }
    : undefined;
}

/** Returns what was granted, ended early by an admin or its requester: giving it up needs no second person. */
export function revokeGrant<Grant extends Granted>(
  granted: Grant,
  by: Actor,
  now: Date,
): InState<Grant, 'revoked', Closing> | undefined {
  return by.admin || by.id === granted.askedBy
    ? { ...granted, state: 'revoked', closedBy: by.id, closedAt: now }
    : undefined;
}

/** Returns what was granted, ended by time; undefined while it still holds. */
export function endIfExpired<Grant extends Granted>(
  granted: Grant,
  now: Date,
): InState<Grant, 'ended', { readonly closedAt: Date }> | undefined {
  return granted.endsAt <= now ? { ...granted, state: 'ended', closedAt: granted.endsAt } : undefined;
}

/** Returns whether it holds now. It ends at its time, whether a job has run or not. */
export function isInForce(grant: { readonly state: string; readonly endsAt: Date }, now: Date): boolean {
  return grant.state === 'granted' && now < grant.endsAt;
}
