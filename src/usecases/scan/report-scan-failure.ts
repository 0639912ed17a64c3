import { type AdminAlertNotification, scanFailureKey } from '../../domain/notification.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, latestNotification, updateNotification } from '../../store/outbox.ts';
import { failScan, lastScan } from '../../store/scans.ts';
import type { Context } from '../shared/context.ts';

type ScanFailureAlert = Extract<AdminAlertNotification, { finding: 'scan-failed' }>;

/** Records why a scan could not run, and says so in the channel: once until a scan works again. */
export async function reportScanFailure(
  ctx: Context,
  { scanId, reason }: { readonly scanId: string; readonly reason: string },
): Promise<void> {
  const { db, channels, now } = ctx;
  const at = now();
  await db.transaction(async (tx) => {
    await failScan(tx, scanId, { at, reason });
    if (channels.digest === null || (await openAlert(tx))) return;
    const last = await lastScan(tx);
    const payload: ScanFailureAlert = {
      kind: 'finding',
      finding: 'scan-failed',
      reason,
      at: at.toISOString(),
      dataFrom: last?.startedAt.toISOString() ?? null,
    };
    const to = { kind: 'channel', id: channels.digest } as const;
    await enqueue(tx, { key: scanFailureKey(at), kind: payload.kind, to, payload }, at);
  });
  ctx.notificationsQueued();
}

/** Says in the open alert that scans work again. */
export async function resolveScanFailure(tx: Database, at: Date): Promise<void> {
  const open = await openAlert(tx);
  if (open) await updateNotification(tx, open.key, { ...open.payload, resolvedAt: at.toISOString() });
}

async function openAlert(tx: Database) {
  const last = await latestNotification<ScanFailureAlert>(tx, 'finding', 'finding/scan-failed/');
  return last?.payload.resolvedAt ? undefined : last;
}
