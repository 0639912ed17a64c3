import { businessDaysAfter } from './calendar.ts';
import { type Addressee, type NudgePolicy, opportunity } from './contact-time.ts';
import type { OpenTokenRequest } from './token-request.ts';

/** How patient the company is. */
export interface ChasePolicy extends NudgePolicy {
  /** Business days until an undecided request is taken further. */
  readonly decideWithinDays: number;
}

/** Who is to go on with an open request, and with what. */
export type ChaseStep =
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'ask-approvers'; readonly to: 'decide' | 'ship' }
  /** Nobody decides: every admin hears of it, once. */
  | { readonly kind: 'escalate' }
  | { readonly kind: 'ask-owner'; readonly to: 'confirm-receipt' | 'enrol' };

/** Whom a chase would reach. */
export interface ChaseAddressees {
  /** The channel in which requests are approved. */
  readonly approvers: Addressee;
  /** Who asked for the keys; `null`: they cannot be reached any more. */
  readonly owner: Addressee | null;
}

/**
 * What to do now so that an open request goes on: its approvers are asked while it is theirs to decide or to send, its
 * owner once the key is on its way; each time after twice as many business days as before, at most two weeks.
 */
export function nextChase(
  request: OpenTokenRequest,
  { approvers, owner }: ChaseAddressees,
  policy: ChasePolicy,
  now: Date,
): ChaseStep {
  const { since, patience, step } = turnOf(request);
  // An owner who cannot be reached is a matter for the approvers: a key may be lying about.
  const who = step.kind === 'ask-owner' ? (owner ?? approvers) : approvers;
  const asks: ChaseStep = step.kind === 'ask-owner' && !owner ? { kind: 'ask-approvers', to: 'ship' } : step;

  const pause = Math.min(patience * 2 ** request.chases, LONGEST_PAUSE);
  const due = businessDaysAfter(request.chasedAt ?? since, pause, who.timeZone);
  const ask = opportunity(due, who, policy, now).at;

  if (request.state === 'requested' && request.escalatedAt === null) {
    const overdue = businessDaysAfter(request.requestedAt, policy.decideWithinDays, who.timeZone);
    const escalate = opportunity(overdue, who, policy, now).at;
    if (escalate <= now) return { kind: 'escalate' };
    if (escalate < ask) return { kind: 'wait', until: escalate };
  }
  return ask <= now ? asks : { kind: 'wait', until: ask };
}

const LONGEST_PAUSE = 10;

/** Whose turn it is with an open request, since when, and after how many business days they are asked. */
export function turnOf(request: OpenTokenRequest): {
  since: Date;
  patience: number;
  step: Exclude<ChaseStep, { kind: 'wait' }>;
} {
  switch (request.state) {
    case 'requested':
      return { since: request.requestedAt, patience: 1, step: { kind: 'ask-approvers', to: 'decide' } };
    case 'approved':
      return { since: request.decidedAt, patience: 2, step: { kind: 'ask-approvers', to: 'ship' } };
    case 'shipped':
      return { since: request.shippedAt, patience: 4, step: { kind: 'ask-owner', to: 'confirm-receipt' } };
    case 'received':
      return { since: request.receivedAt, patience: 3, step: { kind: 'ask-owner', to: 'enrol' } };
  }
}
