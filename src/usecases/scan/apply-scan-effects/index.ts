import type { Database } from '../../../store/database.ts';
import { lockReminders } from '../../../store/reminders.ts';
import { changedAccountIds, type VerdictChange } from '../../../store/verdicts.ts';
import type { Context } from '../../shared/context.ts';
import { closeFulfilledTokenRequests } from './close-fulfilled-token-requests.ts';
import { updateAlerts } from './update-alerts.ts';
import { updateReminders } from './update-reminders.ts';
import { voidOutdatedAttestations } from './void-outdated-attestations.ts';

/** What a look at AWS settles, in the transaction that remembers it; a look may change nothing and settle something. */
export type ScanEffect = (
  tx: Database,
  ctx: Context,
  changes: readonly VerdictChange[],
  at: Date,
) => Promise<void>;

/** In the order in which they happen. */
const SCAN_EFFECTS: readonly ScanEffect[] = [
  voidOutdatedAttestations,
  closeFulfilledTokenRequests,
  updateReminders,
  updateAlerts,
];

/**
 * Draws the consequences of what a scan or a check saw, in the transaction that remembers it: what waited for the fix is
 * closed, what cannot wait is said. Call `ctx.lettersWritten()` once the transaction is through.
 */
export async function applyScanEffects(
  tx: Database,
  ctx: Context,
  changes: readonly VerdictChange[],
  at: Date,
): Promise<void> {
  // Before any request for keys and any letter is touched, as whoever reminds does: else each might wait for the other.
  const known = changes.filter(({ before }) => before !== null);
  await lockReminders(tx, changedAccountIds(known));
  for (const applyEffect of SCAN_EFFECTS) await applyEffect(tx, ctx, changes, at);
}
