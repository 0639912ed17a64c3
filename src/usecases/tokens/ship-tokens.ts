import { turnOf } from '../../domain/token-follow-up.ts';
import { isOpen, type ShipOutcome, ship, type TokenRequest } from '../../domain/token-request.ts';
import type { Context } from '../shared/context.ts';
import { type NoSuchStep, type TokenStep, takeTokenStep } from './apply-token-step.ts';

export interface Parcel extends TokenStep {
  /** The carrier's number, or where it can be fetched. */
  readonly note: string;
  readonly serial?: string | undefined;
  /** How far the request had come when the sender saw it: so a parcel that was sent meanwhile is not sent again. */
  readonly mark: string;
}

/** Sends the keys of an approved request, or once more when a parcel was lost, and tells whoever asked for them. */
export function shipToken(ctx: Context, parcel: Parcel): Promise<ShipOutcome | NoSuchStep> {
  return takeTokenStep(ctx, parcel, (request, at) =>
    canShip(request) && shippingMark(request) === parcel.mark ? ship(request, parcel.by, parcel, at) : null,
  );
}

type Shippable = Extract<TokenRequest, { state: 'approved' | 'shipped' }>;

/** Whether keys may be sent now. */
export function canShip(request: TokenRequest): request is Shippable {
  return isOpen(request) && (request.state === 'approved' || request.state === 'shipped');
}

/** How far the request has come, as a form remembers it. */
export function shippingMark(request: Shippable): string {
  return turnOf(request).since.toISOString();
}
