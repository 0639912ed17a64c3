import type { AuditEvent } from '../../domain/audit.ts';
import type { Actor } from '../../domain/person.ts';
import {
  type DeclineRecoveryOutcome,
  declineRecovery,
  type EndRecoveryOutcome,
  endRecovery,
  type GrantRecoveryOutcome,
  grantRecovery,
  type OpenRecovery,
  type RecoveryWindow,
} from '../../domain/recovery-window.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockRecovery, saveRecovery } from '../../store/recovery-windows.ts';
import type { Context } from '../shared/context.ts';
import { readViewsInTransaction } from '../shared/read-views-in-transaction.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { alertRemainingCredentials, credentialsLeft } from './alert-remaining-credentials.ts';
import { enqueueRecoveryUpdate, updateRecoveryPosts } from './enqueue-recovery-notifications.ts';

export type RecoveryDecision =
  | { readonly kind: 'grant' }
  | { readonly kind: 'decline'; readonly reason: string }
  /** Withdraw the request, or end the open window early. */
  | { readonly kind: 'end' };

export type DecideRecoveryOutcome =
  | GrantRecoveryOutcome
  | DeclineRecoveryOutcome
  | EndRecoveryOutcome
  | { readonly kind: 'no-such-window' }
  /** It was decided or closed before. */
  | { readonly kind: 'too-late'; readonly window: RecoveryWindow };

/** Grants, declines, withdraws or ends a recovery window, and notifies its requester. */
export async function decideRecoveryWindow(
  ctx: Context,
  { id, decision }: { readonly id: string; readonly decision: RecoveryDecision },
  by: Actor,
): Promise<DecideRecoveryOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<DecideRecoveryOutcome> => {
    const work = { tx, ctx, at: ctx.now() };
    const window = await lockRecovery(tx, id);
    if (!window) return { kind: 'no-such-window' };
    if (!isOpenTo(decision, window) || (window.state === 'granted' && window.endsAt <= work.at))
      return { kind: 'too-late', window };

    const decided = await decide(work, window, { ...decision, by });
    if (!('window' in decided)) return decided;
    await saveRecovery(tx, decided.window);
    await recordAuditEvent(tx, work.at, by.id, auditEventOf(decided));
    await updateRecoveryPosts(work, decided.window);
    await notify(work, decided, by);
    return decided;
  });
  ctx.notificationsQueued();
  return outcome;
}

type DecidedRecovery = Extract<
  GrantRecoveryOutcome | DeclineRecoveryOutcome | EndRecoveryOutcome,
  { readonly window: RecoveryWindow }
>;

function isOpenTo({ kind }: RecoveryDecision, window: RecoveryWindow): window is OpenRecovery {
  return window.state === 'asked' || (kind === 'end' && window.state === 'granted');
}

async function decide(
  work: UnitOfWork,
  open: OpenRecovery,
  { by, ...decision }: RecoveryDecision & { readonly by: Actor },
) {
  if (decision.kind === 'end' || open.state !== 'asked') return endRecovery(open, by, work.at);
  if (decision.kind === 'decline') return declineRecovery(open, by, decision.reason, work.at);
  const view = (await readViewsInTransaction(work, [open.accountId])).get(open.accountId);
  return grantRecovery(open, by, { hasCredentials: view?.rootCredentials === 'present' }, work.at);
}

function auditEventOf({ kind, window }: DecidedRecovery): AuditEvent {
  const { id: windowId, accountId } = window;
  switch (kind) {
    case 'granted':
      return {
        kind: 'recovery-granted',
        accountId,
        detail: { windowId, until: window.endsAt.toISOString() },
      };
    case 'declined':
      return {
        kind: 'recovery-declined',
        accountId,
        detail: { windowId, reason: window.decisionNote ?? '' },
      };
    case 'withdrawn':
      return { kind: 'recovery-withdrawn', accountId, detail: { windowId } };
    case 'revoked':
      return { kind: 'recovery-revoked', accountId, detail: { windowId } };
  }
}

async function notify(work: UnitOfWork, { kind, window }: DecidedRecovery, by: Actor): Promise<void> {
  const left = kind === 'revoked' ? await credentialsLeft(work, window) : null;
  if (left !== null) await alertRemainingCredentials(work, window, left);
  if (kind !== 'withdrawn' && by.id !== window.askedBy)
    await enqueueRecoveryUpdate(work, window, { kind, left });
}
