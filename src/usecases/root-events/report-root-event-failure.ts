import { type AdminAlertNotification, rootEventFailureKey } from '../../domain/notification.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, latestNotification, updateNotification } from '../../store/outbox.ts';
import type { Context } from '../shared/context.ts';

type RootEventFailureAlert = Extract<AdminAlertNotification, { finding: 'root-events-not-received' }>;

/** A restart of the network or the database is no news; the queue keeps what was sent meanwhile. */
const PATIENCE_MS = 10 * 60_000;

/** Says in the channel that no root events are received, and there again once they are. */
export async function reportRootEventFailure(ctx: Context): Promise<void> {
  const { db, channels, now, rootEventFailure } = ctx;
  if (!rootEventFailure || channels.digest === null) return;
  const failure = rootEventFailure();
  const at = now();
  if (failure && at.getTime() - failure.since.getTime() < PATIENCE_MS) return;
  const to = { kind: 'channel', id: channels.digest } as const;

  const changed = await db.transaction(async (tx) => {
    const open = await openAlert(tx);
    if (!failure) {
      if (open) await updateNotification(tx, open.key, { ...open.payload, resolvedAt: at.toISOString() });
      return open !== undefined;
    }
    if (open) return false;
    const payload: RootEventFailureAlert = {
      kind: 'finding',
      finding: 'root-events-not-received',
      reason: failure.reason,
      since: failure.since.toISOString(),
    };
    return enqueue(tx, { key: rootEventFailureKey(at), kind: payload.kind, to, payload }, at);
  });
  if (changed) ctx.notificationsQueued();
}

async function openAlert(tx: Database) {
  const last = await latestNotification<RootEventFailureAlert>(
    tx,
    'finding',
    'finding/root-events-not-received/',
  );
  return last?.payload.resolvedAt ? undefined : last;
}
