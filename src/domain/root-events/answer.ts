import type { Actor, SlackUserId } from '../person.ts';
import type { Incident, IncidentState } from './incident.ts';

/** What a person says of an incident. */
export type IncidentAnswer =
  | { readonly kind: 'mine'; readonly reason: string; readonly ticket: string | null }
  | { readonly kind: 'not-mine' };

/** The state of an incident after an answer. */
export type IncidentAnswerState = Extract<IncidentState, 'explained' | 'denied'>;

export type AnswerOutcome =
  | { readonly kind: 'explained'; readonly incident: Incident }
  | { readonly kind: 'denied'; readonly incident: Incident }
  /** Someone answered already, and this person cannot overrule it. */
  | { readonly kind: 'already-answered'; readonly incident: Incident }
  /** This person was not asked. */
  | { readonly kind: 'not-yours' };

/**
 * Returns the incident after an answer. People who were asked and every admin can answer. A "no" stands against
 * everyone but an admin: the person at the keyboard may be the one who signed in.
 */
export function answerIncident(
  incident: Incident,
  answer: IncidentAnswer,
  { by, isOwner, now }: { readonly by: Actor; readonly isOwner: boolean; readonly now: Date },
): AnswerOutcome {
  const refusal = refusalOfAnswer(incident, answer.kind === 'mine' ? 'explained' : 'denied', { by, isOwner });
  if (refusal) return refusal === 'not-yours' ? { kind: refusal } : { kind: refusal, incident };

  const answered = { ...incident, answeredBy: by.id, answeredAt: now };
  if (answer.kind === 'not-mine') {
    return { kind: 'denied', incident: { ...answered, state: 'denied', reason: null, ticket: null } };
  }
  const { reason, ticket } = answer;
  return { kind: 'explained', incident: { ...answered, state: 'explained', reason, ticket } };
}

/** Returns why a person cannot give this answer to something that was asked; undefined if they can. */
export function refusalOfAnswer(
  question: { readonly state: string; readonly asked: readonly SlackUserId[] },
  answer: IncidentAnswerState,
  { by, isOwner }: { readonly by: Actor; readonly isOwner: boolean },
): 'not-yours' | 'already-answered' | undefined {
  if (!by.admin && !isOwner && !question.asked.includes(by.id)) return 'not-yours';
  const stands = question.state === answer || (question.state === 'denied' && !by.admin);
  return stands ? 'already-answered' : undefined;
}
