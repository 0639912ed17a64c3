import type { Actor } from '../../domain/person.ts';
import { receive, ship, type TokenRequest } from '../../domain/token-request.ts';
import { listTokenRequestsOfPerson } from '../../store/token-requests.ts';
import type { Context } from '../shared/context.ts';
import { applyTokenStep } from './apply-token-step.ts';

/** What became of several requests; each is decided in a transaction of its own, as if it were the only one. */
export interface SeveralStepsOutcome {
  readonly done: readonly TokenRequest[];
  /** How many had changed meanwhile. */
  readonly skipped: number;
  /** Why none of the others was possible; `null`: nothing was refused. */
  readonly refusal: 'not-an-admin' | 'no-shipping-note' | 'not-yours' | null;
}

export interface ShipSeveralInput {
  readonly requestIds: readonly string[];
  readonly by: Actor;
  /** The carrier's number, or where they can be fetched; the same for all. */
  readonly note: string;
}

/** Ships the keys of several approved requests at once, and notifies each requester. One that was shipped stays as it is. */
export async function shipSeveralRequests(
  ctx: Context,
  { requestIds, by, note }: ShipSeveralInput,
): Promise<SeveralStepsOutcome> {
  return stepEach([...new Set(requestIds)], (requestId) =>
    applyTokenStep(ctx, { requestId, by }, (request, at) =>
      request.state === 'approved' ? ship(request, by, { note }, at) : null,
    ),
  );
}

export interface ReceiveSeveralInput {
  readonly by: Actor;
  /** When the last of those that the person saw was shipped: what was shipped later has not come yet. */
  readonly shippedUntil: Date;
}

/** Confirms that the keys of all the person's requests that were shipped until then have come. */
export async function receiveSeveralRequests(
  ctx: Context,
  { by, shippedUntil }: ReceiveSeveralInput,
): Promise<SeveralStepsOutcome> {
  const isMeant = (request: TokenRequest) => request.state === 'shipped' && request.shippedAt <= shippedUntil;
  const requests = (await listTokenRequestsOfPerson(ctx.db, by.id)).filter(isMeant);
  return stepEach(
    requests.map(({ id }) => id),
    (requestId) =>
      applyTokenStep(ctx, { requestId, by }, (request, at) =>
        request.state === 'shipped' && request.shippedAt <= shippedUntil ? receive(request, by, at) : null,
      ),
  );
}

type StepOutcome =
  | { readonly kind: 'shipped' | 'received' | 'too-late'; readonly request: TokenRequest }
  | { readonly kind: 'no-such-request' | NonNullable<SeveralStepsOutcome['refusal']> };

async function stepEach(
  requestIds: readonly string[],
  step: (requestId: string) => Promise<StepOutcome>,
): Promise<SeveralStepsOutcome> {
  const done: TokenRequest[] = [];
  let skipped = 0;
  let refusal: SeveralStepsOutcome['refusal'] = null;
  for (const requestId of requestIds) {
    const outcome = await step(requestId);
    switch (outcome.kind) {
      case 'shipped':
      case 'received':
        done.push(outcome.request);
        break;
      case 'too-late':
      case 'no-such-request':
        skipped += 1;
        break;
      default:
        refusal = outcome.kind;
    }
  }
  return { done, skipped, refusal };
}
