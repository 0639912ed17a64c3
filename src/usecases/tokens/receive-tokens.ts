import { type ReceiveOutcome, receive } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { applyTokenStep, type TokenStepInput, type TokenStepRejection } from './apply-token-step.ts';

/** Saves that the keys have come: the requester says so, or a system that follows the parcel. */
export function receiveTokens(
  ctx: Context,
  step: TokenStepInput,
): Promise<ReceiveOutcome | TokenStepRejection> {
  return applyTokenStep(ctx, step, (request, at) =>
    request.state === 'shipped' ? receive(request, step.by, at) : null,
  );
}
