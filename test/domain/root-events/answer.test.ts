import { describe, expect, test } from '@jest/globals';
import { slackUserId } from '../../../src/domain/person.ts';
import { answerIncident, type IncidentAnswer } from '../../../src/domain/root-events/answer.ts';
import { type Incident, newIncident } from '../../../src/domain/root-events/incident.ts';
import { aRootEvent } from '../../support/root-events.ts';

const NOW = new Date('2026-11-24T09:20:00Z');
const ana = { id: slackUserId('U03ANA'), admin: false };
const backup = { id: slackUserId('U09BACKUP'), admin: false };
const ben = { id: slackUserId('U04BEN'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };

const yes: IncidentAnswer = { kind: 'mine', reason: 'Changed the support plan', ticket: null };
const no: IncidentAnswer = { kind: 'not-mine' };
const asked: Incident = {
  ...newIncident(aRootEvent(), { id: 'incident-1', now: NOW, explanation: null }),
  asked: [ana.id, backup.id],
};

/** The incident after these answers, one after the other; an answer that is refused changes nothing. */
function afterAnswers(...answers: readonly (readonly [typeof ana, IncidentAnswer])[]) {
  let incident = asked;
  let last = '';
  for (const [by, answer] of answers) {
    const outcome = answerIncident(incident, answer, { by, isOwner: false, now: NOW });
    last = outcome.kind;
    if (outcome.kind !== 'not-yours') incident = outcome.incident;
  }
  return { outcome: last, state: incident.state, by: incident.answeredBy };
}

describe('two people who were asked', () => {
  test('agree: the second is told that it is answered', () => {
    expect(afterAnswers([ana, yes], [backup, yes])).toEqual({
      outcome: 'already-answered',
      state: 'explained',
      by: ana.id,
    });
  });

  test('disagree: a "no" counts, whichever comes first', () => {
    expect(afterAnswers([ana, yes], [backup, no])).toEqual({
      outcome: 'denied',
      state: 'denied',
      by: backup.id,
    });
    expect(afterAnswers([ana, no], [backup, yes])).toEqual({
      outcome: 'already-answered',
      state: 'denied',
      by: ana.id,
    });
  });
});

test('one person who answers twice changes nothing, and can turn a "yes" into a "no"', () => {
  expect(afterAnswers([ana, yes], [ana, yes]).outcome).toBe('already-answered');
  expect(afterAnswers([ana, yes], [ana, no])).toEqual({ outcome: 'denied', state: 'denied', by: ana.id });
  expect(afterAnswers([ana, no], [ana, yes]).outcome).toBe('already-answered');
});

test('an admin overrules a "no", and says one for someone else', () => {
  expect(afterAnswers([ana, no], [sam, yes])).toEqual({
    outcome: 'explained',
    state: 'explained',
    by: sam.id,
  });
  expect(afterAnswers([ana, yes], [sam, no])).toEqual({ outcome: 'denied', state: 'denied', by: sam.id });
});

test('a person who was not asked cannot answer', () => {
  expect(afterAnswers([ben, yes])).toEqual({ outcome: 'not-yours', state: 'open', by: null });
});

test('a "no" forgets the reason that was given before', () => {
  const explained = answerIncident(asked, yes, { by: ana, isOwner: false, now: NOW });
  const denied = explained.kind === 'explained' ? explained.incident : asked;

  expect(answerIncident(denied, no, { by: ana, isOwner: false, now: NOW })).toMatchObject({
    incident: { state: 'denied', reason: null, ticket: null },
  });
});
