import type { ReminderPause } from './reminder.ts';

/** How far the reminders about an account have come. */
export interface ReminderProgress {
  readonly sent: number;
  /** When the owner, or those who were asked to help, hear of it again; `null`: reminders are paused. */
  readonly nextAt: Date | null;
  /** Since when others were asked to help; `null`: not yet. */
  readonly escalatedSince: Date | null;
  readonly pause: ReminderPause | null;
}
