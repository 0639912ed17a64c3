import type { AccountId } from '../../domain/account.ts';
import { listVerdictHistory, type VerdictPeriod } from '../../store/verdicts.ts';
import type { Context } from '../shared/context.ts';

/** Returns the verdicts of an account, the current one last. */
export function readVerdictHistory(ctx: Context, accountId: AccountId): Promise<VerdictPeriod[]> {
  return listVerdictHistory(ctx.db, accountId);
}
