import { lockReminders } from '../../../store/reminders.ts';
import { changedAccountIds, type VerdictChange } from '../../../store/verdicts.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { closeFulfilledTokenRequests } from './close-fulfilled-token-requests.ts';
import { closeRemovalRequests } from './close-removal-requests.ts';
import { enqueueLostVerdicts } from './enqueue-lost-verdicts.ts';
import { notifyNoSignIn } from './notify-no-sign-in.ts';
import { recordMfaRemovals } from './record-mfa-removals.ts';
import type { ScanEffect } from './scan-effect.ts';
import { updateAlerts } from './update-alerts.ts';
import { updateRecoveryWindows } from './update-recovery-windows.ts';
import { updateReminders } from './update-reminders.ts';
import { voidOutdatedAttestations } from './void-outdated-attestations.ts';

/** In the order in which they are applied. */
const SCAN_EFFECTS: readonly ScanEffect[] = [
  voidOutdatedAttestations,
  closeFulfilledTokenRequests,
  closeRemovalRequests,
  updateRecoveryWindows,
  updateReminders,
  recordMfaRemovals,
  updateAlerts,
  enqueueLostVerdicts,
  notifyNoSignIn,
];

/**
 * Applies the effects of a scan or a check in the transaction that saves it: closes what waited for the fix, enqueues
 * what cannot wait. Call `ctx.notificationsQueued()` after the commit.
 */
export async function applyScanEffects(work: UnitOfWork, changes: readonly VerdictChange[]): Promise<void> {
  // Same lock order as the reminder run (reminders before requests and notifications), so the two never deadlock.
  const known = changes.filter(({ before }) => before !== null);
  await lockReminders(work.tx, changedAccountIds(known));
  for (const applyEffect of SCAN_EFFECTS) await applyEffect(work, changes);
}
