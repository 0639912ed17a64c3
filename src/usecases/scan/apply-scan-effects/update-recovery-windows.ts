import type { AuditEvent } from '../../../domain/audit.ts';
import { recoveryStepAfterCheck } from '../../../domain/recovery-window.ts';
import { recordAuditEvent } from '../../../store/audit-log.ts';
import { lockRecovery, openRecoveriesByAccount, saveRecovery } from '../../../store/recovery-windows.ts';
import { changedAccountIds } from '../../../store/verdicts.ts';
import {
  enqueueRecoveryUpdate,
  updateRecoveryPosts,
} from '../../recovery-windows/enqueue-recovery-notifications.ts';
import type { ScanEffect } from './scan-effect.ts';

/** Notes that root has credentials during an open recovery window, and closes the window once they are gone. */
export const updateRecoveryWindows: ScanEffect = async (work, changes) => {
  const { tx, at } = work;
  const open = await openRecoveriesByAccount(tx, changedAccountIds(changes));
  for (const { accountId, before, after } of changes) {
    const known = open.get(accountId);
    const window = known && (await lockRecovery(tx, known.id));
    if (window?.state !== 'granted') continue;
    const seenAt = window.credentialsSeenAt ?? (before?.rootCredentials === 'present' ? at : null);
    const step = recoveryStepAfterCheck({ ...window, credentialsSeenAt: seenAt }, after.rootCredentials, at);
    if (!step) continue;
    await saveRecovery(tx, step.window);
    if (step.kind !== 'completed') continue;
    await recordAuditEvent(tx, at, 'bot', {
      kind: 'recovery-completed',
      accountId,
      detail: { windowId: window.id },
    } satisfies AuditEvent);
    await updateRecoveryPosts(work, step.window);
    await enqueueRecoveryUpdate(work, step.window, { kind: 'completed' });
  }
};
