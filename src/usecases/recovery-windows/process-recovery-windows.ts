import type { AuditEvent } from '../../domain/audit.ts';
import { isEndDue } from '../../domain/recovery-window.ts';
import { endIfExpired, lapseIfExpired } from '../../domain/temporary-grant.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockRecovery, openRecoveriesByAccount, saveRecovery } from '../../store/recovery-windows.ts';
import { checkAccount } from '../scan/check-account.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { alertRemainingCredentials, credentialsLeft } from './alert-remaining-credentials.ts';
import { enqueueRecoveryUpdate, updateRecoveryPosts } from './enqueue-recovery-notifications.ts';

/** What a run did. */
export interface RecoveryWindowsReport {
  /** Windows whose requester was reminded of the end. */
  readonly announced: number;
  /** Windows and requests that are over. */
  readonly closed: number;
}

/**
 * Reminds of the ends that are near, and closes what is over. An account is checked before its window closes, so that
 * the alert says what is left now.
 */
export async function processRecoveryWindows(
  ctx: Context,
  { instance }: { readonly instance: string },
): Promise<RecoveryWindowsReport> {
  let announced = 0;
  let closed = 0;
  for (const { id, accountId, state, endsAt } of (await openRecoveriesByAccount(ctx.db)).values()) {
    if (state === 'granted' && endsAt <= ctx.now()) await checkAccount(ctx, { accountId, instance });
    await ctx.db.transaction(async (tx) => {
      const work = { tx, ctx, at: ctx.now() };
      if (await closeExpiredRecovery(work, id)) closed += 1;
      else if (await announceEnd(work, id)) announced += 1;
    });
  }
  ctx.notificationsQueued();
  return { announced, closed };
}

/** Closes a window whose time is over, or a request that was not decided in time; returns whether it did. */
export async function closeExpiredRecovery(work: UnitOfWork, id: string): Promise<boolean> {
  const { tx, at } = work;
  const open = await lockRecovery(tx, id);
  const expired =
    open?.state === 'asked'
      ? lapseIfExpired(open, at)
      : open?.state === 'granted'
        ? endIfExpired(open, at)
        : undefined;
  if (!expired) return false;

  const { accountId } = expired;
  const left = expired.state === 'ended' ? await credentialsLeft(work, expired) : null;
  await saveRecovery(tx, expired);
  await recordAuditEvent(
    tx,
    at,
    'bot',
    (expired.state === 'ended'
      ? { kind: 'recovery-ended', accountId, detail: { windowId: id, left } }
      : { kind: 'recovery-withdrawn', accountId, detail: { windowId: id } }) satisfies AuditEvent,
  );
  await updateRecoveryPosts(work, expired);
  if (left !== null) await alertRemainingCredentials(work, expired, left);
  await enqueueRecoveryUpdate(work, expired, {
    kind: expired.state === 'ended' ? 'ended' : 'unanswered',
    left,
  });
  return true;
}

async function announceEnd(work: UnitOfWork, id: string): Promise<boolean> {
  const window = await lockRecovery(work.tx, id);
  if (!window || !isEndDue(window, work.at)) return false;
  const announced = { ...window, endAnnouncedAt: work.at };
  await saveRecovery(work.tx, announced);
  await enqueueRecoveryUpdate(work, announced, { kind: 'ending' });
  return true;
}
