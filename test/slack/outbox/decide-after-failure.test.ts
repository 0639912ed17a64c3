import { expect, test } from '@jest/globals';
import { decideAfterFailure, type FailedAttempt } from '../../../src/slack/outbox/decide-after-failure.ts';

const now = new Date('2026-11-24T09:00:00Z');
const attempt = (changes: Partial<FailedAttempt> = {}): FailedAttempt => ({
  attempts: 1,
  uncertain: false,
  now,
  random: 1,
  ...changes,
});
const unknown = { kind: 'unknown', error: 'Slack did not answer in time' } as const;
const refused = { kind: 'refused', error: 'Slack refused (new_error)' } as const;
const gone = { kind: 'permanent', error: 'The channel is archived', code: 'is_archived' } as const;

test.each([1, 2, 3, 4].map((attempts) => ({ attempts, delayMs: 5_000 * 2 ** (attempts - 1) })))(
  'attempt $attempts is followed by another after $delayMs ms',
  ({ attempts, delayMs }) => {
    expect(decideAfterFailure(unknown, attempt({ attempts }))).toMatchObject({ kind: 'retry', delayMs });
  },
);

test('no pause is longer than a quarter of an hour', () => {
  expect(decideAfterFailure(unknown, attempt({ attempts: 40 }))).toMatchObject({ delayMs: 15 * 60_000 });
});

test('an uncertain attempt is followed by a look half a minute later, when the call has surely ended', () => {
  expect(decideAfterFailure(unknown, attempt({ uncertain: true }))).toMatchObject({
    uncertain: true,
    delayMs: 30_000,
  });
});

test('Slack decides how long a rate limit lasts', () => {
  const limited = { kind: 'rate-limited', error: 'Slack asked to wait', retryAfterMs: 7_000 } as const;
  expect(decideAfterFailure(limited, attempt())).toMatchObject({ kind: 'retry', delayMs: 7_000 });

  const paused = { kind: 'retry-later', error: 'Paused', until: new Date(now.getTime() + 3_000) } as const;
  expect(decideAfterFailure(paused, attempt())).toMatchObject({ kind: 'retry', delayMs: 3_000 });
});

test('an unknown refusal is believed after twenty attempts', () => {
  expect(decideAfterFailure(refused, attempt({ attempts: 19 })).kind).toBe('retry');
  expect(decideAfterFailure(refused, attempt({ attempts: 20 }))).toEqual({
    kind: 'give-up',
    error: 'Slack refused (new_error)',
  });
});

test('a definite refusal ends it, and says when an earlier attempt may have arrived', () => {
  expect(decideAfterFailure(gone, attempt())).toEqual({ kind: 'give-up', error: 'The channel is archived' });
  expect(decideAfterFailure(gone, attempt({ uncertain: true }))).toMatchObject({
    error: expect.stringContaining('An earlier attempt may have arrived'),
  });
});

test('a token that no longer works pauses everything, a missing scope only what needs it', () => {
  const operator = { kind: 'operator', error: 'Install the app again' } as const;
  expect(decideAfterFailure({ ...operator, all: true }, attempt())).toMatchObject({ pauseAll: true });
  expect(decideAfterFailure({ ...operator, all: false }, attempt())).toMatchObject({ pauseAll: false });
});
