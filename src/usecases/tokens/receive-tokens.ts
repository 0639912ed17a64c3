import { type ReceiveOutcome, receive } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { type NoSuchStep, type TokenStep, takeTokenStep } from './apply-token-step.ts';

/** The requester says that the keys have come. */
export function receiveToken(ctx: Context, step: TokenStep): Promise<ReceiveOutcome | NoSuchStep> {
  return takeTokenStep(ctx, step, (request, at) =>
    request.state === 'shipped' ? receive(request, step.by.id, at) : null,
  );
}
