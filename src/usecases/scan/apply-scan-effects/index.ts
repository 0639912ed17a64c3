import type { Database } from '../../../store/database.ts';
import { lockReminders } from '../../../store/reminders.ts';
import { accountsOf, type VerdictChange } from '../../../store/verdicts.ts';
import type { Context } from '../../shared/context.ts';
import { settleAlerts } from './update-alerts.ts';
import { settleAttestations } from './void-outdated-attestations.ts';
import { settleReminders } from './update-reminders.ts';
import { settleTokenRequests } from './close-fulfilled-token-requests.ts';

/** What a look at AWS settles, in the transaction that remembers it; a look may change nothing and settle something. */
export type Settlement = (
  tx: Database,
  ctx: Context,
  changes: readonly VerdictChange[],
  at: Date,
) => Promise<void>;

/** In the order in which they happen. */
const SETTLEMENTS: readonly Settlement[] = [
  settleAttestations,
  settleTokenRequests,
  settleReminders,
  settleAlerts,
];

/**
 * Draws the consequences of what a scan or a check saw, in the transaction that remembers it: what waited for the fix is
 * closed, what cannot wait is said. Call `ctx.lettersWritten()` once the transaction is through.
 */
export async function settle(
  tx: Database,
  ctx: Context,
  changes: readonly VerdictChange[],
  at: Date,
): Promise<void> {
  // Before any request for keys and any letter is touched, as whoever reminds does: else each might wait for the other.
  const known = changes.filter(({ before }) => before !== null);
  await lockReminders(tx, accountsOf(known));
  for (const settlement of SETTLEMENTS) await settlement(tx, ctx, changes, at);
}
