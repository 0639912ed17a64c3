import { type ApproveOutcome, approve, type DeclineOutcome, decline } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { type NoSuchStep, type TokenStep, takeTokenStep } from './apply-token-step.ts';

/** Approves a request that is still waiting, and tells whoever made it. */
export function approveToken(ctx: Context, step: TokenStep): Promise<ApproveOutcome | NoSuchStep> {
  return takeTokenStep(ctx, step, (request, at) =>
    request.state === 'requested' ? approve(request, step.by, at) : null,
  );
}

/** Declines a request that is still waiting, and tells whoever made it why. */
export function declineToken(
  ctx: Context,
  step: TokenStep & { readonly reason: string },
): Promise<DeclineOutcome | NoSuchStep> {
  return takeTokenStep(ctx, step, (request, at) =>
    request.state === 'requested' ? decline(request, step.by, step.reason, at) : null,
  );
}
