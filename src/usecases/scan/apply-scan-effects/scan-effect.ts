import type { Database } from '../../../store/database.ts';
import type { VerdictChange } from '../../../store/verdicts.ts';
import type { Context } from '../../shared/context.ts';

/** An effect of what a scan or a check saw, applied in the transaction that saves it, even if no verdict changed. */
export type ScanEffect = (
  tx: Database,
  ctx: Context,
  changes: readonly VerdictChange[],
  at: Date,
) => Promise<void>;
