import type { AccountId } from './account.ts';
import { daysAfter, localDate } from './calendar.ts';
import type { Actor, SlackUserId } from './person.ts';
import { refusalOfAnswer } from './root-events/answer.ts';
import type { Mfa } from './verdict.ts';

/** The removal of MFA from a root user, until MFA is registered again. */
export interface MfaRemoval {
  readonly id: string;
  readonly accountId: AccountId;
  /** What protected root before. */
  readonly was: Mfa;
  readonly seenAt: Date;
  /** `explained`: the owner is replacing a device. `denied`: the owner did not remove it. */
  readonly state: 'open' | 'explained' | 'denied';
  readonly asked: readonly SlackUserId[];
  /** `null`: the owner is still to be asked. */
  readonly askedAt: Date | null;
  readonly answeredBy: SlackUserId | null;
  readonly answeredAt: Date | null;
  readonly reason: string | null;
  /** The last day without MFA, in the company's zone: `2026-12-01`. */
  readonly untilDay: string | null;
  readonly acknowledged: { readonly by: SlackUserId; readonly at: Date } | null;
  readonly assigned: { readonly to: SlackUserId; readonly by: SlackUserId; readonly at: Date } | null;
  readonly endedAt: Date | null;
}

/** A replacement takes days, not months: after that it is like any account without MFA. */
export const MAX_REPLACEMENT_DAYS = 14;

/** Returns a removal that was just seen. */
export function newMfaRemoval(
  accountId: AccountId,
  { id, was, at }: { readonly id: string; readonly was: Mfa; readonly at: Date },
): MfaRemoval {
  return {
    id,
    accountId,
    was,
    seenAt: at,
    state: 'open',
    asked: [],
    askedAt: null,
    answeredBy: null,
    answeredAt: null,
    reason: null,
    untilDay: null,
    acknowledged: null,
    assigned: null,
    endedAt: null,
  };
}

/** What a person says of a removal. */
export type MfaRemovalAnswer =
  | { readonly kind: 'mine'; readonly reason: string | null; readonly untilDay: string }
  | { readonly kind: 'not-mine' };

export type MfaRemovalRefusal =
  /** It was answered, and this person cannot overrule it. */
  | { readonly kind: 'already-answered'; readonly removal: MfaRemoval }
  | { readonly kind: 'not-yours' }
  /** MFA is registered again. */
  | { readonly kind: 'over' };

export type MfaRemovalAnswerOutcome =
  | { readonly kind: 'explained' | 'denied'; readonly removal: MfaRemoval }
  | { readonly kind: 'bad-day' }
  | MfaRemovalRefusal;

/** Returns what an answer makes of a removal. */
export function answerMfaRemoval(
  removal: MfaRemoval,
  answer: MfaRemovalAnswer,
  {
    by,
    isOwner,
    now,
    zone,
  }: { readonly by: Actor; readonly isOwner: boolean; readonly now: Date; readonly zone: string },
): MfaRemovalAnswerOutcome {
  if (removal.endedAt) return { kind: 'over' };
  const state = answer.kind === 'mine' ? 'explained' : 'denied';
  const mayAnswer = isOwner || removal.assigned?.to === by.id;
  const refusal = refusalOfAnswer(removal, state, { by, isOwner: mayAnswer });
  if (refusal) return refusal === 'not-yours' ? { kind: refusal } : { kind: refusal, removal };
  if (answer.kind === 'mine' && !isReplacementDay(answer.untilDay, zone, now)) return { kind: 'bad-day' };

  const { reason, untilDay } = answer.kind === 'mine' ? answer : { reason: null, untilDay: null };
  return {
    kind: state,
    removal: { ...removal, state, answeredBy: by.id, answeredAt: now, reason, untilDay },
  };
}

/** Returns the latest day until which a replacement can last. */
export function lastReplacementDay(zone: string, now: Date): string {
  return localDate(daysAfter(now, MAX_REPLACEMENT_DAYS, zone), zone);
}

/** Whether a replacement can last until that day. */
export function isReplacementDay(day: string, zone: string, now: Date): boolean {
  return day >= localDate(now, zone) && day <= lastReplacementDay(zone, now);
}

export type HandleMfaRemovalOutcome =
  | { readonly kind: 'acknowledged' | 'assigned'; readonly removal: MfaRemoval }
  | { readonly kind: 'already-acknowledged' | 'already-assigned'; readonly removal: MfaRemoval }
  | { readonly kind: 'not-yours' }
  | { readonly kind: 'over' };

/** Marks that a person looks into it: an admin, or the person it is assigned to. */
export function acknowledgeMfaRemoval(removal: MfaRemoval, by: Actor, now: Date): HandleMfaRemovalOutcome {
  if (!by.admin && removal.assigned?.to !== by.id) return { kind: 'not-yours' };
  if (removal.endedAt) return { kind: 'over' };
  if (removal.acknowledged) return { kind: 'already-acknowledged', removal };
  return { kind: 'acknowledged', removal: { ...removal, acknowledged: { by: by.id, at: now } } };
}

/** Gives it to a person, who can then acknowledge and explain it. */
export function assignMfaRemoval(
  removal: MfaRemoval,
  to: SlackUserId,
  { by, now }: { readonly by: Actor; readonly now: Date },
): HandleMfaRemovalOutcome {
  if (!by.admin) return { kind: 'not-yours' };
  if (removal.endedAt) return { kind: 'over' };
  if (removal.assigned?.to === to) return { kind: 'already-assigned', removal };
  return { kind: 'assigned', removal: { ...removal, assigned: { to, by: by.id, at: now } } };
}
