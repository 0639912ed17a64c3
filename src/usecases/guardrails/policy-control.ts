import type { AccountId } from '../../domain/account.ts';
import { type PolicyControl, policyControlIn } from '../../domain/guardrails/guardrails.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import type { Context } from '../shared/context.ts';

/** Returns the policy that denies root of an account, as it was last read; null where none surely does. */
export async function policyControlOf(
  db: Database,
  { config }: Pick<Context, 'config'>,
  id: AccountId,
): Promise<PolicyControl | null> {
  if (config.guardrails.check === 'off') return null;
  const guardrails = (await findKnownAccount(db, id))?.guardrails;
  return guardrails ? policyControlIn(guardrails) : null;
}
