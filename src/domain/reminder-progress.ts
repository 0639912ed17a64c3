import type { ReminderPause, TimedPause } from './reminder.ts';

/** How far the reminders about an account have come. */
export interface ReminderProgress {
  readonly sent: number;
  /** When the owner, or those who were asked to help, hear of it again; `null`: not until something else happens. */
  readonly nextAt: Date | null;
  /** Since when others were asked to help; `null`: not yet. */
  readonly escalatedSince: Date | null;
  /** Why nothing is sent now; `null`: the next one is only not due yet. */
  readonly pause: ReminderPause | TimedPause | null;
}
