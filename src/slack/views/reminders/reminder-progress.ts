import type { ReminderProgress } from '../../../domain/reminder-progress.ts';
import { formatSlackDate, joinMarkup, type Markup, md } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

const PAUSE_TEXT = {
  settled: 'no more reminders',
  unknown: 'paused until I can check it',
  exempt: 'paused by the exemption',
  disowned: 'paused: “Not mine”',
  'no-owner': 'paused: no reachable owner',
  'fix-blocked': 'paused: a policy blocks the fix',
  'token-request': 'paused while the key is on its way',
  'recovery-window': 'paused during the recovery window',
} as const satisfies Record<NonNullable<ReminderProgress['pause']>, string>;

/** Returns `3 reminders · escalated Nov 25 · next Dec 9`. */
export function reminderProgressMarkup({ sent, nextAt, escalatedSince, pause }: ReminderProgress): Markup {
  return joinMarkup(
    [
      sent === 0 ? md`no reminder yet` : md`${pluralize(sent, 'reminder')}`,
      ...(escalatedSince ? [joinMarkup([md`escalated since `, formatSlackDate(escalatedSince)], '')] : []),
      ...(pause ? [md`${PAUSE_TEXT[pause]}`] : []),
      ...(nextAt ? [joinMarkup([md`next `, formatSlackDate(nextAt)], '')] : []),
    ],
    ' · ',
  );
}

/** Returns the same for a cell of a table: `3, escalated 2026-11-25, next 2026-12-09`. */
export function reminderProgressCell(progress: ReminderProgress | undefined): string {
  if (!progress) return '–';
  const { sent, nextAt, escalatedSince, pause } = progress;
  const day = (at: Date) => at.toISOString().slice(0, 10);
  return [
    String(sent),
    ...(escalatedSince ? [`escalated ${day(escalatedSince)}`] : []),
    ...(pause ? ['paused'] : []),
    ...(nextAt ? [`next ${day(nextAt)}`] : []),
  ].join(', ');
}
