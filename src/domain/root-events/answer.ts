import type { Actor } from '../person.ts';
import type { Incident } from './incident.ts';

/** What a person says of an incident. */
export type IncidentAnswer =
  | { readonly kind: 'mine'; readonly reason: string; readonly ticket: string | null }
  | { readonly kind: 'not-mine' };

export type AnswerOutcome =
  | { readonly kind: 'explained'; readonly incident: Incident }
  | { readonly kind: 'denied'; readonly incident: Incident }
  /** Someone answered already, and this person cannot overrule it. */
  | { readonly kind: 'already-answered'; readonly incident: Incident }
  /** Nobody asked this person. */
  | { readonly kind: 'not-yours' };

/**
 * Returns what an answer makes of an incident. Whoever was asked and every admin can answer. A "no" stands against
 * everyone but an admin: the person at the keyboard may be the one who signed in.
 */
export function answerIncident(
  incident: Incident,
  answer: IncidentAnswer,
  { by, isOwner, now }: { readonly by: Actor; readonly isOwner: boolean; readonly now: Date },
): AnswerOutcome {
  if (!by.admin && !isOwner && !incident.asked.includes(by.id)) return { kind: 'not-yours' };
  const repeated = answer.kind === 'mine' ? 'explained' : 'denied';
  if (incident.state === repeated) return { kind: 'already-answered', incident };
  if (incident.state === 'denied' && !by.admin) return { kind: 'already-answered', incident };

  const answered = { ...incident, answeredBy: by.id, answeredAt: now };
  if (answer.kind === 'not-mine') {
    return { kind: 'denied', incident: { ...answered, state: 'denied', reason: null, ticket: null } };
  }
  const { reason, ticket } = answer;
  return { kind: 'explained', incident: { ...answered, state: 'explained', reason, ticket } };
}
