import type { Actor, SlackUserId } from './person.ts';
import type { Explanation } from './root-events/incident.ts';
import {
  type DecisionRefusal,
  decisionOf,
  decline,
  type GrantDecision,
  type GrantTerms,
  grantRefusal,
  isInForce,
  revokeGrant,
  withdraw,
} from './temporary-grant.ts';

interface RecoveryTerms extends GrantTerms {
  /** A reference in another system of the company: untrusted text. */
  readonly ticket: string | null;
}

/** A time in which root of an account can have credentials although policy forbids them, from the request to its end. */
export type RecoveryWindow =
  | RequestedRecovery
  | WithdrawnRecovery
  | DeclinedRecovery
  | GrantedRecovery
  | RevokedRecovery
  | EndedRecovery
  | CompletedRecovery;

export interface RequestedRecovery extends RecoveryTerms {
  readonly state: 'asked';
}

export interface WithdrawnRecovery extends RecoveryTerms {
  readonly state: 'withdrawn';
  readonly closedBy: SlackUserId;
  readonly closedAt: Date;
}

export interface DeclinedRecovery extends RecoveryTerms, GrantDecision {
  readonly state: 'declined';
}

interface RecoveryFacts extends RecoveryTerms, GrantDecision {
  /** When root was first seen with credentials during the window. */
  readonly credentialsSeenAt: Date | null;
  /** When the requester was reminded that it ends soon. */
  readonly endAnnouncedAt: Date | null;
}

export interface GrantedRecovery extends RecoveryFacts {
  readonly state: 'granted';
}

export interface RevokedRecovery extends RecoveryFacts {
  readonly state: 'revoked';
  readonly closedBy: SlackUserId;
  readonly closedAt: Date;
}

/** Its time ran out. */
export interface EndedRecovery extends RecoveryFacts {
  readonly state: 'ended';
  readonly closedAt: Date;
}

/** A check saw that the credentials are gone again. */
export interface CompletedRecovery extends RecoveryFacts {
  readonly state: 'completed';
  readonly closedAt: Date;
}

export type OpenRecovery = RequestedRecovery | GrantedRecovery;

export const MAX_RECOVERY_HOURS = 72;
const HOUR_MS = 60 * 60_000;
/** How long before its end the requester is reminded. */
const END_NOTICE_MS = HOUR_MS;
/** A clock that is off by less takes no use of root out of the window. */
const CLOCK_TOLERANCE_MS = 2 * 60_000;

export interface RecoveryForm {
  readonly reason: string;
  readonly ticket: string | null;
  /** `null`: none was chosen. */
  readonly endsAt: Date | null;
}

export type RecoveryFormProblem =
  | { readonly kind: 'no-reason' }
  | { readonly kind: 'no-end' }
  | { readonly kind: 'in-the-past' }
  | { readonly kind: 'too-long' };

/** Returns what is wrong with a form; undefined when it can be asked for. */
export function findRecoveryFormProblem(
  { reason, endsAt }: RecoveryForm,
  now: Date,
): RecoveryFormProblem | undefined {
  if (reason.trim() === '') return { kind: 'no-reason' };
  if (!endsAt) return { kind: 'no-end' };
  if (endsAt <= now) return { kind: 'in-the-past' };
  const isTooLong = endsAt.getTime() - now.getTime() > MAX_RECOVERY_HOURS * HOUR_MS;
  return isTooLong ? { kind: 'too-long' } : undefined;
}

export type GrantRecoveryOutcome =
  | { readonly kind: 'granted'; readonly window: GrantedRecovery }
  | { readonly kind: 'already-over' }
  | DecisionRefusal;

/** Opens the window. `hasCredentials`: root has some already, so that their removal closes it. */
export function grantRecovery(
  request: RequestedRecovery,
  by: Actor,
  { hasCredentials }: { readonly hasCredentials: boolean },
  now: Date,
): GrantRecoveryOutcome {
  const refusal = grantRefusal(request, by, now);
  if (refusal) return refusal;
  const facts = { credentialsSeenAt: hasCredentials ? now : null, endAnnouncedAt: null };
  return {
    kind: 'granted',
    window: { ...request, ...decisionOf(by, null, now), ...facts, state: 'granted' },
  };
}

export type DeclineRecoveryOutcome =
  | { readonly kind: 'declined'; readonly window: DeclinedRecovery }
  | { readonly kind: 'no-reason' }
  | DecisionRefusal;

/** Declines a request, and says why. */
export function declineRecovery(
  request: RequestedRecovery,
  by: Actor,
  reason: string,
  now: Date,
): DeclineRecoveryOutcome {
  const outcome = decline(request, by, reason, now);
  return outcome.kind === 'declined' ? { kind: 'declined', window: outcome.grant } : outcome;
}

export type EndRecoveryOutcome =
  | { readonly kind: 'withdrawn'; readonly window: WithdrawnRecovery }
  | { readonly kind: 'revoked'; readonly window: RevokedRecovery }
  | { readonly kind: 'not-yours' };

/** Withdraws a request, or ends an open window early: its requester can do both, an admin the latter. */
export function endRecovery(open: OpenRecovery, by: Actor, now: Date): EndRecoveryOutcome {
  const window = open.state === 'asked' ? withdraw(open, by.id, now) : revokeGrant(open, by, now);
  if (!window) return { kind: 'not-yours' };
  return window.state === 'withdrawn' ? { kind: 'withdrawn', window } : { kind: 'revoked', window };
}

/** What a check says of root during an open window. */
export type RecoveryStep =
  | { readonly kind: 'credentials-seen'; readonly window: GrantedRecovery }
  | { readonly kind: 'completed'; readonly window: CompletedRecovery };

/**
 * Returns what a check changes about an open window; undefined when nothing. Root without credentials closes it only
 * after they were seen: a window opens before the password is recovered.
 */
export function recoveryStepAfterCheck(
  granted: GrantedRecovery,
  rootCredentials: 'present' | 'absent' | 'unknown' | 'not_applicable',
  at: Date,
): RecoveryStep | undefined {
  if (!isInForce(granted, at)) return undefined;
  if (rootCredentials === 'present' && granted.credentialsSeenAt === null)
    return { kind: 'credentials-seen', window: { ...granted, credentialsSeenAt: at } };
  if (rootCredentials === 'absent' && granted.credentialsSeenAt !== null)
    return { kind: 'completed', window: { ...granted, state: 'completed', closedAt: at } };
  return undefined;
}

/** Returns whether to remind the requester that the window ends: once, and not for a short one. */
export function isEndDue(window: RecoveryWindow, now: Date): window is GrantedRecovery {
  if (window.state !== 'granted' || window.endAnnouncedAt !== null || !isInForce(window, now)) return false;
  const wasLonger = window.endsAt.getTime() - window.decidedAt.getTime() > END_NOTICE_MS;
  return wasLonger && window.endsAt.getTime() - now.getTime() <= END_NOTICE_MS;
}

/** Returns whether the window was open at a moment, whatever became of it later. */
export function recoveryCovers(window: RecoveryWindow, at: Date): boolean {
  if (!('credentialsSeenAt' in window)) return false;
  const end = 'closedAt' in window && window.closedAt < window.endsAt ? window.closedAt : window.endsAt;
  return (
    at.getTime() >= window.decidedAt.getTime() - CLOCK_TOLERANCE_MS &&
    at.getTime() <= end.getTime() + CLOCK_TOLERANCE_MS
  );
}

/** Returns the window as the explanation of events. */
export function recoveryExplanation({ id, askedBy, reason, ticket, endsAt }: RecoveryWindow): Explanation {
  return { kind: 'recovery-window', id, by: askedBy, reason, ticket, until: endsAt };
}
