import type { AuditEvent } from '../../domain/audit.ts';
import { type Exemption, isInForce, type RevokeOutcome, revoke } from '../../domain/exemption.ts';
import type { Actor } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockExemption, saveExemption } from '../../store/exemptions.ts';
import type { Context } from '../shared/context.ts';
import { enqueueExemptionEvent } from '../webhooks/enqueue-exemption-event.ts';
import { enqueueExemptionUpdate, updateExemptionRequest } from './enqueue-exemption-notifications.ts';

export type RevokeExemptionOutcome =
  | RevokeOutcome
  | { readonly kind: 'no-such-exemption' }
  /** It holds no longer anyway, or never did. */
  | { readonly kind: 'too-late'; readonly exemption: Exemption };

/** Ends an exemption early, and notifies the requester unless they did it themselves. */
export async function revokeExemption(ctx: Context, id: string, by: Actor): Promise<RevokeExemptionOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<RevokeExemptionOutcome> => {
    const now = ctx.now();
    const granted = await lockExemption(tx, id);
    if (!granted) return { kind: 'no-such-exemption' };
    if (!isInForce(granted, now)) return { kind: 'too-late', exemption: granted };

    const revoked = revoke(granted, by, now);
    if (revoked.kind === 'not-an-admin') return revoked;
    const { exemption } = revoked;
    await saveExemption(tx, exemption);
    await recordAuditEvent(tx, now, by.id, {
      kind: 'exemption-revoked',
      accountId: exemption.accountId,
      detail: { exemptionId: id },
    } satisfies AuditEvent);
    await updateExemptionRequest(tx, ctx, exemption);
    if (by.id !== exemption.askedBy) await enqueueExemptionUpdate({ tx, ctx, at: now }, exemption, 'revoked');
    await enqueueExemptionEvent({ tx, ctx, at: now }, exemption);
    return revoked;
  });
  ctx.notificationsQueued();
  return outcome;
}
