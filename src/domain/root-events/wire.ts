/** When an account last sent an event through its rule. */
export interface Heard {
  readonly lastHeardAt: Date;
  /** The last event of root, as opposed to a sign of life. */
  readonly lastEventAt: Date | null;
}

/** Whether root events of an account reach the bot, so that silence is never taken for a quiet root. */
export type Wire =
  | { readonly kind: 'not-wired' }
  | { readonly kind: 'wired'; readonly heard: Heard }
  /** It sent events once, and its heartbeat no longer arrives. */
  | { readonly kind: 'silent'; readonly heard: Heard };

/** Accounts send a sign of life once a day; one that was lost on the way is no reason for doubt. */
const SILENT_AFTER_MS = 2.5 * 24 * 60 * 60_000;

/** Returns the state of an account's wire. */
export function wireOf(heard: Heard | undefined, now: Date): Wire {
  if (!heard) return { kind: 'not-wired' };
  const age = now.getTime() - heard.lastHeardAt.getTime();
  return { kind: age > SILENT_AFTER_MS ? 'silent' : 'wired', heard };
}
