import type { AuditEvent } from '../../domain/audit.ts';
import {
  type DeclinedExemption,
  type DeclineExemptionOutcome,
  declineExemption,
  type Exemption,
  type GrantedExemption,
  type GrantOutcome,
  grantExemptionRequest,
  lastDayOf,
  withControl,
} from '../../domain/exemption.ts';
import type { PolicyControl } from '../../domain/guardrails/guardrails.ts';
import type { Actor } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockExemption, saveExemption } from '../../store/exemptions.ts';
import { policyControlOf } from '../guardrails/policy-control.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { enqueueExemptionEvent } from '../webhooks/enqueue-exemption-event.ts';
import { enqueueExemptionUpdate, updateExemptionRequest } from './enqueue-exemption-notifications.ts';

/** The decision about an exemption request. */
export type ExemptionDecision =
  | { readonly kind: 'grant'; readonly note: string | null }
  | { readonly kind: 'decline'; readonly reason: string };

export type DecideExemptionOutcome =
  | GrantOutcome
  | DeclineExemptionOutcome
  | { readonly kind: 'no-such-exemption' }
  /** It was answered or taken back before. */
  | { readonly kind: 'too-late'; readonly exemption: Exemption };

/** Grants or declines a pending exemption request, and notifies the requester. */
export async function decideExemption(
  ctx: Context,
  { id, decision }: { readonly id: string; readonly decision: ExemptionDecision },
  by: Actor,
): Promise<DecideExemptionOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<DecideExemptionOutcome> => {
    const request = await lockExemption(tx, id);
    if (!request) return { kind: 'no-such-exemption' };
    if (request.state !== 'asked') return { kind: 'too-late', exemption: request };

    const now = ctx.now();
    const decided =
      decision.kind === 'grant'
        ? relyOnPolicy(
            grantExemptionRequest(request, by, decision.note, now),
            await policyControlOf(tx, ctx, request.accountId),
          )
        : declineExemption(request, by, decision.reason, now);
    if (decided.kind === 'granted' || decided.kind === 'declined') {
      await saveDecision({ tx, ctx, at: now }, decided.exemption, by);
    }
    return decided;
  });
  ctx.notificationsQueued();
  return outcome;
}

/** What was granted, with the policy that makes up for it meanwhile. */
function relyOnPolicy(outcome: GrantOutcome, control: PolicyControl | null): GrantOutcome {
  return outcome.kind === 'granted'
    ? { ...outcome, exemption: withControl(outcome.exemption, control) }
    : outcome;
}

async function saveDecision(
  work: UnitOfWork,
  decided: GrantedExemption | DeclinedExemption,
  by: Actor,
): Promise<void> {
  const { tx, ctx, at } = work;
  const { id: exemptionId, accountId, state, decisionNote: note } = decided;
  await saveExemption(tx, decided);
  const event: AuditEvent =
    state === 'granted'
      ? {
          kind: 'exemption-granted',
          accountId,
          detail: { exemptionId, lastDay: lastDayOf(decided, ctx.config.schedule.timezone), note },
        }
      : { kind: 'exemption-declined', accountId, detail: { exemptionId, reason: note ?? '' } };
  await recordAuditEvent(tx, at, by.id, event);
  await updateExemptionRequest(tx, ctx, decided);
  await enqueueExemptionUpdate(work, decided, state);
  if (decided.state === 'granted') await enqueueExemptionEvent(work, decided);
}
