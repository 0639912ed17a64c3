import { expect, test } from '@jest/globals';
import {
  reminderProgressCell,
  reminderProgressMarkup,
} from '../../../../src/slack/views/reminders/reminder-progress.ts';

const NEXT = new Date('2026-12-09T08:00Z');
const SINCE = new Date('2026-11-25T08:00Z');

test('the progress of reminders names how many, since when others help, and the next', () => {
  const progress = { sent: 3, nextAt: NEXT, escalatedSince: SINCE, pause: null };

  expect(reminderProgressMarkup(progress).markup.replaceAll(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')).toBe(
    '3 reminders · escalated since 2026-11-25 08:00 UTC · next 2026-12-09 08:00 UTC',
  );
  expect(reminderProgressCell(progress)).toBe('3, escalated 2026-11-25, next 2026-12-09');
});

test('a pause that ends by itself is said with its reason and the next day', () => {
  const paused = { sent: 1, nextAt: NEXT, escalatedSince: null, pause: 'recovery-window' } as const;

  expect(reminderProgressMarkup(paused).markup).toMatch(
    /^1 reminder · paused during the recovery window · next <!date/,
  );
  expect(reminderProgressCell(paused)).toBe('1, paused, next 2026-12-09');
});

test('a pause is said with its reason', () => {
  const paused = { sent: 1, nextAt: null, escalatedSince: null, pause: 'disowned' } as const;

  expect(reminderProgressMarkup(paused).markup).toBe('1 reminder · paused: “Not mine”');
  expect(reminderProgressMarkup({ ...paused, sent: 0 }).markup).toBe('no reminder yet · paused: “Not mine”');
  expect(reminderProgressCell(paused)).toBe('1, paused');
  expect(reminderProgressCell(undefined)).toBe('–');
});
