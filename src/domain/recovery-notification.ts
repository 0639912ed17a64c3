import type { AccountId } from './account.ts';
import type { SlackUserId } from './person.ts';
import type { RecoveryWindow } from './recovery-window.ts';

/** A recovery window for those who decide about it; it is updated with what becomes of it. */
export interface RecoveryNotification {
  readonly kind: 'recovery-window';
  readonly window: ShownRecovery;
}

/** `ending`: in an hour. `unanswered`: not decided before its end. */
export type RecoveryUpdate =
  | 'granted'
  | 'declined'
  | 'revoked'
  | 'ending'
  | 'ended'
  | 'completed'
  | 'unanswered';

/** An update for the requester of a recovery window. */
export interface RecoveryUpdateNotification {
  readonly kind: 'recovery-update';
  readonly update: RecoveryUpdate;
  readonly window: ShownRecovery;
  /** Which credentials root still has after the end, or why that is unknown; `null`: none, or it is open. */
  readonly left: string | null;
}

/** A window as messages show it. */
export interface ShownRecovery {
  readonly id: string;
  readonly state: RecoveryWindow['state'];
  readonly account: { readonly id: AccountId; readonly name: string };
  readonly askedBy: SlackUserId;
  readonly reason: string;
  readonly ticket: string | null;
  readonly endsAt: string;
  readonly decidedBy: SlackUserId | null;
  readonly decisionNote: string | null;
  readonly closedBy: SlackUserId | null;
  readonly closedAt: string | null;
  /** Root was seen with credentials during the window. */
  readonly credentialsSeen: boolean;
}

/** Returns a window as messages show it. */
export function toShownRecovery(window: RecoveryWindow, accountName: string): ShownRecovery {
  const { id, state, accountId, askedBy, reason, ticket, endsAt } = window;
  const decided = 'decidedBy' in window ? window : undefined;
  return {
    id,
    state,
    account: { id: accountId, name: accountName },
    askedBy,
    reason,
    ticket,
    endsAt: endsAt.toISOString(),
    decidedBy: decided?.decidedBy ?? null,
    decisionNote: decided?.decisionNote ?? null,
    closedBy: 'closedBy' in window ? window.closedBy : null,
    closedAt: 'closedAt' in window ? window.closedAt.toISOString() : null,
    credentialsSeen: 'credentialsSeenAt' in window && window.credentialsSeenAt !== null,
  };
}

/** `recovery-window/ID/C01SECURITY`: one for each recipient. */
export function recoveryKey(windowId: string, recipient: string): string {
  return `recovery-window/${windowId}/${recipient}`;
}

/** `recovery-window/ID/granted/U03ANA` */
export function recoveryUpdateKey(windowId: string, update: RecoveryUpdate, recipient: string): string {
  return `recovery-window/${windowId}/${update}/${recipient}`;
}

/** `alert/recovery-window/ID/C01SECURITY`: the window ended and root still has credentials. */
export function recoveryAlertKey(windowId: string, recipient: string): string {
  return `alert/recovery-window/${windowId}/${recipient}`;
}
