import { type CancelOutcome, cancel, isOpen } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { type NoSuchStep, type TokenStep, takeTokenStep } from './apply-token-step.ts';

/** Gives up a request of one's own; an admin may give up anybody's, and says why. */
export function cancelToken(
  ctx: Context,
  step: TokenStep & { readonly reason: string | null },
): Promise<CancelOutcome | NoSuchStep> {
  return takeTokenStep(ctx, step, (request, at) =>
    isOpen(request) ? cancel(request, step.by, step.reason, at) : null,
  );
}
