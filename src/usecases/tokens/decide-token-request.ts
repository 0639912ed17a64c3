import { type ApproveOutcome, approve, type DeclineOutcome, decline } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { applyTokenStep, type TokenStepInput, type TokenStepRejection } from './apply-token-step.ts';

/** Approves a pending request, and notifies the requester. */
export function approveTokenRequest(
  ctx: Context,
  step: TokenStepInput,
): Promise<ApproveOutcome | TokenStepRejection> {
  return applyTokenStep(ctx, step, (request, at) =>
    request.state === 'requested' ? approve(request, step.by, at) : null,
  );
}

/** Declines a pending request, and tells the requester why. */
export function declineTokenRequest(
  ctx: Context,
  step: TokenStepInput & { readonly reason: string },
): Promise<DeclineOutcome | TokenStepRejection> {
  return applyTokenStep(ctx, step, (request, at) =>
    request.state === 'requested' ? decline(request, step.by, step.reason, at) : null,
  );
}
