import type { AccountId } from './account.ts';
import { daysAfter, endOfDate, localDate } from './calendar.ts';
import type { Actor, SlackUserId } from './person.ts';

interface Ask {
  readonly id: string;
  readonly accountId: AccountId;
  readonly askedBy: SlackUserId;
  readonly askedAt: Date;
  readonly reason: string;
  /** What protects the account meanwhile; `null`: nothing was said. */
  readonly compensatingControl: string | null;
  /** The first moment at which it no longer holds. */
  readonly endsAt: Date;
}

interface Decision {
  readonly decidedBy: SlackUserId;
  readonly decidedAt: Date;
  readonly decisionNote: string | null;
}

/** Leave to fall short for a time, from the question to its end. */
export type Exemption = Asked | Withdrawn | Declined | Granted | Ended | Revoked;

export interface Asked extends Ask {
  readonly state: 'asked';
}

/** The asker no longer wants it. */
export interface Withdrawn extends Ask {
  readonly state: 'withdrawn';
  readonly closedBy: SlackUserId;
  readonly closedAt: Date;
}

export interface Declined extends Ask, Decision {
  readonly state: 'declined';
}

/** Holds until its end, unless somebody revokes it. */
export interface Granted extends Ask, Decision {
  readonly state: 'granted';
  /** When the asker was told that the end is near; `null`: not yet. */
  readonly endAnnouncedAt: Date | null;
}

export interface Ended extends Omit<Granted, 'state'> {
  readonly state: 'ended';
  readonly closedAt: Date;
}

export interface Revoked extends Omit<Granted, 'state'> {
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

export type AskOutcome =
  | { readonly kind: 'asked'; readonly exemption: Asked }
  | { readonly kind: 'already-open'; readonly exemption: Asked | Granted }
  | FormProblem;

/** What the form says that cannot be asked for. */
export type FormProblem =
  | { readonly kind: 'no-reason' }
  | { readonly kind: 'not-a-date' }
  | { readonly kind: 'in-the-past' }
  | { readonly kind: 'too-long'; readonly maxDays: number; readonly latestDay: string };

/** Asks for leave until the end of a day, in the company's zone. */
export function ask(
  form: ExemptionForm,
  by: SlackUserId,
  { open, policy, zone }: { open: Asked | Granted | undefined; policy: ExemptionPolicy; zone: string },
  now: Date,
): AskOutcome {
  if (open) return { kind: 'already-open', exemption: open };
  const looked = formOf(form, { policy, zone }, now);
  if (looked.kind !== 'fine') return looked;

  const { reason, endsAt } = looked;
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
export function problemIn(...looked: Parameters<typeof formOf>): FormProblem | undefined {
  const outcome = formOf(...looked);
  return outcome.kind === 'fine' ? undefined : outcome;
}

function formOf(
  { reason: written, lastDay }: Pick<ExemptionForm, 'reason' | 'lastDay'>,
  { policy, zone }: { policy: ExemptionPolicy; zone: string },
  now: Date,
): FormProblem | { readonly kind: 'fine'; readonly reason: string; readonly endsAt: Date } {
  const reason = written.trim();
  if (reason === '') return { kind: 'no-reason' };

  const endsAt = endOfDate(lastDay, zone);
  if (!endsAt) return { kind: 'not-a-date' };
  if (endsAt <= now) return { kind: 'in-the-past' };
  const latestDay = latestDayOf(policy, zone, now);
  if (lastDay > latestDay) return { kind: 'too-long', maxDays: policy.maxDays, latestDay };
  return { kind: 'fine', reason, endsAt };
}

/** The last day on which it holds, in the company's zone: `2026-12-31`. */
export function lastDayOf({ endsAt }: Pick<Exemption, 'endsAt'>, zone: string): string {
  return localDate(new Date(endsAt.getTime() - 1), zone);
}

/** The latest day that may be asked for today: `2026-12-31`. */
export function latestDayOf({ maxDays }: ExemptionPolicy, zone: string, now: Date): string {
  return localDate(daysAfter(now, maxDays, zone), zone);
}

type NotTheirs = { readonly kind: 'not-an-admin' } | { readonly kind: 'own-request' };

/** Why somebody may not decide: a second person does, and one who may. */
export function notTheirs({ askedBy }: Asked, by: Actor): NotTheirs | undefined {
  if (by.id === askedBy) return { kind: 'own-request' };
  return by.admin ? undefined : { kind: 'not-an-admin' };
}

export type GrantOutcome =
  | { readonly kind: 'granted'; readonly exemption: Granted }
  | { readonly kind: 'already-over' }
  | NotTheirs;

/** Grants leave; never to oneself, and not after its end. */
export function grant(asked: Asked, by: Actor, note: string | null, now: Date): GrantOutcome {
  const refusal = notTheirs(asked, by);
  if (refusal) return refusal;
  if (asked.endsAt <= now) return { kind: 'already-over' };
  return {
    kind: 'granted',
    exemption: { ...asked, ...decision(by, note, now), state: 'granted', endAnnouncedAt: null },
  };
}

export type DeclineOutcome =
  | { readonly kind: 'declined'; readonly exemption: Declined }
  | { readonly kind: 'no-reason' }
  | NotTheirs;

/** Declines leave, and says why. */
export function decline(asked: Asked, by: Actor, reason: string, now: Date): DeclineOutcome {
  const refusal = notTheirs(asked, by);
  if (refusal) return refusal;
  if (reason.trim() === '') return { kind: 'no-reason' };
  return { kind: 'declined', exemption: { ...asked, ...decision(by, reason, now), state: 'declined' } };
}

export type WithdrawOutcome =
  | { readonly kind: 'withdrawn'; readonly exemption: Withdrawn }
  | { readonly kind: 'not-yours' };

/** Takes back a question that nobody has answered yet. */
export function withdraw(asked: Asked, by: SlackUserId, now: Date): WithdrawOutcome {
  if (by !== asked.askedBy) return { kind: 'not-yours' };
  return { kind: 'withdrawn', exemption: { ...asked, state: 'withdrawn', closedBy: by, closedAt: now } };
}

export type RevokeOutcome =
  | { readonly kind: 'revoked'; readonly exemption: Revoked }
  | { readonly kind: 'not-an-admin' };

/** Ends leave early. The asker may, too: giving it up needs no second person. */
export function revoke(granted: Granted, by: Actor, now: Date): RevokeOutcome {
  if (!by.admin && by.id !== granted.askedBy) return { kind: 'not-an-admin' };
  return { kind: 'revoked', exemption: { ...granted, state: 'revoked', closedBy: by.id, closedAt: now } };
}

/** Leave that has run out; undefined while it still holds. */
export function endIfOver(granted: Granted, now: Date): Ended | undefined {
  return granted.endsAt <= now ? { ...granted, state: 'ended', closedAt: granted.endsAt } : undefined;
}

/** A question that nobody answered until its own end: it falls to its asker again. */
export function lapseIfOver(asked: Asked, now: Date): Withdrawn | undefined {
  return asked.endsAt <= now
    ? { ...asked, state: 'withdrawn', closedBy: asked.askedBy, closedAt: asked.endsAt }
    : undefined;
}

/** The exemption after its asker was told that the end is near. */
export function endAnnounced(granted: Granted, now: Date): Granted {
  return { ...granted, endAnnouncedAt: now };
}

/** Whether the account may fall short today. The end needs nobody to notice it. */
export function isInForce(exemption: Exemption, now: Date): exemption is Granted {
  return exemption.state === 'granted' && now < exemption.endsAt;
}

/** Whether somebody still has to decide, and in time. */
export function isUndecided(exemption: Exemption, now: Date): exemption is Asked {
  return exemption.state === 'asked' && now < exemption.endsAt;
}

/** A week's notice, so that a key can still be fetched. */
export const END_IS_NEAR_DAYS = 7;

/** Whether leave that holds today ends within a week. */
export function endsSoon(exemption: Exemption, now: Date): exemption is Granted {
  return isInForce(exemption, now) && exemption.endsAt.getTime() - now.getTime() <= END_IS_NEAR_DAYS * DAY;
}

const DAY = 24 * 60 * 60 * 1000;

/** Until when an account may fall short; undefined if it may not. */
export function exemptUntil(exemptions: Iterable<Exemption>, now: Date): Date | undefined {
  let end: Date | undefined;
  for (const exemption of exemptions) {
    if (isInForce(exemption, now) && (!end || exemption.endsAt > end)) end = exemption.endsAt;
  }
  return end;
}

function decision(by: Actor, note: string | null, now: Date): Decision {
  return { decidedBy: by.id, decidedAt: now, decisionNote: note?.trim() || null };
}
