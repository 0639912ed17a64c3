import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accountId } from '../../../src/domain/account.ts';
import type { SlackUserId } from '../../../src/domain/person.ts';
import {
  type Explanation,
  groupEvents,
  type Incident,
  isOverdue,
  rootUseOf,
} from '../../../src/domain/root-events/incident.ts';
import type { RootEvent } from '../../../src/domain/root-events/root-event.ts';
import { aRootEvent } from '../../support/root-events.ts';

const PAYMENTS = accountId('111122223333');
const NOW = new Date('2026-11-24T09:15:00Z');
const at = (time: string) => new Date(`2026-11-24T${time}Z`);

const noAnnouncement = () => null;

function group(
  events: readonly RootEvent[],
  {
    incidents = [],
    explanationFor = noAnnouncement,
  }: {
    incidents?: readonly Incident[];
    explanationFor?: (id: string, at: Date) => Explanation | null;
  } = {},
) {
  let id = incidents.length;
  return groupEvents(events, { incidents, explanationFor, newId: () => `i${++id}`, now: NOW });
}

/** The one incident that these events make. */
function incidentOf(...events: RootEvent[]): Incident {
  const [incident] = group(events).created;
  return incident as Incident;
}

describe('events of one sign-in are one incident', () => {
  test('a sign-in and what followed from the same address', () => {
    const { created, incidentOf: of } = group([
      aRootEvent({ id: 'a', at: at('09:14:00') }),
      aRootEvent({ id: 'b', kind: 'mfa-removed', at: at('09:20:00') }),
      aRootEvent({ id: 'c', kind: 'access-key-created', at: at('10:05:00') }),
    ]);

    expect(created).toHaveLength(1);
    expect(created[0]).toMatchObject({ eventCount: 3, firstAt: at('09:14:00'), lastAt: at('10:05:00') });
    expect([...of.values()]).toEqual(['i1', 'i1', 'i1']);
  });

  test('in whatever order a batch holds them', () => {
    const events = ['09:14:00', '09:50:00', '10:30:00', '11:10:00'].map((time) =>
      aRootEvent({ id: time, at: at(time) }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: 4 }), (arrived) => {
        expect(group(arrived).created).toEqual(group(events).created);
      }),
    );
  });

  test('a late event joins the incident it belongs to', () => {
    const signIn = incidentOf(aRootEvent({ at: at('09:14:00') }));

    const { changed, created } = group([aRootEvent({ id: 'late', at: at('09:00:00') })], {
      incidents: [signIn],
    });

    expect(created).toEqual([]);
    expect(changed).toEqual([{ ...signIn, eventCount: 2, firstAt: at('09:00:00') }]);
  });

  test('an event for which AWS names a service in place of an address joins the sign-in', () => {
    const { created } = group([
      aRootEvent({ id: 'a' }),
      aRootEvent({ id: 'b', source: 'AWS Internal', kind: 'password-changed' }),
    ]);

    expect(created).toHaveLength(1);
  });
});

describe('a new conversation begins', () => {
  test('for a second address: it is a second person until the owner says otherwise', () => {
    expect(
      group([aRootEvent({ id: 'a' }), aRootEvent({ id: 'b', source: '198.51.100.9' })]).created,
    ).toHaveLength(2);
  });

  test('after an hour of rest', () => {
    const later = aRootEvent({ id: 'b', at: at('10:14:01') });
    expect(group([aRootEvent({ at: at('09:14:00') }), later]).created).toHaveLength(2);
  });

  test('for a root session, which no owner opens', () => {
    expect(
      group([aRootEvent({ id: 'a' }), aRootEvent({ id: 'b', via: 'root-session' })]).created,
    ).toHaveLength(2);
  });

  test('for a severe event after the owner said that it was them, and not for a harmless one', () => {
    const explained: Incident = { ...incidentOf(aRootEvent()), state: 'explained' };
    const removal = aRootEvent({ id: 'b', kind: 'mfa-removed' });
    const again = aRootEvent({ id: 'c', kind: 'signed-in' });
    const refused = aRootEvent({ id: 'd', kind: 'mfa-removed', succeeded: false });

    expect(group([removal], { incidents: [explained] }).created).toHaveLength(1);
    expect(group([again, refused], { incidents: [explained] }).created).toEqual([]);
  });
});

describe('an announced use', () => {
  const announced: Explanation = {
    kind: 'announced-use',
    id: 'use-1',
    by: 'U03ANA' as SlackUserId,
    reason: 'Change the support plan',
    ticket: null,
    until: at('10:00:00'),
  };
  const explanationFor = (_: string, when: Date) => (when <= announced.until ? announced : null);

  test('takes the events, and nothing is asked', () => {
    const { created } = group([aRootEvent()], { explanationFor });

    expect(created).toMatchObject([{ state: 'expected', explanationId: 'use-1' }]);
  });

  test('does not cover what happens after its end', () => {
    const { created } = group(
      [aRootEvent({ id: 'a', at: at('09:55:00') }), aRootEvent({ id: 'b', at: at('10:05:00') })],
      { explanationFor },
    );

    expect(created.map(({ state }) => state)).toEqual(['expected', 'open']);
  });
});

test('an incident is overdue when the time to answer is over, once', () => {
  const incident = { ...incidentOf(aRootEvent()), openedAt: at('09:15:00') };

  expect(isOverdue(incident, 15, at('09:29:59'))).toBe(false);
  expect(isOverdue(incident, 15, at('09:30:00'))).toBe(true);
  expect(isOverdue({ ...incident, alertedAt: at('09:30:00') }, 15, at('09:31:00'))).toBe(false);
  expect(isOverdue({ ...incident, state: 'explained' }, 15, at('09:31:00'))).toBe(false);
});

test('a use of root that was expected counts as explained, and a failed attempt is no use', () => {
  const states = ['explained', 'expected', 'open', 'denied'] as const;
  const counted = states.map((state) => ({ state, onlyFailed: false }));

  expect(rootUseOf([...counted, { state: 'open', onlyFailed: true }])).toEqual({
    incidents: 4,
    explained: 2,
    open: 1,
    denied: 1,
    failedAttempts: 1,
  });
});

test('every event lands in exactly one incident of its own account', () => {
  const events = fc.array(
    fc.record({
      accountId: fc.constantFrom(PAYMENTS, accountId('444455556666')),
      source: fc.constantFrom('203.0.113.7', '198.51.100.9', 'AWS Internal', null),
      kind: fc.constantFrom('signed-in' as const, 'mfa-removed' as const, 'sign-in-failed' as const),
      minute: fc.integer({ min: 0, max: 600 }),
    }),
  );
  fc.assert(
    fc.property(events, (drawn) => {
      const all = drawn.map(({ minute, ...over }, index) =>
        aRootEvent({ ...over, id: String(index), at: new Date(NOW.getTime() + minute * 60_000) }),
      );
      const { created, incidentOf: of } = group(all);
      const accountOf = new Map(created.map(({ id, accountId: account }) => [id, account]));
      expect(created.reduce((sum, { eventCount }) => sum + eventCount, 0)).toBe(all.length);
      for (const event of all) expect(accountOf.get(of.get(event.id) ?? '')).toBe(event.accountId);
    }),
  );
});
