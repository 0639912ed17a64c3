import { KINDS_WORTH_CHECKING } from '../../domain/root-events/root-event.ts';
import { findAccountsToCheck } from '../../store/root-events.ts';
import { checkAccount } from '../scan/check-account.ts';
import type { Context } from '../shared/context.ts';

/** An account that cannot be checked for so long is left to the next scan. */
const PATIENCE_MS = 15 * 60_000;
/** Accounts checked in one run, and at once; the next run is a minute later. */
const MAX_CHECKED = 20;
const CONCURRENT_CHECKS = 4;
/** No further check begins then: the same job alerts of what no one explained. */
const BUDGET_MS = 60_000;

/**
 * Checks accounts whose root user was active after their last check: where the bot stopped in between, where an account
 * was checked a moment before, or where too many waited. Returns how many were read.
 */
export async function checkUsedAccounts(
  ctx: Context,
  { instance }: { readonly instance: string },
): Promise<number> {
  const accountIds = await findAccountsToCheck(ctx.db, {
    kinds: KINDS_WORTH_CHECKING,
    since: new Date(ctx.now().getTime() - PATIENCE_MS),
    limit: MAX_CHECKED,
  });
  const startedAt = ctx.now().getTime();
  let checked = 0;
  for (let start = 0; start < accountIds.length; start += CONCURRENT_CHECKS) {
    if (ctx.stopSignal?.aborted || ctx.now().getTime() - startedAt > BUDGET_MS) break;
    const group = accountIds.slice(start, start + CONCURRENT_CHECKS);
    const outcomes = await Promise.all(group.map((accountId) => checkAccount(ctx, { accountId, instance })));
    checked += outcomes.filter(({ kind }) => kind === 'read' || kind === 'fixed').length;
  }
  return checked;
}
