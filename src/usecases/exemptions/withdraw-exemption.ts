import type { AuditEvent } from '../../domain/audit.ts';
import {
  type Exemption,
  type WithdrawExemptionRequestOutcome,
  withdrawExemptionRequest,
} from '../../domain/exemption.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockExemption, saveExemption } from '../../store/exemptions.ts';
import type { Context } from '../shared/context.ts';
import { updateExemptionRequest } from './enqueue-exemption-notifications.ts';

export type WithdrawExemptionOutcome =
  | WithdrawExemptionRequestOutcome
  | { readonly kind: 'no-such-exemption' }
  /** It was decided or withdrawn before. */
  | { readonly kind: 'too-late'; readonly exemption: Exemption };

/** Withdraws an exemption request that is not decided yet. */
export async function withdrawExemption(
  ctx: Context,
  id: string,
  by: SlackUserId,
): Promise<WithdrawExemptionOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<WithdrawExemptionOutcome> => {
    const request = await lockExemption(tx, id);
    if (!request) return { kind: 'no-such-exemption' };
    if (request.state !== 'asked') return { kind: 'too-late', exemption: request };

    const now = ctx.now();
    const withdrawn = withdrawExemptionRequest(request, by, now);
    if (withdrawn.kind === 'not-yours') return withdrawn;
    const { exemption } = withdrawn;
    await saveExemption(tx, exemption);
    await recordAuditEvent(tx, now, by, {
      kind: 'exemption-withdrawn',
      accountId: exemption.accountId,
      detail: { exemptionId: id },
    } satisfies AuditEvent);
    await updateExemptionRequest(tx, ctx, exemption);
    return withdrawn;
  });
  ctx.notificationsQueued();
  return outcome;
}
