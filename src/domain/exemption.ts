import type { AccountId } from './account.ts';
import { daysAfter, endOfDate, localDate } from './calendar.ts';
import type { PolicyControl } from './guardrails/guardrails.ts';
import type { Actor, SlackUserId } from './person.ts';
import {
  type DecisionRefusal,
  decisionOf,
  decline,
  type GrantDecision,
  type GrantTerms,
  grantRefusal,
  isInForce as isGrantInForce,
  revokeGrant,
  withdraw,
} from './temporary-grant.ts';

interface ExemptionBase extends GrantTerms {
  /** What protects the account meanwhile; `null`: nothing was said. */
  readonly compensatingControl: string | null;
}

/** A temporary exemption, from the request to its end. */
export type Exemption =
  | RequestedExemption
  | WithdrawnExemption
  | DeclinedExemption
  | GrantedExemption
  | EndedExemption
  | RevokedExemption;

export interface RequestedExemption extends ExemptionBase {
  readonly state: 'asked';
}

/** The asker no longer wants it. */
export interface WithdrawnExemption extends ExemptionBase {
  readonly state: 'withdrawn';
  readonly closedBy: SlackUserId;
  readonly closedAt: Date;
}

export interface DeclinedExemption extends ExemptionBase, GrantDecision {
  readonly state: 'declined';
}

/** In force until its end, unless it is revoked. */
export interface GrantedExemption extends ExemptionBase, GrantDecision {
  readonly state: 'granted';
  /** When the requester was notified that the end is near; `null`: not yet. */
  readonly endAnnouncedAt: Date | null;
  /** The policy that denied root when leave was granted; `null`: none did. */
  readonly control: PolicyControl | null;
  /** When that policy was found to no longer deny root. */
  readonly controlLostAt: Date | null;
}

export interface EndedExemption extends Omit<GrantedExemption, 'state'> {
  readonly state: 'ended';
  readonly closedAt: Date;
}

export interface RevokedExemption extends Omit<GrantedExemption, 'state'> {
  readonly state: 'revoked';
  readonly closedBy: SlackUserId;
  readonly closedAt: Date;
}

/** How long leave may be. */
export interface ExemptionPolicy {
  readonly maxDays: number;
}

/** What an owner fills in. */
export interface ExemptionForm {
  readonly id: string;
  readonly accountId: AccountId;
  readonly reason: string;
  readonly compensatingControl?: string | undefined;
  /** The last day on which it holds: `2026-12-31`. */
  readonly lastDay: string;
}

export type ExemptionRequestOutcome =
  | { readonly kind: 'asked'; readonly exemption: RequestedExemption }
  | { readonly kind: 'already-open'; readonly exemption: RequestedExemption | GrantedExemption }
  | ExemptionFormProblem;

/** What the form says that cannot be asked for. */
export type ExemptionFormProblem =
  | { readonly kind: 'no-reason' }
  | { readonly kind: 'not-a-date' }
  | { readonly kind: 'in-the-past' }
  | { readonly kind: 'too-long'; readonly maxDays: number; readonly latestDay: string };

/** Asks for leave until the end of a day, in the company's zone. */
export function createExemptionRequest(
  form: ExemptionForm,
  by: SlackUserId,
  {
    open,
    policy,
    zone,
  }: { open: RequestedExemption | GrantedExemption | undefined; policy: ExemptionPolicy; zone: string },
  now: Date,
): ExemptionRequestOutcome {
  if (open) return { kind: 'already-open', exemption: open };
  const validated = validateForm(form, { policy, zone }, now);
  if (validated.kind !== 'valid') return validated;

  const { reason, endsAt } = validated;
  const { id, accountId } = form;
  const compensatingControl = form.compensatingControl?.trim() || null;
  return {
    kind: 'asked',
    exemption: {
      state: 'asked',
      id,
      accountId,
      askedBy: by,
      askedAt: now,
      reason,
      compensatingControl,
      endsAt,
    },
  };
}

/** What is wrong with a form, whatever account it is for; undefined when nothing is. */
export function findExemptionFormProblem(
  ...validated: Parameters<typeof validateForm>
): ExemptionFormProblem | undefined {
  const outcome = validateForm(...validated);
  return outcome.kind === 'valid' ? undefined : outcome;
}

function validateForm(
  { reason: written, lastDay }: Pick<ExemptionForm, 'reason' | 'lastDay'>,
  { policy, zone }: { policy: ExemptionPolicy; zone: string },
  now: Date,
): ExemptionFormProblem | { readonly kind: 'valid'; readonly reason: string; readonly endsAt: Date } {
  const reason = written.trim();
  if (reason === '') return { kind: 'no-reason' };

  const endsAt = endOfDate(lastDay, zone);
  if (!endsAt) return { kind: 'not-a-date' };
  if (endsAt <= now) return { kind: 'in-the-past' };
  const latestDay = latestDayOf(policy, zone, now);
  if (lastDay > latestDay) return { kind: 'too-long', maxDays: policy.maxDays, latestDay };
  return { kind: 'valid', reason, endsAt };
}

/** The last day on which it holds, in the company's zone: `2026-12-31`. */
export function lastDayOf({ endsAt }: Pick<Exemption, 'endsAt'>, zone: string): string {
  return localDate(new Date(endsAt.getTime() - 1), zone);
}

/** The latest day that may be asked for today: `2026-12-31`. */
export function latestDayOf({ maxDays }: ExemptionPolicy, zone: string, now: Date): string {
  return localDate(daysAfter(now, maxDays, zone), zone);
}

export type GrantOutcome =
  | { readonly kind: 'granted'; readonly exemption: GrantedExemption }
  | { readonly kind: 'already-over' }
  | DecisionRefusal;

/** Grants leave; never to oneself, and not after its end. */
export function grantExemptionRequest(
  request: RequestedExemption,
  by: Actor,
  note: string | null,
  now: Date,
): GrantOutcome {
  const refusal = grantRefusal(request, by, now);
  if (refusal) return refusal;
  return {
    kind: 'granted',
    exemption: {
      ...request,
      ...decisionOf(by, note, now),
      state: 'granted',
      endAnnouncedAt: null,
      control: null,
      controlLostAt: null,
    },
  };
}

export type DeclineExemptionOutcome =
  | { readonly kind: 'declined'; readonly exemption: DeclinedExemption }
  | { readonly kind: 'no-reason' }
  | DecisionRefusal;

/** Declines leave, and says why. */
export function declineExemption(
  request: RequestedExemption,
  by: Actor,
  reason: string,
  now: Date,
): DeclineExemptionOutcome {
  const outcome = decline(request, by, reason, now);
  return outcome.kind === 'declined' ? { kind: 'declined', exemption: outcome.grant } : outcome;
}

export type WithdrawExemptionRequestOutcome =
  | { readonly kind: 'withdrawn'; readonly exemption: WithdrawnExemption }
  | { readonly kind: 'not-yours' };

/** Withdraws a request that is not decided yet. */
export function withdrawExemptionRequest(
  request: RequestedExemption,
  by: SlackUserId,
  now: Date,
): WithdrawExemptionRequestOutcome {
  const exemption = withdraw(request, by, now);
  return exemption ? { kind: 'withdrawn', exemption } : { kind: 'not-yours' };
}

export type RevokeOutcome =
  | { readonly kind: 'revoked'; readonly exemption: RevokedExemption }
  | { readonly kind: 'not-an-admin' };

/** Ends leave early. The asker may, too: giving it up needs no second person. */
export function revoke(granted: GrantedExemption, by: Actor, now: Date): RevokeOutcome {
  const exemption = revokeGrant(granted, by, now);
  return exemption ? { kind: 'revoked', exemption } : { kind: 'not-an-admin' };
}

/** Returns the exemption after its requester was notified that the end is near. */
export function markEndAnnounced(granted: GrantedExemption, now: Date): GrantedExemption {
  return { ...granted, endAnnouncedAt: now };
}

/** The exemption with the policy that denies root as it is granted. */
export function withControl(granted: GrantedExemption, control: PolicyControl | null): GrantedExemption {
  return { ...granted, control };
}

/** The exemption after the policy that was its compensating control was seen to be gone. */
export function controlLost(granted: GrantedExemption, now: Date): GrantedExemption {
  return { ...granted, controlLostAt: now };
}

/** Whether the exemption applies now. It ends at its time, whether a job has run or not. */
export function isInForce(exemption: Exemption, now: Date): exemption is GrantedExemption {
  return isGrantInForce(exemption, now);
}

/** A week's notice, so that a key can still be fetched. */
export const END_NOTICE_DAYS = 7;

/** Whether leave that holds today ends within a week. */
export function endsSoon(exemption: Exemption, now: Date): exemption is GrantedExemption {
  return isInForce(exemption, now) && exemption.endsAt.getTime() - now.getTime() <= END_NOTICE_DAYS * DAY_MS;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Returns until when an account is exempt; undefined if it is not. */
export function exemptUntil(exemptions: Iterable<Exemption>, now: Date): Date | undefined {
  let end: Date | undefined;
  for (const exemption of exemptions) {
    if (isInForce(exemption, now) && (!end || exemption.endsAt > end)) end = exemption.endsAt;
  }
  return end;
}
