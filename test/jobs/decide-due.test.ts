import { expect, test } from '@jest/globals';
import { decideDue, localDateTimeKey } from '../../src/jobs/decide-due.ts';

const NINE = new Date('2026-11-23T09:00:00Z');
const due = { at: NINE, key: '2026-11-23T09:00' };
const HOUR_MS = 3_600_000;
const after = (minutes: number) => new Date(NINE.getTime() + minutes * 60_000);

test.each([
  ['on time', { catchUp: 'newest' }, 0, { kind: 'run', period: { late: false } }],
  ['a few minutes after', { catchUp: 'newest' }, 4, { kind: 'run', period: { late: false } }],
  ['late', { catchUp: 'newest' }, 5, { kind: 'run', period: { late: true } }],
  ['missed within its limit', { catchUp: 'newest', catchUpWithinMs: HOUR_MS }, 59, { kind: 'run' }],
  ['missed beyond its limit', { catchUp: 'newest', catchUpWithinMs: HOUR_MS }, 60, { kind: 'skip' }],
  ['never caught up, in its minutes', { catchUp: 'none' }, 4, { kind: 'run' }],
  ['never caught up, afterwards', { catchUp: 'none' }, 5, { kind: 'skip' }],
] as const)('a run that is %s', (_what, job, minutes, expected) => {
  expect(decideDue(job, due, { now: after(minutes), isFirstStart: false })).toMatchObject(expected);
});

test('at the very first start only a job that runs at the start runs', () => {
  const atFirst = { now: after(200), isFirstStart: true };

  expect(decideDue({ catchUp: 'newest' }, due, atFirst)).toEqual({ kind: 'start-history' });
  expect(decideDue({ catchUp: 'newest', runAtStart: true }, due, atFirst)).toMatchObject({
    kind: 'run',
    period: { key: '2026-11-23T09:00', scheduledFor: NINE },
  });
});

test('a period is named by the clocks of its zone', () => {
  expect(localDateTimeKey(NINE, 'Europe/Berlin')).toBe('2026-11-23T10:00');
});
