import { expect, test } from '@jest/globals';
import { accountId } from '../../../src/domain/account.ts';
import { newIncident } from '../../../src/domain/root-events/incident.ts';
import {
  placementOf,
  STORM_AFTER,
  type StormIncident,
  summarizeStorm,
} from '../../../src/domain/root-events/storm.ts';
import { wireOf } from '../../../src/domain/root-events/wire.ts';
import { aRootEvent } from '../../support/root-events.ts';

const NOW = new Date('2026-11-24T02:15:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

test('a few incidents have a message each; what follows within ten minutes is one message', () => {
  const few = Array.from({ length: STORM_AFTER - 1 }, () => ({ at: minutesAgo(1), stormId: null }));
  const many = [...few, { at: minutesAgo(0), stormId: null }];

  expect(placementOf(few, NOW)).toEqual({ kind: 'own' });
  expect(placementOf(many, NOW)).toEqual({ kind: 'new-storm' });
  expect(placementOf([...many, { at: minutesAgo(0), stormId: 's1' }], NOW)).toEqual({
    kind: 'storm',
    id: 's1',
  });
});

test('a storm goes on while it rages, and the next incident after a pause has its own message', () => {
  expect(placementOf([{ at: minutesAgo(9), stormId: 's1' }], NOW)).toEqual({ kind: 'storm', id: 's1' });
  expect(placementOf([{ at: minutesAgo(11), stormId: 's1' }], NOW)).toEqual({ kind: 'own' });
});

test('a storm is reported in numbers', () => {
  const parts = [1, 2, 3].map((n) => {
    const event = aRootEvent({
      id: `e${n}`,
      accountId: accountId(n === 3 ? '444455556666' : '111122223333'),
      source: `198.51.100.${n}`,
      at: minutesAgo(n),
      kind: 'sign-in-failed',
    });
    const incident = newIncident(event, { id: `i${n}`, now: NOW, explanation: null });
    return { incident: { ...incident, eventCount: n }, kinds: { 'sign-in-failed': n } };
  });

  expect(summarizeStorm(parts)).toEqual({
    events: 6,
    incidents: 3,
    accounts: 2,
    sources: 3,
    firstAt: minutesAgo(3).toISOString(),
    lastAt: minutesAgo(1).toISOString(),
    open: 3,
    kinds: [{ kind: 'sign-in-failed', count: 6 }],
    worst: [
      { accountId: '111122223333', events: 3 },
      { accountId: '444455556666', events: 3 },
    ],
  });
  expect(summarizeStorm([])).toBeUndefined();
});

test('what changes who controls an account stands before any number of failed attempts', () => {
  const part = (id: string, kinds: StormIncident['kinds'], eventCount: number) => {
    const event = aRootEvent({ id: `e${id}`, accountId: accountId(id) });
    return { incident: { ...newIncident(event, { id, now: NOW, explanation: null }), eventCount }, kinds };
  };

  const summary = summarizeStorm([
    part('111111111111', { 'sign-in-failed': 500 }, 500),
    part('222222222222', { 'signed-in': 1 }, 1),
    part('333333333333', { 'signed-in': 1, 'access-key-created': 1 }, 2),
  ]);

  expect(summary?.kinds.map(({ kind }) => kind)).toEqual([
    'access-key-created',
    'signed-in',
    'sign-in-failed',
  ]);
  expect(summary?.worst.map(({ accountId: id }) => id)).toEqual([
    '333333333333',
    '222222222222',
    '111111111111',
  ]);
});

test('an account that never sent an event is not connected, and one that stopped is silent', () => {
  const heard = { lastHeardAt: minutesAgo(60), lastEventAt: null };
  const long = { lastHeardAt: minutesAgo(3 * 24 * 60), lastEventAt: null };

  expect(wireOf(undefined, NOW).kind).toBe('not-wired');
  expect(wireOf(heard, NOW)).toEqual({ kind: 'wired', heard });
  expect(wireOf(long, NOW)).toEqual({ kind: 'silent', heard: long });
});
