import { pendingStepOf } from '../../domain/token-follow-up.ts';
import { isOpen, type ShipOutcome, ship, type TokenRequest } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { applyTokenStep, type TokenStepInput, type TokenStepRejection } from './apply-token-step.ts';

export interface ShipTokenInput extends TokenStepInput {
  /** The carrier's number, or where it can be fetched. */
  readonly note: string;
  readonly serial?: string | undefined;
  /** When it should arrive: `2026-12-01`. */
  readonly expectedOn?: string | undefined;
  /** How far the request had come when the sender saw it: so a parcel that was sent meanwhile is not sent again. */
  readonly expectedVersion: string;
}

/** Marks the keys of an approved request as shipped, or shipped again after a loss, and notifies the requester. */
export function shipTokens(ctx: Context, input: ShipTokenInput): Promise<ShipOutcome | TokenStepRejection> {
  return applyTokenStep(ctx, input, (request, at) =>
    canShip(request) && shippingVersion(request) === input.expectedVersion
      ? ship(request, input.by, input, at)
      : null,
  );
}

type Shippable = Extract<TokenRequest, { state: 'approved' | 'shipped' }>;

/** Whether keys may be sent now. */
export function canShip(request: TokenRequest): request is Shippable {
  return isOpen(request) && (request.state === 'approved' || request.state === 'shipped');
}

/** The state of the request when its form was opened. */
export function shippingVersion(request: Shippable): string {
  return pendingStepOf(request).since.toISOString();
}
