import { type CancelOutcome, cancel, isOpen } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { applyTokenStep, type TokenStepInput, type TokenStepRejection } from './apply-token-step.ts';

/** Cancels a request: one's own, or as an admin anyone's, with a reason. */
export function cancelTokenRequest(
  ctx: Context,
  step: TokenStepInput & { readonly reason: string | null },
): Promise<CancelOutcome | TokenStepRejection> {
  return applyTokenStep(ctx, step, (request, at) =>
    isOpen(request) ? cancel(request, step.by, step.reason, at) : null,
  );
}
