import type { Exemption, RequestedExemption } from '../../domain/exemption.ts';
import type { Actor } from '../../domain/person.ts';
import { type DecisionRefusal, decisionRefusal } from '../../domain/temporary-grant.ts';
import { findExemption } from '../../store/exemptions.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';

/** A request that the person can decline, or why not. */
export type DeclinableExemption =
  | { readonly kind: 'declinable'; readonly exemption: RequestedExemption; readonly accountName: string }
  | DecisionRefusal
  | { readonly kind: 'no-such-exemption' }
  /** It was decided or closed before. */
  | { readonly kind: 'too-late'; readonly exemption: Exemption };

/** Returns an exemption by its ID. */
export function readExemption(ctx: Context, id: string): Promise<Exemption | undefined> {
  return findExemption(ctx.db, id);
}

/** Returns the request that this person can decline, so that a refusal comes before they write a reason. */
export async function readDeclinableExemption(
  ctx: Context,
  id: string,
  by: Actor,
): Promise<DeclinableExemption> {
  const exemption = await findExemption(ctx.db, id);
  if (!exemption) return { kind: 'no-such-exemption' };
  if (exemption.state !== 'asked') return { kind: 'too-late', exemption };
  const refusal = decisionRefusal(exemption, by);
  if (refusal) return refusal;
  const view = await readAccount(ctx, exemption.accountId);
  return { kind: 'declinable', exemption, accountName: view?.account.name ?? exemption.accountId };
}
