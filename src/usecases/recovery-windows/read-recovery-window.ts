import type { Actor } from '../../domain/person.ts';
import type { RecoveryWindow, RequestedRecovery } from '../../domain/recovery-window.ts';
import { type DecisionRefusal, decisionRefusal } from '../../domain/temporary-grant.ts';
import { findRecovery } from '../../store/recovery-windows.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';

/** A request that the person can decline, or why not. */
export type DeclinableRecovery =
  | { readonly kind: 'declinable'; readonly window: RequestedRecovery; readonly accountName: string }
  | DecisionRefusal
  | { readonly kind: 'no-such-window' }
  /** It was decided or closed before. */
  | { readonly kind: 'too-late'; readonly window: RecoveryWindow };

/** Returns a recovery window by its ID. */
export function readRecoveryWindow(ctx: Context, id: string): Promise<RecoveryWindow | undefined> {
  return findRecovery(ctx.db, id);
}

/** Returns the request that this person can decline, so that a refusal comes before they write a reason. */
export async function readDeclinableRecovery(
  ctx: Context,
  id: string,
  by: Actor,
): Promise<DeclinableRecovery> {
  const window = await findRecovery(ctx.db, id);
  if (!window) return { kind: 'no-such-window' };
  if (window.state !== 'asked') return { kind: 'too-late', window };
  const refusal = decisionRefusal(window, by);
  if (refusal) return refusal;
  const view = await readAccount(ctx, window.accountId);
  return { kind: 'declinable', window, accountName: view?.account.name ?? window.accountId };
}
